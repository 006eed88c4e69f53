"""The Chinese profile: residents and foreigners in one filing, in the GB codes; regional services differ in transport."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gateway.domain import registration_rules as rules
from gateway.domain.codes import china
from gateway.domain.codes.countries import COUNTRIES
from gateway.domain.deadlines import deadline
from gateway.domain.registration import FieldProblem, PersonFacts, Registration
from gateway.domain.transliteration import SPELLINGS, spell

PROFILE = "lodgekey-cn-1"
_KINDS = {"check_in": "arrival", "change": "change", "check_out": "departure"}
_SEX = {"male": "1", "female": "2", "unknown": "0", "other": "9"}
_DOCUMENTS = {"resident_id": "111", "national_id": "111", "passport": "414", "residence_permit": "553"}
_FAULTS = {
    "shape": "The ID number must have 17 digits and a check digit or X.",
    "check_digit": "The ID number's check digit does not match.",
    "region": "The ID number's region does not exist.",
    "birth_date": "The ID number holds another birth date.",
    "sex": "The ID number holds another sex.",
}


def is_foreigner(person: PersonFacts) -> bool:
    """Whether the person goes on the foreigners' form."""
    return person.nationality != "CHN"


def sent_name(person: PersonFacts, name: str) -> str:
    """A resident's name as it is; a foreigner's in capitals as in the passport."""
    return spell(name, SPELLINGS["cn-foreign" if is_foreigner(person) else "cn"])


def filing(record: Registration, now: int, tables: Mapping[str, str]) -> dict[str, Any]:
    """The filing as JSON; days are YYYYMMDD where the unit is."""
    unit = record.unit
    return {
        "profile": PROFILE,
        "reference": record.reference,
        "kind": _KINDS[record.kind],
        "corrects": record.corrects,
        "dwelling": {
            "code": unit.registered_as or unit.code,
            "region": unit.address.municipality_code,
            "address": unit.address.street,
        },
        "landlord": {"name": record.landlord.name, "phone": record.landlord.phone},
        "moves_in": _day(rules.arrival_day(record)),
        "leaves": _day(rules.local_time(record.stay.until_at, unit.timezone).date()),
        "residents": [_resident(person) for person in record.people if not is_foreigner(person)],
        "foreigners": [_foreigner(person) for person in record.people if is_foreigner(person)],
        "days_late": days_late(record, now),
        "tables": dict(tables),
    }


def days_late(record: Registration, now: int) -> int:
    """Whole days begun since the deadline, 0 in time."""
    clock = deadline(record, now)
    return 0 if clock is None or now < clock.due_at else (now - clock.due_at) // 86_400 + 1


def _resident(person: PersonFacts) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": sent_name(person, person.surname + person.given_names),
        "registered_address": person.registered_address,
    } | _common(person)


def _foreigner(person: PersonFacts) -> dict[str, Any]:
    visa = person.visa
    return {
        "id": person.id,
        "surname": sent_name(person, person.surname),
        "given_names": sent_name(person, person.given_names),
        "country": person.nationality,
        "visa": None
        if visa.kind in ("", "none")
        else {"kind": visa.kind, "number": visa.number, "valid_until": visa.valid_until.replace("-", "")},
    } | _common(person)


def _common(person: PersonFacts) -> dict[str, Any]:
    return {
        "sex": _SEX[person.sex],
        "birth_date": person.birth_date.replace("-", ""),
        "document": {"kind": _DOCUMENTS.get(person.document.kind, "990"), "number": person.document.number},
        "phone": person.phone,
    }


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def problems(record: Registration, now: int) -> rules.Problems:
    """Every field a regional service would refuse."""
    yield from rules.coherent(record)
    if record.kind == "annulment":
        yield from rules.need("corrects", record.corrects)
        return
    unit = record.unit
    yield from rules.need("unit.code", unit.registered_as or unit.code)
    region = unit.address.municipality_code
    yield from rules.need("unit.address.municipality_code", region)
    yield from rules.shaped("unit.address.municipality_code", region, r"\d{6}", "the six digits of GB/T 2260")
    yield from rules.known("unit.address.municipality_code", region[:2], china.PROVINCES)
    yield from rules.need("unit.address.street", unit.address.street)
    yield from rules.need("landlord.name", record.landlord.name)
    for index, person in enumerate(record.people):
        yield from _person(f"people[{index}]", person, now)
        yield from (_foreigner_rules if is_foreigner(person) else _resident_rules)(f"people[{index}]", person, record)


def _person(at: str, person: PersonFacts, now: int) -> rules.Problems:
    spelling = SPELLINGS["cn-foreign" if is_foreigner(person) else "cn"]
    yield from rules.need(f"{at}.surname", person.surname)
    for name in ("surname", "given_names"):
        sent = sent_name(person, getattr(person, name))
        yield from rules.fits(f"{at}.{name}", sent, 60)
        yield from rules.spelled(f"{at}.{name}", sent, spelling.alphabet, spelling.said)
    yield from rules.born(f"{at}.birth_date", person.birth_date, now)
    yield from rules.need(f"{at}.nationality", person.nationality)
    yield from rules.need(f"{at}.document.number", person.document.number)
    yield from rules.shaped(
        f"{at}.document.number", person.document.number, r"[A-Z0-9]{5,20}", "5 to 20 letters or digits"
    )


def _resident_rules(at: str, person: PersonFacts, _: Registration) -> rules.Problems:
    if person.document.kind not in ("resident_id", "national_id") or not person.document.number:
        return
    fault = id_number_fault_of(person)
    if fault:
        yield FieldProblem(f"{at}.document.number", f"id_{fault}", _FAULTS[fault])


def id_number_fault_of(person: PersonFacts) -> str | None:
    """The rule of GB 11643 that a resident's number breaks against their own facts."""
    return china.id_number_fault(person.document.number, rules.calendar_day(person.birth_date), person.sex)


def _foreigner_rules(at: str, person: PersonFacts, record: Registration) -> rules.Problems:
    arrival, visa = rules.arrival_day(record), person.visa
    yield from rules.known(f"{at}.nationality", person.nationality, COUNTRIES.valid_on(arrival))
    if person.document.kind not in ("passport", "residence_permit"):
        yield FieldProblem(
            f"{at}.document.kind", "unknown_code", "A foreigner registers with passport or residence card."
        )
    if person.document.kind == "residence_permit":
        return
    yield from rules.need(f"{at}.visa.kind", visa.kind)
    yield from rules.known(f"{at}.visa.kind", visa.kind, china.VISAS.valid_on(arrival))
    if visa.kind in ("", "none"):
        return
    yield from rules.need(f"{at}.visa.number", visa.number)
    until = rules.calendar_day(visa.valid_until)
    if until is None:
        yield FieldProblem(
            f"{at}.visa.valid_until", "not_a_date", "The visa's last day must be a date like 2027-01-31."
        )
    elif until < arrival:
        yield FieldProblem(f"{at}.visa.valid_until", "expired", "The visa had expired on the day of arrival.")
