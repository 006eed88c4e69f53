"""Masked fields of a person before a record is opened, and the events permitted in the feed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.disclosure.masking import HIDDEN, mask_name, mask_number, masked
from gateway.domain.events import EVENT_TYPES, FEED_EVENTS

PERSON = {
    "name": "Ana María Núñez",
    "id_number": "AB1234567",
    "birth_date": "1990-02-28",
    "nationality": "ESP",
    "sex": "F",
    "address": "Calle Mayor 1",
    "document_kind": "passport",
}


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Ana María Núñez", "A•• M••• N•••"), ("王小明", "王••"), ("欧阳", "欧•"), ("A", "A•"), ("", "")],
)
def test_a_name_keeps_the_first_letter_of_each_part(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@given(st.text(min_size=2, max_size=60).filter(lambda text: not text.isspace()))
def test_a_masked_name_tells_neither_the_rest_nor_the_length_of_a_long_part(name: str) -> None:
    for part, shown in zip(name.split(), mask_name(name).split(), strict=True):
        assert shown[0] == part[0]
        assert set(shown[1:]) == {HIDDEN}
        assert len(shown) <= 4


@given(st.text("ABCDEFX0123456789", max_size=24))
def test_a_masked_number_keeps_two_characters_at_most(number: str) -> None:
    shown = mask_number(number)
    assert shown.startswith(HIDDEN * 4)
    assert shown[4:] == (number[-2:] if len(number) > 4 else "")


def test_a_person_in_a_list_is_no_more_than_initials_year_and_what_identifies_nobody() -> None:
    assert masked(PERSON) == {
        "name": "A•• M••• N•••",
        "id_number": "••••67",
        "birth_date": "1990",
        "nationality": "ESP",
        "document_kind": "passport",
    }


def test_a_name_read_in_two_pieces_is_masked_the_same_way() -> None:
    assert masked({"surname": "Voorbeeld", "given_names": "Anna Maria"})["name"] == "V••• A••• M•••"


def test_a_person_of_whom_nothing_is_known_is_shown_as_nothing() -> None:
    assert masked({}) == {"name": "", "id_number": "••••", "birth_date": ""}


def test_the_feed_carries_registration_records_and_never_what_happened_at_a_door() -> None:
    assert FEED_EVENTS == {
        "CheckedIn": "check_in",
        "StayChanged": "change",
        "CheckedOut": "check_out",
        "StayCancelled": "annulment",
        "RegistrationCorrected": "correction",
    }
    assert FEED_EVENTS.keys() <= EVENT_TYPES
