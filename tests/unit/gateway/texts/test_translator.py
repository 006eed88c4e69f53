"""Texts in a reader's language: placeholders, contexts, plural forms, and English for untranslated texts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.texts import catalogues
from gateway.texts.marks import N_, NN_, NP_
from gateway.texts.translator import Translator, translator

TENANT = """msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"

msgid "Your key to {unit}"
msgstr "Llave de {unit}"

msgctxt "door"
msgid "open"
msgstr "abierta"

msgid "{n} stay"
msgid_plural "{n} stays"
msgstr[0] "{n} estancia"
msgstr[1] "{n} dos estancias"
msgstr[2] "{n} estancias"

#, fuzzy
msgid "Registered"
msgstr "Adivinado"

msgid "Not done"
msgstr ""
"""
STAFF = 'msgid ""\nmsgstr ""\n\nmsgid "Filings"\nmsgstr "Partes"\n\nmsgid "Your key to {unit}"\nmsgstr "otra"\n'


@pytest.fixture
def spanish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Translator]:
    """A language with two test catalogues."""
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "tenant.po").write_text(TENANT)
    (folder / "staff.po").write_text(STAFF)
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    catalogues.translations.cache_clear()
    yield Translator("es", catalogues.translations("es"))
    catalogues.translations.cache_clear()


def test_placeholders_are_filled_in_the_translation(spanish: Translator) -> None:
    assert spanish.gettext("Your key to {unit}", unit="DW-101") == "Llave de DW-101"
    assert spanish.gettext("Your key to {unit}") == "Llave de {unit}"


@pytest.mark.parametrize("written", ["{unit.__class__}", "{0}", "{", "%s", "{unit!r:>9}"])
def test_what_somebody_wrote_is_filled_in_as_it_stands(spanish: Translator, written: str) -> None:
    assert spanish.gettext("Your key to {unit}", unit=written) == f"Llave de {written}"


def test_a_missing_value_is_an_error_and_no_page_with_a_blank(spanish: Translator) -> None:
    with pytest.raises(KeyError):
        spanish.gettext("Your key to {unit}", lock="lock-1")


def test_a_context_tells_two_translations_apart(spanish: Translator) -> None:
    assert spanish.pgettext("door", "open") == "abierta"
    assert spanish.pgettext("shop", "open") == "open"
    assert spanish.gettext("open") == "open"


@pytest.mark.parametrize(("n", "text"), [(1, "1 estancia"), (2, "2 dos estancias"), (7, "7 estancias")])
def test_the_languages_own_rule_chooses_the_plural_form(spanish: Translator, n: int, text: str) -> None:
    assert spanish.ngettext("{n} stay", "{n} stays", n) == text
    assert spanish.translate(NN_("{n} stay", "{n} stays"), n=n) == text
    assert spanish.translate(NN_("{stays} stay", "{stays} stays", "stays"), stays=n) == f"{n} stay{'s' * (n != 1)}"


@pytest.mark.parametrize(("n", "text"), [(0, "0 stays"), (1, "1 stay"), (2, "2 stays")])
def test_english_is_the_source_and_needs_no_catalogue(n: int, text: str) -> None:
    assert translator("en").ngettext("{n} stay", "{n} stays", n) == text
    assert translator("en").translate(NP_("door", "open")) == "open"


def test_a_plural_form_is_not_chosen_by_a_text(spanish: Translator) -> None:
    with pytest.raises(TypeError, match="whole number"):
        spanish.translate(NN_("{n} stay", "{n} stays"), n="2")


def test_what_has_no_translation_is_in_english_text_by_text(spanish: Translator) -> None:
    for text in ("Registered", "Not done", "Never heard of"):  # fuzzy, empty, absent
        assert spanish.gettext(text) == text
        assert not spanish.has(text)


def test_a_text_of_several_domains_is_taken_from_the_first(spanish: Translator) -> None:
    assert spanish.gettext("Filings") == "Partes"
    assert spanish.gettext("Your key to {unit}") == "Llave de {unit}"


def test_a_marked_text_is_its_english_with_what_translation_needs(spanish: Translator) -> None:
    assert N_("Filings") == "Filings"
    assert NP_("door", "open") == "open"
    assert spanish.translate(NP_("door", "open")) == "abierta"
    assert spanish.has(NP_("door", "open"))
    assert not spanish.has(N_("open"))
    assert not spanish.has("")
