"""The list of guests (SeznamUbytovanych) as UbyPort takes it, and the rules of its technical description.

Appendix 5 to the operating rules of Ubyport, 2019-06-19, section 4.2; the form's rules: user manual 2.0, section 7.2.1.
"""

import re
import unicodedata
from datetime import date, datetime, time
from typing import Any, Final

from gateway.domain.birth_date import BirthDate, birth_date
from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.domain.filings.transliteration import spell
from gateway.domain.filings.who_is_reported import is_national
from gateway.registries.czechia.codes import NATIONALITIES, nationality_code
from gateway.registries.czechia.profile import SPELLING
from gateway.texts.marks import N_

TABLES: Final = {table.name: table.version for table in (NATIONALITIES, SPELLING)}
MAX_PEOPLE: Final = 32  # appendix 5, 5.4
# The number of the house (a registration number begins with E), then that of the street, after a slash.
_STREET: Final = re.compile(r"(?:(?P<name>.*\S)\s+)?(?P<house>E?\d{1,4})(?:/(?P<street>\d{1,3}[A-Za-z]?))?")


def sent_name(name: str) -> str:
    """A name in capitals A-Z."""
    return spell(name, SPELLING)


def given_names(person: PersonFacts) -> str:
    """The given names as sent; the only name of a person who has one, as both fields are required."""
    return sent_name(person.given_names or person.surname)


def sent_number(number: str) -> str:
    """A document number in capitals, without spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", number)).upper()


def guest_list(record: Registration) -> dict[str, Any]:
    """The argument Seznam of ZapisUbytovane."""
    unit = record.unit
    number, _, mark = unit.registered_as.partition("/")
    street = _STREET.fullmatch(unit.address.street)
    district, _, part = unit.address.extra.partition(",")
    return {
        "Ubytovani": {"Ubytovany": [_guest(person, record) for person in record.people]},
        "VracetPDF": True,
        "uCont": record.landlord.phone,
        "uHomN": street["house"] if street else None,
        "uIdub": number,
        "uMark": mark,
        "uName": unit.name,
        "uOb": unit.address.municipality,
        "uObCa": part.strip(),
        "uOkr": district.strip(),
        "uOriN": street["street"] if street else None,
        "uPsc": unit.address.postal_code.replace(" ", ""),
        "uStr": street["name"] if street else None,
    }


def _guest(person: PersonFacts, record: Registration) -> dict[str, Any]:
    return {
        "cDate": _birth(person),
        "cDocN": sent_number(person.document.number),
        "cFirstN": given_names(person),
        "cFrom": datetime.combine(rules.arrival_day(record), time()),
        "cNati": nationality_code(person.nationality),
        "cResi": _residence(person) or None,
        "cSurN": sent_name(person.surname),
        "cUntil": datetime.combine(_last_day(record), time()),
        "cVisN": sent_number(person.visa.number) or None,
    }


def _birth(person: PersonFacts) -> str:
    """DDMMYYYY; 00 for a day, and 0000 for a day and a month, that are unknown: appendix 5, section 4.2."""
    born = birth_date(person.birth_date) or BirthDate(1)
    return f"{born.day or 0:02}{born.month or 0:02}{born.year:04}"


def _residence(person: PersonFacts) -> str:
    """The home abroad, in the order the manual recommends: state, town, street and number."""
    home = person.residence
    return ", ".join(part for part in (home.country, home.municipality, home.street) if part)


def _last_day(record: Registration) -> date:
    return rules.local_time(record.stay.until_at, record.unit.timezone).date()


def problems(record: Registration, now: int) -> rules.Problems:
    """Every field the police would refuse."""
    yield from rules.coherent(record)
    if record.kind in ("annulment", "check_out"):
        yield FieldProblem("kind", "not_taken", N_("UbyPort accepts arrivals only, and nothing can be cancelled."))
        return
    if len(record.people) > MAX_PEOPLE:
        message = N_("Send at most {most} people at once.")
        yield FieldProblem("people", "too_many", message, {"most": MAX_PEOPLE})
    arrival = rules.arrival_day(record)
    if arrival > rules.local_time(now, record.unit.timezone).date():
        message = N_("Wait until the day of arrival: the police accept no earlier report.")
        yield FieldProblem("stay.from_at", "outside_window", message)
    if record.stay.until_at > record.stay.from_at and _last_day(record) <= arrival:
        message = N_("Enter a later day of departure: the police accept stays of at least one night.")
        yield FieldProblem("stay.until_at", "ends_before_it_begins", message)
    yield from _unit_problems(record)
    for index, person in enumerate(record.people):
        yield from _person_problems(f"people[{index}]", person, arrival, now)


def _unit_problems(record: Registration) -> rules.Problems:
    unit, address = record.unit, record.unit.address
    shape = N_("the facility's number of 12 to 14 digits, a slash and its abbreviation, such as 2016201258899/AAKLI")
    district = N_("the district and the part of the municipality, such as Praha, Nusle")
    street = N_("a street and a house number, such as Lennonova 123/15")
    needed = (
        ("unit.registered_as", unit.registered_as, r"\d{12,14}/[A-Z0-9]{5,6}", shape),
        ("unit.address.street", address.street, _STREET.pattern, street),
        ("unit.address.extra", address.extra, r"[^,]*\S[^,]*,\s*\S[^,]*", district),
        ("unit.address.postal_code", address.postal_code, r"\d{3} ?\d{2}", N_("a postal code such as 140 00")),
    )
    for field, value, pattern, said in needed:
        yield from rules.need(field, value)
        yield from rules.shaped(field, value, pattern, said)
    yield from rules.need("unit.name", unit.name)
    yield from rules.need("unit.address.municipality", address.municipality)
    yield from rules.need("landlord.phone", record.landlord.phone)


def _person_problems(at: str, person: PersonFacts, arrival: date, now: int) -> rules.Problems:
    if is_national(person.nationality, "cz"):
        message = N_("Check the nationality: only foreigners are reported.")
        yield FieldProblem(f"{at}.nationality", "not_owed", message)
    yield from rules.need(f"{at}.surname", person.surname)
    yield from rules.spelled(f"{at}.surname", sent_name(person.surname), SPELLING.alphabet, SPELLING.said)
    given = sent_name(person.given_names)
    yield from rules.spelled(f"{at}.given_names", given, SPELLING.alphabet, SPELLING.said)
    yield from rules.born(f"{at}.birth_date", person.birth_date, now)
    yield from rules.need(f"{at}.nationality", person.nationality)
    code = nationality_code(person.nationality)
    yield from rules.known(f"{at}.nationality", code, NATIONALITIES.valid_on(arrival))
    yield from rules.need(f"{at}.document.number", person.document.number)
    number = sent_number(person.document.number)
    yield from rules.shaped(f"{at}.document.number", number, "[A-Z0-9/.-]{4,30}", N_("4 to 30 letters A-Z and digits"))
    visa = sent_number(person.visa.number)
    yield from rules.shaped(f"{at}.visa.number", visa, "[A-Z0-9/.-]{1,15}", N_("at most 15 letters A-Z and digits"))
    yield from rules.fits(f"{at}.residence.street", _residence(person), 128)
