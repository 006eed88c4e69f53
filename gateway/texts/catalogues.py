"""gettext catalogues, compiled in memory from the .po files at a language's first use.

There are no compiled files that could be out of date. English needs no catalogue: it is the source.
"""

import gettext
import io
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from gateway.texts.languages import DOMAINS, LOCALES, SOURCE

LOCALE: Final = Path(__file__).parent / "locale"


def path_of(domain: str, language: str) -> Path:
    """The .po file of a domain in a language, in gettext's layout."""
    return LOCALE / LOCALES[language].replace("pt_PT", "pt") / "LC_MESSAGES" / f"{domain}.po"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """All texts of a language; untranslated and fuzzy ones fall back to English."""
    last = gettext.NullTranslations()
    if language == SOURCE:
        return last
    first: gettext.NullTranslations = last
    for domain in reversed(list(DOMAINS)):
        path = path_of(domain, language)
        if path.exists():
            compiled = compile_catalogue(path, language)
            compiled.add_fallback(first)
            first = compiled
    return first


def compile_catalogue(path: Path, language: str) -> gettext.GNUTranslations:
    """Compile one .po file for lookups."""
    # takes 60 ms to import and is not needed for English: a command starts in 400
    babel: Any = import_module("babel.messages.pofile")
    writer: Any = import_module("babel.messages.mofile")
    with path.open("rb") as source:
        catalogue = babel.read_po(source, locale=LOCALES.get(language, language))
    compiled = io.BytesIO()
    writer.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
