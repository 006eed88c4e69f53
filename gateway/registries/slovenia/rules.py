"""eTurizem's rules, checked before sending; the number in a comment is the code of the agency's refusal."""

from datetime import date

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.alpha2_countries import ALPHA2
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.registries.slovenia.profile import SPELLING
from gateway.registries.slovenia.record import sent_name, sent_names
from gateway.texts.marks import N_

_OLDEST = 120  # years (4137)
_FIRST_YEAR = 2017  # of an arrival, by the schema


def problems(record: Registration, now: int) -> rules.Problems:
    """Every field the agency would refuse."""
    yield from rules.coherent(record)
    if record.kind == "annulment":
        yield from rules.need("people", record.people)  # a cancelled row is the whole row with another status
    unit, arrival = record.unit, rules.arrival_day(record)
    yield from rules.need("unit.registered_as", unit.registered_as)
    number = N_("the unit's number in the register of accommodation (RNO), such as 20037")
    yield from rules.shaped("unit.registered_as", unit.registered_as, r"[1-9][0-9]{0,8}", number)
    yield from rules.need("unit.tourist_tax", unit.tourist_tax)
    yield from rules.shaped(
        "unit.tourist_tax",
        unit.tourist_tax,
        r"(?=.*[1-9])[0-9]{1,3}(\.[0-9]{1,4})?",  # 4147, 41394
        N_("an amount in euros above zero with at most 4 decimal places, such as 2.50"),
    )
    if record.stay.from_at > now:  # 41328
        message = N_("Wait until the guest has arrived: eTurizem accepts no earlier report.")
        yield FieldProblem("stay.from_at", "outside_window", message)
    if arrival.year < _FIRST_YEAR:
        message = N_("Check the day of arrival: eTurizem accepts none before 2017.")
        yield FieldProblem("stay.from_at", "outside_window", message)
    for index, person in enumerate(record.people):
        yield from _person(f"people[{index}]", person, arrival, now)


def _person(at: str, person: PersonFacts, arrival: date, now: int) -> rules.Problems:
    yield from rules.need(f"{at}.surname", person.surname)
    for field, sent in zip(("surname", "given_names"), sent_names(person), strict=True):
        yield from rules.shaped(f"{at}.{field}", sent, "(?s).{2,}", N_("at least 2 letters"))
        yield from rules.fits(f"{at}.{field}", sent, 141)
        yield from rules.spelled(f"{at}.{field}", sent_name(getattr(person, field)), SPELLING.alphabet, SPELLING.said)
    if person.sex not in ("male", "female"):  # 41330
        yield FieldProblem(f"{at}.sex", "unknown_code", rules.NO_OTHER_SEX)
    yield from rules.born_on_a_day(f"{at}.birth_date", person.birth_date, now, "eTurizem")
    if rules.age(person, arrival) > _OLDEST:
        message = N_("Check the date of birth: eTurizem accepts no guest older than 120 years.")
        yield FieldProblem(f"{at}.birth_date", "impossible_date", message)
    countries = COUNTRIES.valid_on(arrival) & ALPHA2.keys()  # 4138
    yield from rules.citizenship(f"{at}.nationality", person.nationality, countries, "eTurizem")
    yield from _document(f"{at}.document", person, arrival)


def _document(at: str, person: PersonFacts, arrival: date) -> rules.Problems:
    document = person.document
    if document.kind == "none":
        if person.nationality != "SVN" or not rules.is_minor(person, arrival):
            message = N_("Show a document: only Slovenian children are registered without one.")
            yield FieldProblem(f"{at}.kind", "missing", message)
        return
    yield from rules.need(f"{at}.number", document.number)
    yield from rules.shaped(f"{at}.number", document.number.strip(), "(?s).{2,}", N_("at least 2 characters"))  # 41391
