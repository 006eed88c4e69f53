"""Test data of one adapter for the contract suite: a record it accepts, and one it must refuse before sending."""

import dataclasses
import itertools
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from gateway.domain.filings.record import (
    Address,
    Document,
    LandlordFacts,
    PersonFacts,
    Registration,
    StayFacts,
    UnitFacts,
)

DAY = 86_400
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class RegistryCase:
    """One adapter and its simulator, as the contract suite needs them."""

    name: str
    record: Callable[[], Registration]
    bad_record: Callable[[], Registration]
    can_be_queried: bool = False
    resends_safely: bool = False
    can_cancel: bool = True
    in_part: bool = True
    decides_late: bool = True
    can_contradict: bool = True
    calls_before_filing: int = 0
    wrong_token: str = "wrong"
    rows: int = 2  # rows in the registry's books per record
    settings: Mapping[str, str] = field(default_factory=dict)  # adapter settings besides url and token
    fixed_people: tuple[PersonFacts, ...] = ()  # of the recorded requests, where record() has other people each time
    answers: Mapping[str, str] = field(default_factory=dict)  # recorded answers of the authority, by SOAP operation


def born(years: int, today: date, *, days: int = 0) -> str:
    """The birth date of somebody who turned this many years old `days` before `today`, whatever day that is."""
    turned = today - timedelta(days)
    leap = (turned.month, turned.day) == (2, 29)
    return turned.replace(year=turned.year - years, day=28 if leap else turned.day).isoformat()


def base_record(unit: UnitFacts, *people: PersonFacts, **changes: Any) -> Registration:
    """A two-night check-in that began an hour ago, with new ids."""
    now = int(time.time())
    number = next(_numbers)
    record = Registration(
        id=str(uuid.uuid4()),
        kind="check_in",
        reference=str(uuid.uuid4()),
        unit=unit,
        stay=StayFacts(f"stay-{number}", now - 3600, now + 2 * DAY, agreed_at=now - DAY, payment="platform"),
        people=people,
        landlord=LandlordFacts("landlord-1", "Casa Sol SL", registered_as="0000000123", phone="+34910000000"),
    )
    return dataclasses.replace(record, **changes)


# Facts known of a person who showed a passport, in a unit that is not registered with any authority yet.
TRAVELLER = PersonFacts(
    "p1", "Miller", "Eve", "1985-12-31", "USA", Document("passport", "C01X00T47", "USA"), sex="female"
)
BARE_UNIT = UnitFacts("DW-1", Address("Harbour Street 7"), "area-1", "sandbox", "Europe/Madrid")
