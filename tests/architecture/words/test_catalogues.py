"""The catalogues hold every text of the source in each required language, with the same placeholders."""

import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from gateway.texts.catalogues import LOCALE, path_of
from gateway.texts.languages import DOMAINS, SOURCE
from tooling import texts

REQUIRED = [(domain, language) for domain, languages in DOMAINS.items() for language in languages]


@cache
def expected() -> dict[Path, str]:
    return dict(texts.catalogues())


def read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, ignore_obsolete=True)


def messages(domain: str, language: str) -> Iterator[Message]:
    return (message for message in read(path_of(domain, language)) if message.id)


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def blanks(text: str) -> set[str]:
    """Placeholders of a text; ValueError for an unbalanced brace."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def faults(message: Message) -> Iterator[str]:
    """Faults of a translation: empty, fuzzy, or other placeholders or HTML tags than the English text."""
    english, translated = forms(message.id), forms(message.string)
    if message.fuzzy or not all(translated):
        yield "not translated"
        return
    wanted = set().union(*map(blanks, english))
    for text in translated:
        if blanks(text) != wanted and not (len(english) > 1 and blanks(text) | {"n"} == wanted):
            yield f"other placeholders: {text}"
        if re.findall("</?[a-z]+[^>]*>", text) != re.findall("</?[a-z]+[^>]*>", english[-1]):
            yield f"other tags: {text}"


def test_the_catalogues_are_those_of_the_source() -> None:
    """The committed catalogues match the source; `make fmt` updates them."""
    stale = [path for path, text in expected().items() if not path.exists() or path.read_text("utf-8") != text]
    assert stale == []
    assert set(LOCALE.rglob("*.po")) == expected().keys()


@pytest.mark.parametrize(("domain", "language"), REQUIRED)
def test_a_language_that_must_be_complete_is(domain: str, language: str) -> None:
    wrong = [(message.id, fault) for message in messages(domain, language) for fault in faults(message)]
    assert wrong == []


def test_the_source_language_has_no_catalogue() -> None:
    assert not any(SOURCE in languages for languages in DOMAINS.values())


@pytest.mark.parametrize(
    ("english", "translated", "fault"),
    [
        ("Key to {unit}", "Llave", "other placeholders: Llave"),
        ("Key", "Llave de {unit}", "other placeholders: Llave de {unit}"),
        ("<b>Key</b>", "Llave", "other tags: Llave"),
        ("Key", "", "not translated"),
        (("{n} stay", "{n} stays"), ("una", "{n} estancias"), None),
        (("{n} of {m}", "{n} of {m}"), ("una", "{n} de {m}"), "other placeholders: una"),
        ("Key to {unit}", "Llave de {unit}", None),
    ],
)
def test_a_translation_that_does_not_fit_is_found(english: str, translated: str, fault: str | None) -> None:
    assert list(faults(Message(english, translated))) == ([] if fault is None else [fault])


def test_a_fuzzy_translation_is_none() -> None:
    assert list(faults(Message("Key", "Llave", flags=("fuzzy",)))) == ["not translated"]


def test_extraction_finds_every_kind_of_mark(tmp_path: Path) -> None:
    python, page = tmp_path / "code.py", tmp_path / "page.html"
    python.write_text(
        '# Translators: on the door\nA = N_("one")\nB = NP_("door", "two")\nC = NN_("{n} key", "{n} keys")\n'
        'translator(x).gettext("three " "four", unit=unit)\nt.pgettext("lock", "five")\nt.ngettext("a", "b", 3)\n'
    )
    page.write_text("<p title=\"{{ _('six') }}\">{{ pgettext('menu', 'seven', n=3) }}{{ ngettext('c', 'd', 2) }}</p>")
    found = dict(texts.texts_in(python)) | dict(texts.texts_in(page))
    assert found.keys() == {
        (None, "one"), ("door", "two"), (None, ("{n} key", "{n} keys")), (None, "three four"), ("lock", "five"),
        (None, ("a", "b")), (None, "six"), ("menu", "seven"), (None, ("c", "d")),
    }  # fmt: skip
    assert found[None, "one"] == ["Translators: on the door"]


def test_a_file_with_texts_that_nobody_gave_a_domain_is_refused() -> None:
    with pytest.raises(ValueError, match="gives it no domain"):
        texts.domain_of(texts.ROOT / "api/nowhere/page.html")


@pytest.mark.parametrize(
    ("path", "pattern", "inside"),
    [
        ("api/cli/output.py", "api/cli/**/*.py", True),
        ("api/cli/commands/key.py", "api/cli/**/*.py", True),
        ("api/cli/commands/key.html", "api/cli/**/*.py", False),
        ("api/web/landlord/stay.html", "api/web/*.html", False),
    ],
)
def test_places_are_globs(path: str, pattern: str, inside: bool) -> None:
    assert texts.fits(Path(path), pattern) is inside
