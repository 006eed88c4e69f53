"""Rules of SES.HOSPEDAJES, checked before sending; includes rules of its manual that its XSD lacks."""

import re
from datetime import date

from stdnum.es import dni, nie

from gateway.domain.birth_date import birth_date
from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import NATIONALITIES
from gateway.domain.filings.record import Address, Document, FieldProblem, PersonFacts, Registration
from gateway.registries.spain.codes import document_type
from gateway.registries.spain.municipalities import municipalities
from gateway.registries.spain.profile import SPELLING
from gateway.registries.spain.record import relation_code, sent_name
from gateway.texts.marks import N_

_CHECK = {"NIF": dni.is_valid, "NIE": nie.is_valid}


def problems(record: Registration, now: int) -> rules.Problems:
    """Every field the ministry would refuse."""
    yield from rules.coherent(record)
    for field, value in _codes(record):
        yield from rules.need(field, value)
        yield from rules.shaped(
            field, value, r"[A-Za-z0-9]{1,10}", N_("the number that the registry gave, at most 10 characters")
        )
    if record.kind == "annulment":
        yield from rules.need("corrects", record.corrects)
        return
    yield from rules.need("stay.id", record.stay.id)
    yield from rules.fits("stay.id", record.stay.id, 50)
    if record.stay.agreed_at > now:
        message = N_("Check this date: the contract cannot have been made in the future.")
        yield FieldProblem("stay.agreed_at", "impossible_date", message)
    yield from _terms(record)
    if record.kind == "booking":
        for index, person in enumerate(record.people):
            yield from _names(f"people[{index}]", person)
            yield from _contact(f"people[{index}]", person)
        return
    for index, person in enumerate(record.people):
        yield from _person(f"people[{index}]", person, rules.arrival_day(record), now)
    minors = [person for person in record.people if rules.is_minor(person, rules.arrival_day(record))]
    if record.people and len(minors) == len(record.people):
        yield FieldProblem(
            "people", "minors_alone", N_("Register an adult first: minors are registered together with an adult.")
        )


def _codes(record: Registration) -> tuple[tuple[str, str], ...]:
    landlord = ("landlord.registered_as", record.landlord.registered_as)
    return (landlord,) if record.kind == "annulment" else (landlord, ("unit.registered_as", record.unit.registered_as))


def _person(at: str, person: PersonFacts, arrival: date, now: int) -> rules.Problems:
    minor = rules.is_minor(person, arrival)
    yield from _names(at, person)
    yield from rules.born_on_a_day(f"{at}.birth_date", person.birth_date, now, "SES.HOSPEDAJES")
    born = birth_date(person.birth_date)
    if person.arrived_at and born is not None and born.first > arrival:
        message = N_(
            "Register this person by hand: the ministry takes one day of arrival of a family, before this birth."
        )
        yield FieldProblem(f"{at}.birth_date", rules.BORN_IN_STAY, message)
    yield from rules.known(f"{at}.nationality", person.nationality, NATIONALITIES.valid_on(arrival))
    yield from _document(at, person, minor=minor)
    yield from _address(f"{at}.residence", person.residence, arrival)
    yield from _contact(at, person)
    if minor and not relation_code(person):
        yield FieldProblem(f"{at}.relation", "minor_without_relation", N_("Choose the relationship to the adult."))


def _names(at: str, person: PersonFacts) -> rules.Problems:
    names = (("given_names", person.given_names, False), ("surname", person.surname, True),
             ("second_surname", person.second_surname, False))  # fmt: skip
    for name, value, needed in names:
        if needed:
            yield from rules.need(f"{at}.{name}", value)
        yield from rules.fits(f"{at}.{name}", sent_name(value), 50)
        yield from rules.spelled(f"{at}.{name}", sent_name(value), SPELLING.alphabet, SPELLING.said)


def _terms(record: Registration) -> rules.Problems:
    """The terms of the contract: the payment as the schema's pagoType, and how many people and rooms it is for."""
    stay = record.stay
    if stay.payment_date and rules.calendar_day(stay.payment_date) is None:
        yield FieldProblem("stay.payment_date", "not_a_date", N_("Enter a date such as 1990-02-28."))
    yield from rules.fits("stay.payment_means", stay.payment_means, 50)
    yield from rules.fits("stay.payment_holder", stay.payment_holder, 100)
    shape = N_("month and year of expiry, such as 09/2029")
    yield from rules.shaped("stay.card_expiry", stay.card_expiry, r"(0[1-9]|1[0-2])/\d{4}", shape)
    for field, count in (("stay.rooms", stay.rooms), ("stay.people", stay.people or 1)):
        if count < 1:
            yield FieldProblem(field, "missing", N_("Enter this information. The registry requires it."))


def _document(at: str, person: PersonFacts, *, minor: bool) -> rules.Problems:
    document = person.document
    if document.kind == "none":
        if not minor:
            yield from rules.need(f"{at}.document", None)
        return
    yield from rules.need(f"{at}.document.number", document.number)
    yield from rules.fits(f"{at}.document.number", document.number, 15)
    kind = document_type(document)
    if kind in _CHECK:
        yield from _spanish_document(f"{at}.document", document, kind)
    if kind == "NIF":
        yield from rules.need(f"{at}.second_surname", person.second_surname)


def _spanish_document(at: str, document: Document, kind: str) -> rules.Problems:
    if document.number and not _CHECK[kind](document.number):
        message = N_("Check this number: its last letter does not match the digits.")
        yield FieldProblem(f"{at}.number", "wrong_check_letter", message)
    yield from rules.need(f"{at}.support", document.support)
    yield from rules.shaped(
        f"{at}.support",
        document.support,
        r"[A-Z0-9]{1,9}",
        N_("the number of the card itself, at most 9 letters and digits"),
    )


def _address(at: str, address: Address, arrival: date) -> rules.Problems:
    yield from rules.need(f"{at}.street", address.street)
    yield from rules.fits(f"{at}.street", address.street, 100)
    yield from rules.fits(f"{at}.extra", address.extra, 100)
    yield from rules.need(f"{at}.postal_code", address.postal_code)
    yield from rules.fits(f"{at}.postal_code", address.postal_code, 20)
    yield from rules.need(f"{at}.country", address.country)
    yield from rules.known(f"{at}.country", address.country, COUNTRIES.valid_on(arrival))
    if address.country == "ESP":
        # INE: two digits for the province, 01 to 52, and three for the municipality.
        code = address.municipality_code or " "
        shape = r"(0[1-9]|[1-4]\d|5[0-2])\d{3}"
        yield from rules.shaped(
            f"{at}.municipality_code", code, shape, N_("the five digits of the municipality's INE code")
        )
        if re.fullmatch(shape, code):
            yield from rules.known(f"{at}.municipality_code", code, municipalities())
        yield from rules.shaped(
            f"{at}.postal_code", address.postal_code, shape, N_("the five digits of a Spanish postal code")
        )
    else:
        yield from rules.need(f"{at}.municipality", address.municipality)
        yield from rules.fits(f"{at}.municipality", address.municipality, 100)


def _contact(at: str, person: PersonFacts) -> rules.Problems:
    if not person.phone and not person.email:
        yield FieldProblem(f"{at}.phone", "no_contact", N_("Enter a phone number or an email address."))
    yield from rules.fits(f"{at}.phone", person.phone, 20)
    yield from rules.fits(f"{at}.email", person.email, 250)
    yield from rules.shaped(
        f"{at}.email", person.email, r"[^@\s]+@[^@\s]+\.[^@\s]+", N_("an email address such as name@example.com")
    )
