"""Dates of birth known in part, as documents state them: never filled in, and careful where an age decides."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.birth_date import BirthDate, birth_date, zone_birth

BIRTHS = st.one_of(
    st.builds(BirthDate, st.integers(1, 9999)),
    st.builds(BirthDate, st.integers(1, 9999), st.integers(1, 12)),
    st.dates().map(lambda day: BirthDate(day.year, day.month, day.day)),
)


@given(born=BIRTHS)
def test_a_date_of_birth_is_read_as_it_is_written(born: BirthDate) -> None:
    assert birth_date(str(born)) == born


@given(born=BIRTHS)
def test_the_days_it_may_be_share_what_is_known(born: BirthDate) -> None:
    assert born.first <= born.last
    assert born.whole == (born.first == born.last)
    days = [born.first, born.last]
    assert all(str(day).startswith(str(born)) for day in days)
    outside = [day for day in (born.first - timedelta(1) if born.year > 1 else None,) if day]
    assert not any(str(day).startswith(str(born)) for day in outside)


@pytest.mark.parametrize(
    "text", ["", "19", "1990-13", "1990-00", "1990-02-30", "1990-2", "1990-05-", "0000", "199O", "１９９０", "1990--17"]
)
def test_what_is_no_date_of_birth_is_none(text: str) -> None:
    assert birth_date(text) is None


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("850303", "1985-03-03"),
        ("8503<<", "1985-03"),
        ("8503", "1985-03"),  # a zone's fields have no fillers at their end
        ("85<<<<", "1985"),
        ("85", "1985"),
        ("850000", "1985"),  # no day and no month is 00, but some issuers print it
        ("850300", "1985-03"),
        ("85<<15", "1985"),  # a day says nothing without its month
    ],
)
def test_fillers_in_a_zone_are_parts_that_are_unknown(zone: str, text: str) -> None:
    assert str(zone_birth(zone, 1900)) == text


@pytest.mark.parametrize("zone", ["", "<<<<<<", "<<0303", "8<0303", "851303", "850230", "85AA03", "8503031", "85<3<<"])
def test_a_zone_without_a_year_or_with_an_impossible_part_states_no_date(zone: str) -> None:
    assert zone_birth(zone, 1900) is None


def test_the_days_of_a_leap_year_are_counted() -> None:
    assert BirthDate(2024, 2).last == date(2024, 2, 29)
