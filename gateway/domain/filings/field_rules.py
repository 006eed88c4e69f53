"""Small rules that several registries share; each yields the problems of one field and knows no registry."""

import re
from collections.abc import Container, Iterator
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration

ADULT = 18  # years
Problems = Iterator[FieldProblem]
# The categories Cc and Cs of Unicode, whose members cannot change any more (a test looks at every one).
_UNWRITABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")


def need(field: str, value: object) -> Problems:
    """The field is there."""
    if not value:
        yield FieldProblem(field, "missing", f"{_said(field)} is missing.")


def fits(field: str, value: str, longest: int) -> Problems:
    """The field is at most so many characters as sent; nothing is ever cut."""
    if len(value) > longest:
        yield FieldProblem(
            field, "too_long", f"{_said(field)} has {len(value)} characters; the registry takes at most {longest}."
        )


def shaped(field: str, value: str, pattern: str, shape: str) -> Problems:
    """The field, where given, has the registry's shape."""
    if value and not re.fullmatch(pattern, value):
        yield FieldProblem(field, "wrong_shape", f"{_said(field)} must be {shape}.")


def known(field: str, code: str, table: Container[str]) -> Problems:
    """The code is in the registry's table."""
    if code and code not in table:
        yield FieldProblem(field, "unknown_code", f"{_said(field)} is not a code this registry knows.")


def spelled(field: str, value: str, alphabet: str, said: str) -> Problems:
    """Every character is one the registry can store; alphabet is a regular expression class."""
    if re.search(f"[^{alphabet}]", value):
        yield FieldProblem(field, "unspellable", f"{_said(field)} has characters that {said} cannot be written in.")


def plain(field: str, value: str) -> Problems:
    """No control characters and no half characters, which no registry stores."""
    if _UNWRITABLE.search(value):
        yield FieldProblem(field, "unspellable", f"{_said(field)} has characters that cannot be written.")


def born(field: str, value: str, now: int) -> Problems:
    """The birth date is a date, not in the future and within 130 years."""
    day = calendar_day(value)
    if day is None:
        yield FieldProblem(field, "not_a_date", f"{_said(field)} must be a date like 1990-02-28.")
        return
    today = datetime.fromtimestamp(now, UTC).date()
    if not today.year - 130 <= day.year or day > today:
        yield FieldProblem(field, "impossible_date", f"{_said(field)} cannot be right.")


def coherent(record: Registration) -> Problems:
    """The record can be written, names people, ends after it begins, has a zone, and nobody is in it twice."""
    yield from _writable("", record)
    if record.stay.until_at <= record.stay.from_at:
        yield FieldProblem("stay.until_at", "ends_before_it_begins", "The stay ends before it begins.")
    if record.kind != "annulment" and not record.people:
        yield FieldProblem("people", "missing", "Nobody is registered.")
    if len({person.id for person in record.people}) != len(record.people):
        yield FieldProblem("people", "named_twice", "A person is in the record twice.")
    try:
        ZoneInfo(record.unit.timezone)
    except (KeyError, ValueError):
        yield FieldProblem("unit.timezone", "unknown_code", "The unit's time zone is unknown.")


def _writable(path: str, facts: object) -> Problems:
    """Every text of the record is plain."""
    for name in getattr(facts, "__dataclass_fields__", ()):  # fields() costs more than all the rest here
        value = getattr(facts, name)
        if isinstance(value, str):
            if _UNWRITABLE.search(value):
                yield from plain(f"{path}{name}", value)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                yield from _writable(f"{path}{name}[{index}].", item)
        else:
            yield from _writable(f"{path}{name}.", value)


def calendar_day(value: str) -> date | None:
    """The date of a YYYY-MM-DD text, else None."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def age(person: PersonFacts, on: date) -> int:
    """Whole years on a day; an unreadable birth date counts as adult, for then more is asked."""
    day = calendar_day(person.birth_date)
    if day is None:
        return ADULT
    return on.year - day.year - ((on.month, on.day) < (day.month, day.day))


def is_minor(person: PersonFacts, on: date) -> bool:
    """Under 18 on a day."""
    return age(person, on) < ADULT


def local_time(at: int, zone: str) -> datetime:
    """UTC seconds in the unit's own time; an unknown zone counts as UTC (coherent() reports it)."""
    return datetime.fromtimestamp(at, _zone(zone))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        return UTC


def arrival_day(record: Registration) -> date:
    """The day the stay begins, where the unit is."""
    return local_time(record.stay.from_at, record.unit.timezone).date()


def _said(field: str) -> str:
    """people[0].birth_date → "Person 1: birth date"."""
    person = re.match(r"people\[(\d+)\]\.?(.*)", field)
    name = (person[2] if person else field).replace("_", " ").replace(".", " ").strip()
    return f"Person {int(person[1]) + 1}: {name}" if person else name[:1].upper() + name[1:]
