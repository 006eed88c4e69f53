"""Field rules shared by several registries. Each yields the problems of one field and depends on no registry."""

import re
import unicodedata
from collections.abc import Container, Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from gateway.domain.birth_date import birth_date
from gateway.domain.filings.codes.icao_states import STATELESS
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.texts.marks import N_

ADULT = 18  # years
NO_CITIZENSHIP = "no_citizenship"  # the rule of a registry that files citizens of a country only
NO_WHOLE_BIRTH = "no_whole_birth"  # the rule of a registry that takes whole dates of birth only
BORN_IN_STAY = "born_in_stay"  # the rule of a registry that takes one day of arrival of a whole family
NO_OTHER_SEX = N_("Choose male or female: the registry has no entry for X.")
_FIRST_ZONE = timezone(timedelta(hours=14))  # where a day begins first; the unit's own day is that of the arrival
Problems = Iterator[FieldProblem]
_LETTERS = ("Lu", "Ll", "Lt", "Lo")  # Unicode categories; without Lm: an okina alone is no name
# Unicode categories Cc and Cs, whose members are fixed by Unicode's stability policy (a test checks every one), and the
# two other code points that are no characters of XML 1.0 (section 2.2).
_UNWRITABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]")


def need(field: str, value: object) -> Problems:
    """The field is not empty, and not only spaces: no registry stores these."""
    if not value or (isinstance(value, str) and not value.strip()):
        yield FieldProblem(field, "missing", N_("Enter this information. The registry requires it."))


def fits(field: str, value: str, longest: int) -> Problems:
    """The field has at most `longest` characters as sent; nothing is truncated."""
    if len(value) > longest:
        message = N_("Shorten this: it has {length} characters, and the registry accepts {longest} at most.")
        yield FieldProblem(field, "too_long", message, {"length": len(value), "longest": longest})


def shaped(field: str, value: str, pattern: str, shape: str) -> Problems:
    """The field, if given, matches the registry's pattern; `shape` is a marked text that describes it.

    A digit is one of 0 to 9, also where the pattern says \\d: no registry takes the digits of another script.
    """
    if value and (not re.fullmatch(pattern, value) or any(_is_foreign_digit(sign) for sign in value)):
        yield FieldProblem(field, "wrong_shape", N_("Enter {shape}."), {"shape": shape})


def _is_foreign_digit(sign: str) -> bool:
    return sign.isdecimal() and not sign.isascii()


def known(field: str, code: str, table: Container[str]) -> Problems:
    """The code, if given, is in the registry's table."""
    if code and code not in table:
        message = N_("Choose another answer: the registry does not accept this one.")
        yield FieldProblem(field, "unknown_code", message)


def citizenship(field: str, code: str, table: Container[str], registry: str) -> Problems:
    """The citizenship of a country, for a registry that has no code for refugees and persons without a citizenship.

    A refugee may have one, and chooses it; nothing that a stateless person could enter is right, which NO_CITIZENSHIP
    says.
    """
    yield from need(field, code)
    if code == STATELESS:
        message = N_("Register this person by hand: {registry} does not take a person without a citizenship.")
        yield FieldProblem(field, NO_CITIZENSHIP, message, {"registry": registry})
    elif code and code not in table:
        message = N_(
            "Choose the country of citizenship. If there is none, choose “Stateless person”: the landlord then"
            " registers this person in {registry} by hand."
        )
        yield FieldProblem(field, "unknown_code", message, {"registry": registry})


def spelled(field: str, value: str, alphabet: str, said: str) -> Problems:
    """Every character can be stored by the registry. `alphabet` is the content of a regular expression class.

    `said` is a marked text that describes it.
    """
    if re.search(f"[^{alphabet}]", value):
        message = N_("Enter this in {letters}, as in the last lines of the document.")
        yield FieldProblem(field, "unspellable", message, {"letters": said})


def plain(field: str, value: str) -> Problems:
    """No control characters, unpaired surrogates or others that XML does not allow; no registry stores these."""
    if _UNWRITABLE.search(value):
        yield FieldProblem(field, "unspellable", N_("Enter this again, without characters that cannot be printed."))


def born(field: str, value: str, now: int) -> Problems:
    """The birth date is a valid date, not in the future anywhere, and at most 130 years ago; its day may be unknown."""
    day = birth_date(value)
    if day is None:
        yield FieldProblem(field, "not_a_date", N_("Enter a date such as 1990-02-28."))
        return
    today = datetime.fromtimestamp(now, _FIRST_ZONE).date()
    if not today.year - 130 <= day.year or day.first > today:
        yield FieldProblem(field, "impossible_date", N_("Check this date: it is in the future or too long ago."))


def born_on_a_day(field: str, value: str, now: int, registry: str) -> Problems:
    """`born`, for a registry that takes whole dates only: of a birth date known in part, no answer would be right."""
    yield from born(field, value, now)
    known_part = birth_date(value)
    if known_part is not None and not known_part.whole:
        message = N_("Register this person by hand: {registry} does not take a date of birth without a day.")
        yield FieldProblem(field, NO_WHOLE_BIRTH, message, {"registry": registry})


def coherent(record: Registration) -> Problems:
    """The texts can be stored, people are named and nobody twice, the stay ends after it begins, the zone is valid."""
    yield from _writable("", record)
    yield from _lettered(record)
    if record.stay.until_at <= record.stay.from_at:
        yield FieldProblem(
            "stay.until_at", "ends_before_it_begins", N_("Check both dates: the stay ends before it begins.")
        )
    if record.kind != "annulment" and not record.people:
        yield FieldProblem("people", "missing", N_("Register at least one person."))
    if len({person.id for person in record.people}) != len(record.people):
        yield FieldProblem("people", "named_twice", N_("Remove one entry: the same person is in the record twice."))
    yield from _born_in_time(record)
    try:
        ZoneInfo(record.unit.timezone)
    except (KeyError, ValueError):
        yield FieldProblem(
            "unit.timezone", "unknown_code", N_("Enter a time zone of the IANA database, such as Europe/Rome.")
        )


def _lettered(record: Registration) -> Problems:
    """A name that is given has a letter: of signs alone nothing may be left as sent, and a field would be empty."""
    for index, person in enumerate(record.people):
        for name in ("surname", "given_names", "second_surname"):
            value = getattr(person, name)
            if value and not any(unicodedata.category(sign) in _LETTERS for sign in value):
                yield FieldProblem(f"people[{index}].{name}", "unspellable", N_("Enter a name that has letters."))


def _born_in_time(record: Registration) -> Problems:
    """Nobody was born after the day on which they arrived."""
    for index, person in enumerate(record.people):
        born_on = birth_date(person.birth_date)
        if born_on is not None and born_on.first > own_arrival_day(record, person):
            message = N_("Check this date: it is after the day of arrival.")
            yield FieldProblem(f"people[{index}].birth_date", "impossible_date", message)


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
    """Age in whole years on a date, the lowest that the birth date allows: who may be a minor counts as one.

    An unreadable birth date counts as adult, because adults have to give more data.
    """
    born_on = birth_date(person.birth_date)
    return ADULT if born_on is None else _years(born_on.last, on)


def highest_age(person: PersonFacts, on: date) -> int:
    """The highest `age` that the birth date allows."""
    born_on = birth_date(person.birth_date)
    return ADULT if born_on is None else _years(born_on.first, on)


def _years(since: date, on: date) -> int:
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


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


def own_arrival_day(record: Registration, person: PersonFacts) -> date:
    """The date on which this person of the record came, in the unit's time zone."""
    return local_time(max(record.stay.from_at, person.arrived_at), record.unit.timezone).date()
