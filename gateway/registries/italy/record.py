"""The Alloggiati Web record: one person as a row of 168 characters."""

from datetime import date

from gateway.domain.filings.field_rules import calendar_day, local_time
from gateway.domain.filings.record import Document, PersonFacts, Registration
from gateway.domain.filings.transliteration import spell
from gateway.registries.italy.places import ITALY, Places
from gateway.registries.italy.profile import SPELLING

ROLES = {
    "single": "16",
    "head_of_family": "17",
    "head_of_group": "18",
    "family_member": "19",
    "group_member": "20",
}
HEADS = {"family_member": "head_of_family", "group_member": "head_of_group"}
# The police's table has no line for the document of a stateless person. TULPS art. 109 puts it beside the passport:
# "altro documento che sia considerato ad esso equivalente in forza di accordi internazionali".
DOCUMENTS = {
    "passport": "PASOR", "diplomatic_passport": "PASDI", "service_passport": "PASSE", "refugee_document": "RIFUG",
    "stateless_document": "PASOR", "national_id": "IDENT", "resident_id": "IDENT", "driving_licence": "PATEN",
}  # fmt: skip
SEX = {"male": "1", "female": "2"}
MAX_STAY_DAYS = 30  # days


def sent_name(name: str) -> str:
    """A name in A-Z, space and apostrophe."""
    return spell(name, SPELLING)


def sent_names(person: PersonFacts) -> tuple[str, str]:
    """Cognome and nome. Both must be filled: a person of one name is filed with it in both."""
    surname = sent_name(person.surname)
    return surname, sent_name(person.given_names) or surname


def arrival(record: Registration, today: date) -> date:
    """The arrival day to file; for an extension, the day of filing, because older days are refused."""
    day = local_time(record.stay.from_at, record.unit.timezone).date()
    return max(day, today) if record.kind == "change" else day


def nights(record: Registration, today: date) -> int:
    """Days of stay from the filed arrival, at least one."""
    until = local_time(record.stay.until_at, record.unit.timezone).date()
    return max(1, (until - arrival(record, today)).days)


def row(person: PersonFacts, record: Registration, places: Places, today: date) -> str:
    """The person's row, for a record without problems()."""
    member = person.role in HEADS
    surname, given_names = sent_names(person)
    text = (
        ROLES[person.role]
        + _day(arrival(record, today))
        + f"{nights(record, today):02d}"
        + surname.ljust(50)
        + given_names.ljust(30)
        + SEX[person.sex]
        + _day(calendar_day(person.birth_date) or date.min)
        + _birth(person, places, today)
        + places.state(person.nationality)
        + (" " * 34 if member else _document(person.document, places))
    )
    if len(text) != 168:
        raise ValueError(f"a row of {len(text)} characters")
    return text


def _birth(person: PersonFacts, places: Places, today: date) -> str:
    born_in = places.comune(person.birth_place_code, today) if person.birth_country == "ITA" else None
    if born_in:
        return born_in.code + born_in.province.ljust(2) + ITALY
    return " " * 11 + places.state(person.birth_country)


def _document(document: Document, places: Places) -> str:
    issued_in = (
        document.issuing_place_code if document.issuing_country == "ITA" else places.state(document.issuing_country)
    )
    return DOCUMENTS[document.kind] + document.number.ljust(20) + issued_in


def _day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
