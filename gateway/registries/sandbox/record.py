"""The sandbox's JSON of a record, and its rules."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.icao_states import ISSUING, NATIONALITIES
from gateway.domain.filings.record import PersonFacts, Registration
from gateway.texts.marks import N_

_SEX = {"male": "M", "female": "F", "other": "X", "unknown": "U"}
_WORD = r"[A-Za-z0-9._:-]{1,64}"


def record_of(registration: Registration, tables: Mapping[str, str]) -> dict[str, Any]:
    """The sandbox's JSON of a record; times are RFC 3339 in UTC."""
    unit, stay = registration.unit, registration.stay
    return {
        "reference": registration.reference,
        "kind": registration.kind,
        "dwelling": {"code": unit.code, "area": unit.area, "jurisdiction": unit.jurisdiction},
        "stay": stay.id,
        "arrives": _instant(stay.from_at),
        "leaves": _instant(stay.until_at),
        "people": [_person(person) for person in registration.people],
        "landlord": registration.landlord.name,
        "corrects": registration.corrects,
        "late": registration.late,
        "tables": dict(tables),
    }


def _person(person: PersonFacts) -> dict[str, Any]:
    document = person.document
    return {
        "id": person.id,
        "surname": person.surname,
        "given_names": person.given_names,
        "sex": _SEX[person.sex],
        "birth_date": person.birth_date,
        "nationality": person.nationality,
        "document": None
        if document.kind == "none"
        else {"kind": document.kind, "number": document.number, "country": document.issuing_country},
        "phone": person.phone,
    }


def contents(filing: Mapping[str, Any], order: Mapping[str, int]) -> dict[str, str]:
    """What is compared of a record, sent or held, by path."""
    found = {"stay.from_at": _moment(filing["arrives"]), "stay.until_at": _moment(filing["leaves"])}
    for person in filing["people"]:
        at = f"people[{order.get(person['id'], person['id'])}]"
        names = ("surname", "given_names", "sex", "birth_date", "nationality", "phone")
        found |= {f"{at}.{name}": person[name] for name in names}
        document = person["document"] or {"kind": "", "number": "", "country": ""}
        found[f"{at}.document.number"] = document["number"]
        found[f"{at}.document.issuing_country"] = document["country"]
    return found


def _moment(text: str) -> str:
    return str(datetime.fromisoformat(text).timestamp())


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def problems(record: Registration, now: int) -> rules.Problems:
    """Every field the sandbox would refuse."""
    yield from rules.coherent(record)
    if record.kind == "annulment":
        yield from rules.need("corrects", record.corrects)
        return
    for field, value in (("reference", record.reference), ("unit.code", record.unit.code), ("stay.id", record.stay.id)):
        yield from rules.need(field, value)
        yield from rules.shaped(field, value, _WORD, N_("letters, digits and . _ : - only"))
    yield from rules.shaped("unit.area", record.unit.area or " ", _WORD, N_("letters, digits and . _ : - only"))
    shape = r"sandbox|[a-z]{2}(-[a-z0-9]{1,3})?"
    yield from rules.shaped(
        "unit.jurisdiction", record.unit.jurisdiction or " ", shape, N_("a code such as es or cn-33")
    )
    yield from rules.need("landlord.name", record.landlord.name)
    yield from rules.fits("landlord.name", record.landlord.name, 120)
    for index, person in enumerate(record.people):
        yield from _person_problems(f"people[{index}]", person, record, now)


def _person_problems(at: str, person: PersonFacts, record: Registration, now: int) -> rules.Problems:
    arrival = rules.arrival_day(record)
    yield from rules.need(f"{at}.surname", person.surname)
    yield from rules.fits(f"{at}.surname", person.surname, 120)
    yield from rules.fits(f"{at}.given_names", person.given_names, 120)
    yield from rules.born(f"{at}.birth_date", person.birth_date, now)
    yield from rules.need(f"{at}.nationality", person.nationality)
    yield from rules.known(f"{at}.nationality", person.nationality, NATIONALITIES.valid_on(arrival))
    yield from rules.shaped(
        f"{at}.phone", person.phone, r"\+[1-9][0-9]{4,14}", N_("an international number such as +34600000000")
    )
    if person.document.kind != "none":
        yield from rules.shaped(
            f"{at}.document.number",
            person.document.number or " ",
            r"[A-Z0-9-]{3,24}",
            N_("3 to 24 letters A-Z or digits"),
        )
        yield from rules.known(
            f"{at}.document.issuing_country", person.document.issuing_country or "?", ISSUING.valid_on(arrival)
        )
    elif rules.highest_age(person, rules.arrival_day(record)) >= 14:
        yield from rules.need(f"{at}.document", None)
