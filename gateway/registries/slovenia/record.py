"""Rows of eTurizem's guest book, as the agency's schema orders their attributes."""

import hashlib
from datetime import datetime
from decimal import Decimal

from lxml import etree

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.alpha2_countries import ALPHA2
from gateway.domain.filings.record import PersonFacts, Registration
from gateway.domain.filings.transliteration import spell
from gateway.registries.slovenia import codes
from gateway.registries.slovenia.profile import SPELLING

_SEX = {"male": "M", "female": "F"}
_VALID, _CANCELLED = "1", "2"
_NUMBERS = 999_999_999  # guests' numbers, within what 32 bits hold
WITHOUT_NUMBER = "BREZ"  # of a child without a document: the schema requires the attribute, and two characters


def sent_name(name: str) -> str:
    """A name as in the document."""
    return spell(name, SPELLING)


def sent_names(person: PersonFacts) -> tuple[str, str]:
    """Surname and given names; the schema requires both, so a person's only name stands in both."""
    surname, given = sent_name(person.surname), sent_name(person.given_names)
    return surname or given, given or surname


def guest_number(record: Registration, person: PersonFacts) -> int:
    """The guest's number in the unit's book, from stay and person: the same whenever this guest is sent again."""
    digest = hashlib.sha256(f"{record.stay.id}/{person.id}".encode()).digest()
    return int.from_bytes(digest[:8]) % _NUMBERS + 1


def guest_book(record: Registration) -> etree._Element:
    """The report, a row for each person."""
    book = etree.Element("knjigaGostov")
    for person in record.people:
        etree.SubElement(book, "row", _row(record, person))
    return book


def _row(record: Registration, person: PersonFacts) -> dict[str, str]:
    surname, given_names = sent_names(person)
    zone = record.unit.timezone
    return {
        "idNO": record.unit.registered_as,
        "zst": str(guest_number(record, person)),
        "ime": given_names,
        "pri": surname,
        "sp": _SEX[person.sex],
        "dtRoj": person.birth_date,
        "drzava": ALPHA2[person.nationality],
        "vrstaDok": codes.DOCUMENT_OF.get(person.document.kind, codes.OTHER_DOCUMENT),
        "idStDok": person.document.number or WITHOUT_NUMBER,
        "casPrihoda": _moment(rules.local_time(record.stay.from_at, zone)),
        "casOdhoda": _moment(rules.local_time(record.stay.until_at, zone)),
        "status": _CANCELLED if record.kind == "annulment" else _VALID,
        "ttObracun": codes.tax_reason(rules.age(person, rules.arrival_day(record))),
        "ttVisina": str(Decimal(record.unit.tourist_tax)),
    }


def _moment(local: datetime) -> str:
    # The schema's example has no zone: the unit's own time, to the second.
    return local.strftime("%Y-%m-%dT%H:%M:%S")
