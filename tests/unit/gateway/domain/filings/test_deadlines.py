"""Filing deadlines by jurisdiction, in the unit's local time."""

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.domain.filings.deadlines import deadline, standing
from gateway.domain.filings.record import Registration
from gateway.domain.jurisdiction import DeadlineRule, Reporting
from tests.unit.gateway.registries.registry_facts import GUEST, LOCAL, RECORD

ZONES = {
    "pt": "Europe/Lisbon",
    "it": "Europe/Rome",
    "es": "Europe/Madrid",
    "de": "Europe/Berlin",
    "cn": "Asia/Shanghai",
}
NATIONALS = {"pt": "PRT", "it": "ITA", "es": "ESP", "de": "DEU", "cn": "CHN"}


def at(jurisdiction: str, local: str) -> int:
    zone = ZoneInfo(ZONES[jurisdiction.partition("-")[0]])
    return int(datetime.fromisoformat(local).replace(tzinfo=zone).timestamp())


def stay(jurisdiction: str, arrives: str, leaves: str, *, foreign: bool = True) -> Registration:
    country = jurisdiction.partition("-")[0]
    person = GUEST if foreign else dataclasses.replace(LOCAL, nationality=NATIONALS[country])
    return dataclasses.replace(
        RECORD,
        unit=dataclasses.replace(RECORD.unit, jurisdiction=jurisdiction, timezone=ZONES[country]),
        stay=dataclasses.replace(RECORD.stay, from_at=at(jurisdiction, arrives), until_at=at(jurisdiction, leaves)),
        people=(person,),
    )


def due(record: Registration, arises_at: int = 0) -> str:
    clock = deadline(record, arises_at)
    assert clock is not None
    return datetime.fromtimestamp(clock.due_at, ZoneInfo(record.unit.timezone)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("jurisdiction", "arrives", "leaves", "expected"),
    [
        ("es", "2026-03-10T15:00", "2026-03-12T10:00", "2026-03-11T15:00"),
        ("it", "2026-03-10T15:00", "2026-03-12T10:00", "2026-03-11T15:00"),
        ("it", "2026-03-10T15:00", "2026-03-11T15:00", "2026-03-10T21:00"),  # exactly 24 h is a short stay
        ("it", "2026-03-10T15:00", "2026-03-11T15:01", "2026-03-11T15:00"),
        ("it", "2026-10-24T15:00", "2026-10-27T10:00", "2026-10-25T14:00"),  # end of summer time: still 24 hours
        ("pt", "2026-04-02T23:30", "2026-04-09T10:00", "2026-04-09T00:00"),  # with Good Friday and a weekend in between
        ("pt", "2026-06-08T09:00", "2026-06-12T10:00", "2026-06-13T00:00"),  # with Portugal Day in between
        ("de", "2026-03-10T23:59", "2026-03-12T10:00", "2026-03-11T00:00"),
        ("cn-33", "2026-03-10T15:00", "2026-03-30T10:00", "2026-03-11T15:00"),
    ],
)
def test_a_foreigners_check_in_is_due(jurisdiction: str, arrives: str, leaves: str, expected: str) -> None:
    assert due(stay(jurisdiction, arrives, leaves)) == expected


@pytest.mark.parametrize(
    ("arrives", "expected"),
    [("2026-01-31T15:00", "2026-02-06T00:00"), ("2026-12-01T15:00", "2027-01-06T00:00")],
)
def test_a_day_of_the_next_month_is_counted_by_the_registrys_own_rule(arrives: str, expected: str) -> None:
    filed = stay("it", arrives, "2027-03-01T10:00")
    clock = deadline(filed, 0, Reporting(deadline=DeadlineRule(day_of_next_month=5)))
    assert clock is not None
    assert datetime.fromtimestamp(clock.due_at, ZoneInfo("Europe/Rome")).strftime("%Y-%m-%dT%H:%M") == expected


@pytest.mark.parametrize(
    ("jurisdiction", "arrives", "expected"),
    [
        ("cn-33", "2026-03-10T15:00", "2026-03-14T00:00"),
        ("cn-44", "2026-03-10T15:00", "2026-03-14T00:00"),
        (
            "cn-44",
            "2026-02-13T15:00",
            "2026-02-26T00:00",
        ),  # 14 Feb is a working day, followed by nine days of Spring Festival
        ("cn-11", "2026-03-10T15:00", "2026-03-11T15:00"),
    ],
)
def test_china_counts_by_region_for_its_own_residents(jurisdiction: str, arrives: str, expected: str) -> None:
    assert due(stay(jurisdiction, arrives, "2026-05-01T10:00", foreign=False)) == expected


@pytest.mark.parametrize("jurisdiction", ["pt", "de"])
def test_nothing_is_due_for_nationals_where_only_foreigners_are_reported(jurisdiction: str) -> None:
    assert deadline(stay(jurisdiction, "2026-03-10T15:00", "2026-03-12T10:00", foreign=False), 0) is None


def test_a_check_out_counts_from_the_end_and_a_change_from_when_it_was_known() -> None:
    record = stay("pt", "2026-03-02T15:00", "2026-03-13T10:00")
    assert due(dataclasses.replace(record, kind="check_out")) == "2026-03-19T00:00"
    assert due(dataclasses.replace(record, kind="change"), at("pt", "2026-03-03T09:00")) == "2026-03-07T00:00"


def test_a_record_is_warned_of_before_and_late_from_the_deadline_on() -> None:
    clock = deadline(stay("es", "2026-03-10T15:00", "2026-03-12T10:00"), 0)
    assert clock is not None
    moments = (clock.starts_at, clock.warn_at - 1, clock.warn_at, clock.due_at - 1, clock.due_at)
    assert [standing(clock, moment) for moment in moments] == ["in_time", "in_time", "warn", "warn", "late"]
    assert clock.due_at - clock.warn_at == 6 * 3600


def test_an_unknown_jurisdiction_gets_a_day() -> None:
    record = stay("es", "2026-03-10T15:00", "2026-03-12T10:00")
    elsewhere = dataclasses.replace(record, unit=dataclasses.replace(record.unit, jurisdiction="zz"))
    assert due(elsewhere) == "2026-03-11T15:00"
