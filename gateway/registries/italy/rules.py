"""Rules of Alloggiati Web, checked before sending."""

from datetime import date, timedelta

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.icao_states import ISSUERS
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.registries.italy.places import Places, bundled_places, no_state
from gateway.registries.italy.profile import SPELLING
from gateway.registries.italy.record import DOCUMENTS, HEADS, MAX_STAY_DAYS, SEX, arrival, nights, sent_names
from gateway.texts.marks import N_

# Field "Sesso" of the row (position 94): "1 = M, 2 = F" is the whole table, so a document's X cannot be filed.
_NO_OTHER_SEX = N_("Choose male or female: the police's table has only 1 (male) and 2 (female), and no X.")
_NO_ORGANISATION = N_("Choose the country in which the document was issued: the police have no code for organisations.")
_NO_DOCUMENT = N_("Register with another document: a passport, an identity card or a driving licence.")


def problems(record: Registration, now: int, places: Places | None = None) -> rules.Problems:
    """Every field the police would refuse; by the bundled table of places unless theirs is given."""
    places = places or bundled_places()
    yield from rules.coherent(record)
    if record.kind in ("annulment", "check_out"):
        message = N_("Alloggiati Web accepts arrivals only, and an arrival cannot be cancelled.")
        yield FieldProblem("kind", "not_taken", message)
        return
    today = rules.local_time(now, record.unit.timezone).date()
    yield from _dates(record, today)
    if len(record.people) > 1000:
        yield FieldProblem("people", "too_many", N_("Register at most 1000 people at once."))
    before = ""
    for index, person in enumerate(record.people):
        at = f"people[{index}]"
        yield from _order(at, person, before)
        before = person.role if person.role not in HEADS else before
        yield from _person(at, person, now)
        if person.role not in HEADS:
            yield from _document(f"{at}.document", person)
        yield from _places(at, person, places, today)


def _dates(record: Registration, today: date) -> rules.Problems:
    day = arrival(record, today)
    if not today - timedelta(days=1) <= day <= today:
        sentence = N_("Check this date: the police accept arrivals of today and yesterday only.")
        yield FieldProblem("stay.from_at", "outside_window", sentence)
    if nights(record, today) > MAX_STAY_DAYS:
        message = N_("Enter a day at most 30 days after the arrival, and extend the stay later: the police accept 30.")
        yield FieldProblem("stay.until_at", "too_long_stay", message)


def _order(at: str, person: PersonFacts, before: str) -> rules.Problems:
    if person.role in HEADS and before != HEADS[person.role]:
        message = N_("List each member directly after the head of the family or group.")
        yield FieldProblem(f"{at}.role", "member_without_head", message)


def _person(at: str, person: PersonFacts, now: int) -> rules.Problems:
    surname, given_names = sent_names(person)
    for name, sent, longest in (("surname", surname, 50), ("given_names", given_names, 30)):
        yield from rules.need(f"{at}.{name}", sent)
        yield from rules.fits(f"{at}.{name}", sent, longest)
        yield from rules.spelled(f"{at}.{name}", sent, SPELLING.alphabet, SPELLING.said)
    if person.sex not in SEX:
        yield FieldProblem(f"{at}.sex", "unknown_code", _NO_OTHER_SEX)
    yield from rules.born_on_a_day(f"{at}.birth_date", person.birth_date, now, "Alloggiati Web")
    yield from rules.need(f"{at}.birth_country", person.birth_country)
    yield from rules.need(f"{at}.nationality", person.nationality)
    if person.birth_country == "ITA":
        yield from rules.need(f"{at}.birth_place_code", person.birth_place_code)


def _document(at: str, person: PersonFacts) -> rules.Problems:
    document = person.document
    if document.kind == "none":
        yield from rules.need(at, None)
        return
    if document.kind not in DOCUMENTS:
        yield FieldProblem(f"{at}.kind", "unknown_code", _NO_DOCUMENT)
    yield from rules.need(f"{at}.number", document.number)
    yield from rules.fits(f"{at}.number", document.number, 20)
    yield from rules.shaped(f"{at}.number", document.number, r"[A-Z0-9]+", N_("letters A-Z and digits only"))
    yield from rules.need(f"{at}.issuing_country", document.issuing_country)
    if document.issuing_country == "ITA":
        yield from rules.need(f"{at}.issuing_place_code", document.issuing_place_code)


def _places(at: str, person: PersonFacts, places: Places, today: date) -> rules.Problems:
    countries = {"birth_country": person.birth_country, "nationality": person.nationality}
    comuni = {"birth_place_code": person.birth_place_code if person.birth_country == "ITA" else ""}
    if person.role not in HEADS and person.document.kind != "none":
        countries["document.issuing_country"] = person.document.issuing_country
        if person.document.issuing_country == "ITA":
            comuni["document.issuing_place_code"] = person.document.issuing_place_code
    for field, country in countries.items():
        if country and not places.state(country):
            message = _NO_ORGANISATION if country in ISSUERS else no_state(country)
            yield FieldProblem(f"{at}.{field}", "unknown_code", message)
    for field, code in comuni.items():
        if code and not places.comune(code, today):
            yield FieldProblem(f"{at}.{field}", "unknown_code", N_("Choose a municipality (comune) that exists today."))
