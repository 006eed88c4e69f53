"""eVisitor's rules, checked before sending: its list of fields and validations, and the lengths the police store."""

from datetime import date, timedelta

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.registries.croatia import codes
from gateway.registries.croatia.lookups import crossing_names
from gateway.registries.croatia.profile import SPELLING
from gateway.registries.croatia.record import SEX, outside_the_union, sent_name, sent_names, stay_times
from gateway.texts.marks import N_

MAX_STAY_DAYS = 365  # ours: the documentation names a limit that the tourist board sets, and not how long it is
_LONGEST_NAME, _LONGEST_NUMBER = 64, 16  # of names and cities, of a document's number


def problems(record: Registration, now: int) -> rules.Problems:
    """Every field that eVisitor would refuse."""
    yield from rules.coherent(record)
    if record.kind == "annulment":
        yield from rules.need("people", record.people)  # a check-in is cancelled by its ID, which is a person's
    unit, (arrival, departure) = record.unit, stay_times(record)
    yield from rules.need("unit.registered_as", unit.registered_as)
    code = N_("the code that eVisitor gave the accommodation, such as 0000001")
    yield from rules.shaped("unit.registered_as", unit.registered_as, "[0-9]{1,10}", code)
    if record.kind != "check_out" and record.stay.from_at < record.stay.until_at and departure <= arrival:
        message = N_("Check both times: eVisitor needs a departure at least one minute after the arrival.")
        yield FieldProblem("stay.until_at", "ends_before_it_begins", message)
    if record.kind != "check_out" and departure - arrival > timedelta(MAX_STAY_DAYS):
        message = N_("Enter a day at most 365 days after the arrival.")
        yield FieldProblem("stay.until_at", "too_long_stay", message)
    for index, person in enumerate(record.people):
        yield from _person(f"people[{index}]", person, arrival.date(), now)


def _person(at: str, person: PersonFacts, arrival: date, now: int) -> rules.Problems:
    yield from rules.need(f"{at}.surname", person.surname)
    for field, sent in zip(("surname", "given_names"), sent_names(person), strict=True):
        yield from rules.fits(f"{at}.{field}", sent, _LONGEST_NAME)
        yield from rules.spelled(f"{at}.{field}", sent_name(getattr(person, field)), SPELLING.alphabet, SPELLING.said)
    if person.sex not in SEX:
        yield FieldProblem(f"{at}.sex", "unknown_code", rules.NO_OTHER_SEX)
    yield from rules.born_on_a_day(f"{at}.birth_date", person.birth_date, now, "eVisitor")
    yield from rules.citizenship(f"{at}.nationality", person.nationality, COUNTRIES.valid_on(arrival), "eVisitor")
    yield from _document(f"{at}.document", person)
    yield from _place(f"{at}.birth_country", person.birth_country, f"{at}.birth_place", person.birth_place, arrival)
    yield from _residence(f"{at}.residence", person, arrival)
    yield from _entry(f"{at}.entry", person, arrival)


def _document(at: str, person: PersonFacts) -> rules.Problems:
    document = person.document
    if document.kind == "none":
        yield from rules.need(f"{at}.kind", "")
        return
    if not codes.document_type(document):
        message = N_("Use another document: eVisitor's list has no code for this one.")
        yield FieldProblem(f"{at}.kind", "unknown_code", message)
    yield from rules.need(f"{at}.number", document.number)
    yield from rules.fits(f"{at}.number", document.number, _LONGEST_NUMBER)


def _residence(at: str, person: PersonFacts, arrival: date) -> rules.Problems:
    country = person.residence.country
    yield from _place(f"{at}.country", country, f"{at}.municipality", person.residence.municipality, arrival)


def _entry(at: str, person: PersonFacts, arrival: date) -> rules.Problems:
    """ "Potrebno je upisati granični prijelaz, te datum prijelaza": of everybody who lives outside the Union."""
    if not outside_the_union(person):
        return
    entry, crossings = person.entry, dict(crossing_names(arrival))
    yield from rules.need(f"{at}.crossing", entry.crossing)
    if crossings:  # a record is not refused because the list could not be read: filing it reads the list first
        yield from rules.known(f"{at}.crossing", entry.crossing, crossings)
    day = rules.calendar_day(entry.day)
    if day is None:
        yield FieldProblem(f"{at}.day", "not_a_date", N_("Enter a date such as 2027-01-31."))
    elif day > arrival:
        yield FieldProblem(f"{at}.day", "impossible_date", N_("Check this date: it is after the day of arrival."))


def _place(country_at: str, country: str, place_at: str, place: str, arrival: date) -> rules.Problems:
    """A country of today and a city are given; a city in Croatia is written as in eVisitor's list of settlements."""
    yield from rules.need(country_at, country)
    yield from rules.known(country_at, country, COUNTRIES.valid_on(arrival))
    yield from rules.need(place_at, place)
    sent = sent_name(place)
    yield from rules.fits(place_at, sent, _LONGEST_NAME)
    yield from rules.spelled(place_at, sent, SPELLING.alphabet, SPELLING.said)
    if country == "HRV":
        settlement = N_("the city and the settlement in Croatia as eVisitor writes them, such as Zagreb-Adamovec")
        yield from rules.shaped(place_at, sent, r"[^-]+-.+", settlement)
