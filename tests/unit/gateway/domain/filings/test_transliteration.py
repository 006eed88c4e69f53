"""Names in a registry's alphabet: transliterated where the result is unambiguous, left unchanged otherwise."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.filings.transliteration import Spelling, spell
from gateway.registries import REGISTRIES

ITALY, SPAIN, RESIDENTS = (REGISTRIES[name].spellings[0] for name in ("it", "es", "cn"))
SPELLINGS = [spelling for registry in REGISTRIES.values() for spelling in registry.spellings]


@pytest.mark.parametrize(
    ("given_name", "sent"),
    [
        ("Núñez Ortega", "NUNEZ ORTEGA"),
        ("D’Angelo", "D'ANGELO"),
        ("Weiß-Groß", "WEISS GROSS"),
        ("Łukasz  Ørsted", "LUKASZ ORSTED"),
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
