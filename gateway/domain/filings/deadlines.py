"""Filing deadlines: by when a record must reach the registry, in the unit's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

from gateway.domain.filings.record import Registration
from gateway.domain.filings.who_is_reported import is_national, reportable
from gateway.domain.jurisdiction import DeadlineRule, Reporting, deadline_rule

HOUR = 3600
Standing = Literal["in_time", "warn", "late"]


@dataclass(frozen=True, slots=True)
class FilingDeadline:
    """When the duty arose, when to warn and when it is late, in UTC seconds; on time means before `due_at`."""

    starts_at: int
    warn_at: int
    due_at: int


def deadline(record: Registration, arises_at: int, own: Reporting | None = None) -> FilingDeadline | None:
    """The record's deadline; None if nobody in it must be reported. `arises_at`: when a change became known.

    `own`: the registry's own rule, in place of the jurisdiction's.
    """
    due = reportable(record, own)
    if due is None:
        return None
    rule, starts_at = deadline_rule(record.unit.jurisdiction, own), _start(record, arises_at)
    due_at = _due_at(rule, due, starts_at)
    return FilingDeadline(starts_at, due_at - _warning_period(due_at - starts_at), due_at)


def standing(due: FilingDeadline, at: int) -> Standing:
    """The standing of a record not accepted by `at`, or accepted at `at`; late from `due_at` on."""
    if at >= due.due_at:
        return "late"
    return "warn" if at >= due.warn_at else "in_time"


def _start(record: Registration, arises_at: int) -> int:
    if record.kind == "check_in":
        return record.stay.from_at
    if record.kind == "booking" and record.corrects is None:
        return record.stay.agreed_at
    return record.stay.until_at if record.kind == "check_out" else arises_at


def _due_at(rule: DeadlineRule, record: Registration, starts_at: int) -> int:
    if hours := _hours(rule, record):
        return starts_at + hours * HOUR
    zone = ZoneInfo(record.unit.timezone)
    day = datetime.fromtimestamp(starts_at, zone).date()
    return int(datetime.combine(_last_day(rule, record, day) + timedelta(days=1), time(), zone).timestamp())


def _last_day(rule: DeadlineRule, record: Registration, day: date) -> date:
    if rule.day_of_next_month:
        next_month = day.replace(day=1) + timedelta(days=31)
        return next_month.replace(day=rule.day_of_next_month)
    return day + timedelta(days=rule.days) if rule.days is not None else _working_day(record, day, rule.working_days)


def _hours(rule: DeadlineRule, record: Registration) -> int:
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


def _warning_period(window: int) -> int:
    """How long before the deadline to warn: a quarter of the period, between one hour and one day."""
    return min(max(window // 4, HOUR), 24 * HOUR)
