"""What was read travels in a token that nobody else makes, for one stay and one hour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import InputRefused
from gateway.domain.verification.field_sources import READ, TYPED, conclude, confirm
from gateway.domain.verification.reading_token import reading_in, reading_token

SECRET, NOW = b"s" * 32, 1_800_000_000
FIELDS = {"surname": "VOORBEELD", "birth_date": "2019-05-04", "person.second_surname": "ÑANDÚ"}


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=8))
def test_a_token_holds_what_was_read(read: dict[str, str]) -> None:
    assert reading_in(reading_token(read, "stay", NOW + 1, SECRET), "stay", SECRET, NOW) == read


@given(st.text(max_size=200))
def test_no_text_that_somebody_made_up_is_a_token(text: str) -> None:
    with pytest.raises(InputRefused):
        reading_in(text, "stay", SECRET, NOW)


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_an_altered_token_is_refused(at: int) -> None:
    token = reading_token(FIELDS, "stay", NOW + 1, SECRET)
    altered = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    with pytest.raises(InputRefused):
        reading_in(altered, "stay", SECRET, NOW)


@pytest.mark.parametrize(("stay", "now"), [("other", NOW), ("stay", NOW + 1)])
def test_a_token_is_of_one_stay_and_expires(stay: str, now: int) -> None:
    with pytest.raises(InputRefused):
        reading_in(reading_token(FIELDS, "stay", NOW + 1, SECRET), stay, SECRET, now)


def test_what_a_person_left_as_it_was_is_read_and_the_rest_typed() -> None:
    sources = confirm(FIELDS, {"surname": "VOORBEELD", "birth_date": "2019-04-05", "sex": "M"})
    assert sources["surname"] == {READ: "VOORBEELD"}
    assert sources["birth_date"] == {READ: "2019-05-04", TYPED: "2019-04-05"}
    assert sources["sex"] == {TYPED: "M"}
    assert conclude(sources) == {"surname": "VOORBEELD", "birth_date": "2019-04-05", "sex": "M"}
