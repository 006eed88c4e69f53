"""Names in a registry's alphabet: transliterated where the result is unambiguous, left unchanged otherwise."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.filings.transliteration import LATIN, Spelling, spell
from gateway.registries import REGISTRIES

ITALY, SPAIN, RESIDENTS = (REGISTRIES[name].spellings[0] for name in ("it", "es", "cn"))
SPELLINGS = [spelling for registry in REGISTRIES.values() for spelling in registry.spellings]


@pytest.mark.parametrize(
    ("given_name", "sent"),
    [
        ("Núñez Ortega", "NUNEZ ORTEGA"),
        ("D’Angelo", "D'ANGELO"),
        ("Weiß-Groß", "WEISS GROSS"),
        ("Łukasz  Ørsted", "LUKASZ OERSTED"),
        ("İpek Işık", "IPEK ISIK"),
        ("Nguyễn Thị", "NGUYEN THI"),
        ("Nu\u0301n\u0303ez", "NUNEZ"),
    ],
)
def test_latin_names_are_written_in_the_italian_alphabet(given_name: str, sent: str) -> None:
    assert spell(given_name, ITALY) == sent


@pytest.mark.parametrize("name", ["张伟", "Иванов", "محمد", "Παπαδόπουλος"])
def test_a_script_that_needs_a_reading_is_never_guessed(name: str) -> None:
    sent = spell(name, ITALY)
    assert re.search(f"[^{ITALY.alphabet}]", sent)


def test_spain_and_china_keep_what_they_can_store() -> None:
    assert spell("Nu\u0301n\u0303ez", SPAIN) == "Núñez"
    assert spell("张 伟", RESIDENTS) == "张 伟"


@given(st.text(max_size=60), st.sampled_from(SPELLINGS))
def test_spelling_twice_changes_nothing_more(name: str, spelling: Spelling) -> None:
    once = spell(name, spelling)
    assert spell(once, spelling) == once


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=40))
def test_no_letter_is_lost(name: str) -> None:
    assert len(spell(name, ITALY)) >= len(re.sub(r"\s", "", name).strip()) - _combining(name)


def _combining(name: str) -> int:
    return len(name) - len(unicodedata.normalize("NFC", name))


# ICAO Doc 9303-3 section 6.A: the first spelling of each letter of its table, as the document lists them.
DOC_9303_3 = (
    "À:A Á:A Â:A Ã:A Ä:AE Å:AA Æ:AE Ç:C È:E É:E Ê:E Ë:E Ì:I Í:I Î:I Ï:I Ð:D Ñ:N Ò:O Ó:O Ô:O Õ:O Ö:OE Ø:OE Ù:U Ú:U Û:U "
    "Ü:UE Ý:Y Þ:TH Ā:A Ă:A Ą:A Ć:C Ĉ:C Ċ:C Č:C Ď:D Đ:D Ē:E Ĕ:E Ė:E Ę:E Ě:E Ĝ:G Ğ:G Ġ:G Ģ:G Ĥ:H Ħ:H Ĩ:I Ī:I Ĭ:I Į:I "
    "İ:I ı:I Ĳ:IJ Ĵ:J Ķ:K Ĺ:L Ļ:L Ľ:L Ŀ:L Ł:L Ń:N Ņ:N Ň:N Ŋ:N Ō:O Ŏ:O Ő:O Œ:OE Ŕ:R Ŗ:R Ř:R Ś:S Ŝ:S Ş:S Š:S Ţ:T Ť:T "
    "Ŧ:T Ũ:U Ū:U Ŭ:U Ů:U Ű:U Ų:U Ŵ:W Ŷ:Y Ÿ:Y Ź:Z Ż:Z Ž:Z ẞ:SS"
)
PLAIN = [spelling for spelling in SPELLINGS if spelling.plain_latin]


@pytest.mark.parametrize("pair", DOC_9303_3.split())
def test_each_letter_of_doc_9303_is_spelt_as_there(pair: str) -> None:
    letter, spelt = pair.split(":")
    assert spell(letter, ITALY) == spell(letter.lower(), ITALY) == spelt


@pytest.mark.parametrize(
    ("given_name", "sent"),
    [
        ("Məmmədov", "MEMMEDOV"),
        ("Müller", "MUELLER"),
        ("L·luc", "LLUC"),
        ("Marcel·lí", "MARCELLI"),
        ("Raŀl", "RALL"),
        ("RAJ A/L KUMAR", "RAJ A L KUMAR"),
        ("Jr. Smith", "JR SMITH"),
        ("ǃXóõ", "QXOO"),
        ("x\u030c", "X"),
    ],
)
@pytest.mark.parametrize("registry", ["it", "pt"])
def test_outside_29_names_of_other_peoples_reports_are_spelt(registry: str, given_name: str, sent: str) -> None:
    assert spell(given_name, REGISTRIES[registry].spellings[0]) == sent


def test_outside_29_spain_takes_them_as_they_are() -> None:
    for name in ("Məmmədov", "RAJ A/L KUMAR", "Müller", "L·luc", "x\u030c"):
        assert spell(name, SPAIN) == name
        assert not re.search(f"[^{SPAIN.alphabet}]", name)


def test_every_latin_letter_of_unicode_is_known_as_one() -> None:
    letters = {
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if re.match("(FULLWIDTH |SUBSCRIPT |SUPERSCRIPT )?LATIN ", unicodedata.name(sign, ""))
        and unicodedata.category(sign).startswith("L")
    }
    assert letters <= set(LATIN)


@given(st.text(alphabet=st.sampled_from(LATIN + "\u0300\u0323\u030c '’-/·."), min_size=1, max_size=40))
def test_every_name_of_latin_letters_can_be_stored_everywhere(name: str) -> None:
    for spelling in (*PLAIN, SPAIN):
        sent = spell("A" + name, spelling)
        assert not re.search(f"[^{spelling.alphabet}]", sent), (spelling.name, sent)
        assert len(sent) >= 1


@pytest.mark.parametrize("spelling", PLAIN)
def test_outside_55_the_catalan_point_is_spelt_wherever_plain_letters_are_taken(spelling: Spelling) -> None:
    sent = spell("L·luc", spelling)
    assert "LLUC" in sent.upper()
    assert not re.search(f"[^{spelling.alphabet}]", sent)
