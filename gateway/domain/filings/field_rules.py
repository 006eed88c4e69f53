"""Field rules shared by several registries. Each yields the problems of one field and depends on no registry."""

import re
from collections.abc import Container, Iterator
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration

ADULT = 18  # years
Problems = Iterator[FieldProblem]
# Unicode categories Cc and Cs. Their members are fixed by Unicode's stability policy; a test checks every one.
_UNWRITABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")


def need(field: str, value: object) -> Problems:
    """The field is not empty."""
    if not value:
        yield FieldProblem(field, "missing", f"{_said(field)} is missing.")


def fits(field: str, value: str, longest: int) -> Problems:
    """The field has at most `longest` characters as sent; nothing is truncated."""
    if len(value) > longest:
        yield FieldProblem(
            field, "too_long", f"{_said(field)} has {len(value)} characters; the registry takes at most {longest}."
        )


def shaped(field: str, value: str, pattern: str, shape: str) -> Problems:
    """The field, if given, matches the registry's pattern; `shape` describes it in words."""
    if value and not re.fullmatch(pattern, value):
        yield FieldProblem(field, "wrong_shape", f"{_said(field)} must be {shape}.")


def known(field: str, code: str, table: Container[str]) -> Problems:
    """The code, if given, is in the registry's table."""
    if code and code not in table:
        yield FieldProblem(field, "unknown_code", f"{_said(field)} is not a code this registry knows.")


def spelled(field: str, value: str, alphabet: str, said: str) -> Problems:
    """Every character can be stored by the registry. `alphabet` is the content of a regular expression class."""
    if re.search(f"[^{alphabet}]", value):
        yield FieldProblem(
            field, "unspellable", f"{_said(field)} must be in {said}: enter it as in the document's last lines."
        )


def plain(field: str, value: str) -> Problems:
    """No control characters and no unpaired surrogates; no registry stores these."""
    if _UNWRITABLE.search(value):
        yield FieldProblem(field, "unspellable", f"{_said(field)} has characters that cannot be written.")


def born(field: str, value: str, now: int) -> Problems:
    """The birth date is a valid date, not in the future, and at most 130 years ago."""
    day = calendar_day(value)
    if day is None:
        yield FieldProblem(field, "not_a_date", f"{_said(field)} must be a date like 1990-02-28.")
        return
    today = datetime.fromtimestamp(now, UTC).date()
    if not today.year - 130 <= day.year or day > today:
        yield FieldProblem(field, "impossible_date", f"{_said(field)} cannot be right.")


def coherent(record: Registration) -> Problems:
    """The texts can be stored, people are named and nobody twice, the stay ends after it begins, the zone is valid."""
    yield from _writable("", record)
    if record.stay.until_at <= record.stay.from_at:
        yield FieldProblem("stay.until_at", "ends_before_it_begins", "The stay ends before it begins.")
    if record.kind != "annulment" and not record.people:
        yield FieldProblem("people", "missing", "Nobody is registered.")
    if len({person.id for person in record.people}) != len(record.people):
        yield FieldProblem("people", "named_twice", "A person is in the record twice.")
    yield from _born_in_time(record)
    try:
        ZoneInfo(record.unit.timezone)
    except (KeyError, ValueError):
        yield FieldProblem("unit.timezone", "unknown_code", "The unit's time zone is unknown.")


def _born_in_time(record: Registration) -> Problems:
    """Nobody was born after the day of arrival."""
    for index, person in enumerate(record.people):
        day = calendar_day(person.birth_date)
        if day is not None and day > arrival_day(record):
            yield FieldProblem(f"people[{index}].birth_date", "impossible_date", "A guest was born after the arrival.")


def _writable(path: str, facts: object) -> Problems:
    """Every text field of the record passes `plain`."""
    for name in getattr(facts, "__dataclass_fields__", ()):  # dataclasses.fields() costs more than all other checks
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
    """The date of a YYYY-MM-DD text, or None."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def age(person: PersonFacts, on: date) -> int:
    """Age in whole years on a date. An unreadable birth date counts as adult, because adults have to give more data."""
    day = calendar_day(person.birth_date)
    if day is None:
        return ADULT
    return on.year - day.year - ((on.month, on.day) < (day.month, day.day))


def is_minor(person: PersonFacts, on: date) -> bool:
    """Whether the person is under 18 on a date."""
    return age(person, on) < ADULT


def local_time(at: int, zone: str) -> datetime:
    """UTC seconds in the unit's time zone; an unknown zone counts as UTC (`coherent` reports it)."""
    return datetime.fromtimestamp(at, _zone(zone))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        return UTC


def arrival_day(record: Registration) -> date:
    """The date on which the stay begins, in the unit's time zone."""
    return local_time(record.stay.from_at, record.unit.timezone).date()


def _said(field: str) -> str:
    """The field's name for sentences: people[0].birth_date → "Person 1: birth date"."""
    person = re.match(r"people\[(\d+)\]\.?(.*)", field)
    name = (person[2] if person else field).replace("_", " ").replace(".", " ").strip()
    return f"Person {int(person[1]) + 1}: {name}" if person else name[:1].upper() + name[1:]
