"""The catalogues of a language, compiled in memory from the .po files when somebody first reads it.

There are no compiled files that could be older than their source. English needs no catalogue: it is the source.
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
    """Where the translations of a domain are, in gettext's layout."""
    return LOCALE / LOCALES[language].replace("pt_PT", "pt") / "LC_MESSAGES" / f"{domain}.po"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """All texts of a language; what is not translated, or marked fuzzy, is answered in English."""
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
    """One .po file, ready to be asked."""
    # 60 ms to import, and nobody who reads English needs it: a command starts in 400
    babel: Any = import_module("babel.messages.pofile")
    writer: Any = import_module("babel.messages.mofile")
    with path.open("rb") as source:
        catalogue = babel.read_po(source, locale=LOCALES.get(language, language))
    compiled = io.BytesIO()
    writer.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
