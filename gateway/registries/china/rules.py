"""Rules of a Chinese regional service, checked before sending."""

import re

from gateway.domain.documents import TRAVEL_DOCUMENTS
from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.icao_states import NATIONALITIES
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.registries.china import codes
from gateway.registries.china.profile import FOREIGNERS, RESIDENTS
from gateway.registries.china.record import is_foreigner, sent_name
from gateway.registries.china.regions import regions
from gateway.texts.marks import N_

_FAULTS = {
    "shape": N_("Enter 17 digits and a check digit or X."),
    "check_digit": N_("Check this number: its last character does not match the others."),
    "region": N_("Check this number: its first six digits are not a region."),
    "birth_date": N_("Check this number and the date of birth: the number contains another date."),
    "sex": N_("Check this number and the sex: the number contains another one."),
}


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
    yield from rules.shaped("unit.address.municipality_code", region, r"\d{6}", N_("the six digits of GB/T 2260"))
    if re.fullmatch(r"\d{6}", region):
        yield from rules.known("unit.address.municipality_code", region, regions())
    yield from rules.need("unit.address.street", unit.address.street)
    yield from rules.need("landlord.name", record.landlord.name)
    for index, person in enumerate(record.people):
        yield from _person(f"people[{index}]", person, now)
        yield from (_foreigner_rules if is_foreigner(person) else _resident_rules)(f"people[{index}]", person, record)


def _person(at: str, person: PersonFacts, now: int) -> rules.Problems:
    spelling = FOREIGNERS if is_foreigner(person) else RESIDENTS
    yield from rules.need(f"{at}.surname", sent_name(person, person.surname))
    for name in ("surname", "given_names"):
        sent = sent_name(person, getattr(person, name))
        yield from rules.fits(f"{at}.{name}", sent, 60)
        yield from rules.spelled(f"{at}.{name}", sent, spelling.alphabet, spelling.said)
    yield from rules.born_on_a_day(f"{at}.birth_date", person.birth_date, now, "China")
    yield from rules.need(f"{at}.nationality", person.nationality)
    yield from rules.need(f"{at}.document.number", person.document.number)
    yield from rules.shaped(
        f"{at}.document.number", person.document.number, r"[A-Z0-9]{5,20}", N_("5 to 20 letters A-Z or digits")
    )


def _resident_rules(at: str, person: PersonFacts, _: Registration) -> rules.Problems:
    if person.document.kind not in ("resident_id", "national_id") or not person.document.number:
        return
    fault = id_number_fault_of(person)
    if fault:
        yield FieldProblem(f"{at}.document.number", f"id_{fault}", _FAULTS[fault])


def id_number_fault_of(person: PersonFacts) -> str | None:
    """The rule of GB 11643 that a resident's number breaks, given the resident's other facts."""
    return codes.id_number_fault(person.document.number, rules.calendar_day(person.birth_date), person.sex)


def _foreigner_rules(at: str, person: PersonFacts, record: Registration) -> rules.Problems:
    arrival, visa = rules.arrival_day(record), person.visa
    yield from rules.known(f"{at}.nationality", person.nationality, NATIONALITIES.valid_on(arrival))
    if person.document.kind not in (*TRAVEL_DOCUMENTS, "residence_permit"):
        message = N_("Register with another document: a passport or a residence permit.")
        yield FieldProblem(f"{at}.document.kind", "unknown_code", message)
    if person.document.kind == "residence_permit":
        return
    yield from rules.need(f"{at}.visa.kind", visa.kind)
    yield from rules.known(f"{at}.visa.kind", visa.kind, codes.VISAS.valid_on(arrival))
    if visa.kind in ("", "none"):
        return
    yield from rules.need(f"{at}.visa.number", visa.number)
    until = rules.calendar_day(visa.valid_until)
    if until is None:
        yield FieldProblem(f"{at}.visa.valid_until", "not_a_date", N_("Enter a date such as 2027-01-31."))
    elif until < arrival:
        yield FieldProblem(
            f"{at}.visa.valid_until", "expired", N_("Check this date: the visa has expired on the day of arrival.")
        )
