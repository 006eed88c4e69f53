"""What a German registration form requires to be complete: section 30 (2) of the BMG."""

from datetime import date

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import NATIONALITIES
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.domain.filings.who_is_reported import is_national
from gateway.registries.germany.record import COUNTRY, named_people
from gateway.texts.marks import N_


def problems(record: Registration, now: int) -> rules.Problems:
    """Every field without which the form is not complete."""
    yield from rules.coherent(record)
    if record.kind in ("annulment", "check_out"):
        yield FieldProblem("kind", "not_taken", N_("The form is made on arrival. Nothing is recorded on leaving."))
        return
    named, arrival = named_people(record), rules.arrival_day(record)
    if arrival > rules.local_time(now, record.unit.timezone).date():
        message = N_("Wait until the day of arrival: the form is signed on that day.")
        yield FieldProblem("stay.from_at", "outside_window", message)
    for index, person in enumerate(record.people):
        at = f"people[{index}]"
        if not named and is_national(person.nationality, COUNTRY):
            message = N_("Check the nationality: only foreigners are reported.")
            yield FieldProblem(f"{at}.nationality", "not_owed", message)
        yield from _nationality_problems(at, person, arrival)
        if index in named:
            yield from _named_problems(at, person, arrival, now)


def _nationality_problems(at: str, person: PersonFacts, arrival: date) -> rules.Problems:
    yield from rules.need(f"{at}.nationality", person.nationality)
    yield from rules.known(f"{at}.nationality", person.nationality, NATIONALITIES.valid_on(arrival))


def _named_problems(at: str, person: PersonFacts, arrival: date, now: int) -> rules.Problems:
    # A document is not required: that none was shown is noted on the form.
    yield from rules.need(f"{at}.surname", person.surname)
    yield from rules.born(f"{at}.birth_date", person.birth_date, now)
    yield from rules.need(f"{at}.residence.street", person.residence.street)
    yield from rules.need(f"{at}.residence.municipality", person.residence.municipality)
    yield from rules.need(f"{at}.residence.country", person.residence.country)
    yield from rules.known(f"{at}.residence.country", person.residence.country, COUNTRIES.valid_on(arrival))
