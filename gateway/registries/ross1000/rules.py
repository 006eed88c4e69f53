"""ROSS1000's rules, checked before sending: the region drops a guest whose required fields are missing or wrong."""

from datetime import date

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.registries.italy.places import Places, bundled_places, no_state
from gateway.registries.italy.record import HEADS
from gateway.registries.ross1000.record import SEX
from gateway.texts.marks import N_


def problems(record: Registration, now: int, places: Places | None = None) -> rules.Problems:
    """Every field the region would refuse; by the police's table of April 2025 unless another is given."""
    yield from rules.coherent(record)
    if record.kind == "annulment":
        yield from rules.need("people", record.people)  # a guest is deleted by a number of the stay and the person
    unit = record.unit
    yield from rules.need("unit.registered_as", unit.registered_as)
    code = N_("the facility's code that the region gave, such as A00927P")
    yield from rules.shaped("unit.registered_as", unit.registered_as, "[A-Za-z0-9][A-Za-z0-9.-]{0,29}", code)
    yield from rules.need("unit.beds", unit.beds)
    beds = N_("how many people can sleep here, as a whole number from 1 to 9999")
    yield from rules.shaped("unit.beds", unit.beds, "[1-9][0-9]{0,3}", beds)
    if max([record.stay.from_at, *(one.arrived_at for one in record.people)]) > now:
        message = N_("Wait until the guest has arrived: the region accepts no earlier report.")
        yield FieldProblem("stay.from_at", "outside_window", message)
    today, before = rules.local_time(now, unit.timezone).date(), ""
    for index, person in enumerate(record.people):
        at = f"people[{index}]"
        if person.role in HEADS and before != HEADS[person.role]:
            message = N_("List each member directly after the head of the family or group.")
            yield FieldProblem(f"{at}.role", "member_without_head", message)
        before = person.role if person.role not in HEADS else before
        yield from _person(at, person, now)
        yield from _places(at, person, places or bundled_places(), today)


def _person(at: str, person: PersonFacts, now: int) -> rules.Problems:
    if person.sex not in SEX:
        yield FieldProblem(f"{at}.sex", "unknown_code", rules.NO_OTHER_SEX)
    yield from rules.born_on_a_day(f"{at}.birth_date", person.birth_date, now, "ROSS1000")
    yield from rules.need(f"{at}.nationality", person.nationality)
    yield from rules.need(f"{at}.residence.country", person.residence.country)
    if person.residence.country == "ITA":
        yield from rules.need(f"{at}.residence.municipality_code", person.residence.municipality_code)


def _places(at: str, person: PersonFacts, places: Places, today: date) -> rules.Problems:
    countries = {"nationality": person.nationality, "residence.country": person.residence.country}
    for field, country in countries.items():
        if country and not places.state(country):
            yield FieldProblem(f"{at}.{field}", "unknown_code", no_state(country))
    code = person.residence.municipality_code
    if person.residence.country == "ITA" and code and not places.comune(code, today):
        message = N_("Choose a municipality (comune) that exists today.")
        yield FieldProblem(f"{at}.residence.municipality_code", "unknown_code", message)
