"""Filing deadlines: by when a record must reach the registry, in the unit's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

from gateway.domain.filings.record import Registration
from gateway.domain.filings.who_is_reported import is_national, owed

HOUR = 3600
Standing = Literal["in_time", "warn", "late"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A jurisdiction's deadline. Exactly one of hours, days and working_days is set; 0 days means the day itself."""

    said: str
    hours: int = 0
    short_stay_hours: int = 0  # where the stay lasts at most 24 h
    days: int | None = None
    working_days: int = 0
    foreigner_hours: int = 0  # where anyone in the record is a foreigner


@dataclass(frozen=True, slots=True)
class FilingDeadline:
    """When the duty arose, when to warn and when it is late, in UTC seconds; on time means before `due_at`."""

    rule: str
    starts_at: int
    warn_at: int
    due_at: int


# By ISO 3166 code, region before country. Source of every row: the reference page on registries.
RULES = {
    "it": Rule("24 h from arrival, 6 h where the stay is at most 24 h", hours=24, short_stay_hours=6),
    "es": Rule("24 h from the start of the stay", hours=24),
    "pt": Rule("3 working days from entry, and from exit", working_days=3),
    "cz": Rule("3 working days from arrival", working_days=3),
    "de": Rule("the day of arrival", days=0),
    "cn": Rule("3 working days for residents, 24 h for foreigners", working_days=3, foreigner_hours=24),
    "cn-11": Rule("24 h", hours=24, foreigner_hours=24),
    "cn-33": Rule("3 days for residents, 24 h for foreigners", days=3, foreigner_hours=24),
}
DEFAULT_RULE = Rule("24 h where no rule is known", hours=24)


def rule_of(jurisdiction: str) -> Rule:
    """The region's rule, else the country's, else 24 h."""
    return RULES.get(jurisdiction) or RULES.get(jurisdiction.partition("-")[0]) or DEFAULT_RULE


def deadline(record: Registration, arises_at: int) -> FilingDeadline | None:
    """The record's deadline; None if nobody in it must be reported. `arises_at`: when a change became known."""
    due = owed(record)
    if due is None:
        return None
    rule, starts_at = rule_of(record.unit.jurisdiction), _start(record, arises_at)
    due_at = _due_at(rule, due, starts_at)
    return FilingDeadline(rule.said, starts_at, due_at - _warned_before(due_at - starts_at), due_at)


def standing(due: FilingDeadline, at: int) -> Standing:
    """The standing of a record not accepted by `at`, or accepted at `at`; late from `due_at` on."""
    if at >= due.due_at:
        return "late"
    return "warn" if at >= due.warn_at else "in_time"


def _start(record: Registration, arises_at: int) -> int:
    if record.kind == "check_in":
        return record.stay.from_at
    return record.stay.until_at if record.kind == "check_out" else arises_at


def _due_at(rule: Rule, record: Registration, starts_at: int) -> int:
    if hours := _hours(rule, record):
        return starts_at + hours * HOUR
    zone = ZoneInfo(record.unit.timezone)
    day = datetime.fromtimestamp(starts_at, zone).date()
    last = day + timedelta(days=rule.days) if rule.days is not None else _working_day(record, day, rule.working_days)
    return int(datetime.combine(last + timedelta(days=1), time(), zone).timestamp())


def _hours(rule: Rule, record: Registration) -> int:
    country = record.unit.jurisdiction.partition("-")[0]
    if rule.foreigner_hours and any(not is_national(person.nationality, country) for person in record.people):
        return rule.foreigner_hours
    if rule.short_stay_hours and record.stay.until_at - record.stay.from_at <= 24 * HOUR:
        return rule.short_stay_hours
    return rule.hours


def _working_day(record: Registration, day: date, count: int) -> date:
    """The count-th working day after a date, by the country's public holidays and China's moved working days."""
    calendar = _calendar(record.unit.jurisdiction.partition("-")[0].upper())
    while count:
        day += timedelta(days=1)
        count -= calendar.is_working_day(day)
    return day


@lru_cache
def _calendar(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def _warned_before(window: int) -> int:
    """How long before the deadline to warn: a quarter of the period, between one hour and one day."""
    return min(max(window // 4, HOUR), 24 * HOUR)
