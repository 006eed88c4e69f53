"""What is known of a tenant: sealed by field and source, concluded where it is read, and as registries take it."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from gateway.domain.filings.codes.icao_states import issuing_country, nationality
from gateway.domain.filings.fill import fill
from gateway.domain.filings.record import Document, DocumentKind, PersonFacts, Sex
from gateway.domain.stays.booking import Booking
from gateway.domain.verification.field_sources import FACT, READ, TYPED, Sources, conclude
from gateway.journey.keys.keyring import Keyring
from gateway.store import Person, Stay
from gateway.store.sealing import Erased

SOURCES: Final = "sources"
_BOOKING: Final = "booking"
DOCUMENTS: Final[Mapping[str, DocumentKind]] = {
    "passport": "passport",
    "diplomatic_passport": "diplomatic_passport",
    "service_passport": "service_passport",
    "refugee_document": "refugee_document",
    "stateless_document": "stateless_document",
    "id_card": "national_id",
    "residence_permit": "residence_permit",
    "cn_resident_id": "resident_id",
    "cn_hmt_residence_permit": "resident_id",
    "cn_permanent_residence": "residence_permit",
    "cn_hm_travel_permit": "hm_travel_permit",
    "cn_tw_travel_permit": "tw_travel_permit",
    "none": "none",
}
SEXES: Final[Mapping[str, Sex]] = {"M": "male", "F": "female", "X": "other"}


def seal_sources(person: Person, sources: Sources, keyring: Keyring) -> None:
    """Store what was read, typed and corrected, sealed with the person's key."""
    plain = json.dumps({SOURCES: sources}, ensure_ascii=False, sort_keys=True).encode()
    person.sealed = keyring.vault.seal(person.id, "fields", plain)


def person_sources(person: Person, keyring: Keyring) -> Sources:
    """The sources of each field, opened with the person's key. Raises Erased.

    Rows sealed before sources were kept hold one text a field; it counts as read.
    """
    if person.sealed is None:
        raise Erased
    stored = json.loads(keyring.vault.open(person.id, "fields", person.sealed))
    sources: Sources = stored.get(SOURCES) or {name: {READ: text} for name, text in stored.items()}
    return sources


def person_fields(person: Person, keyring: Keyring) -> dict[str, str]:
    """The tenant's fields as they count, opened with the person's key. Raises Erased."""
    return conclude(person_sources(person, keyring))


def person_facts(person_id: str, fields: Mapping[str, str]) -> PersonFacts:
    """The concluded fields as registries take them; dates YYYY-MM-DD (of birth: as known), states ISO 3166-1 alpha-3.

    A name in one field is the surname. Codes that a document prints for states are mapped, also in fields sealed before
    the zone did. Raises UnknownFact for a path that no record has.
    """
    facts = PersonFacts(
        id=person_id,
        surname=fields.get("surname") or fields.get("name", ""),
        given_names=fields.get("given_names", ""),
        birth_date=fields.get("birth_date", ""),
        nationality=nationality(fields.get("nationality", "")),
        sex=SEXES.get(fields.get("sex", ""), "unknown"),
        document=Document(
            kind=DOCUMENTS.get(fields.get("document_kind", ""), "other"),
            number=fields.get("id_number", ""),
            issuing_country=issuing_country(fields.get("issuing_state", "")),
        ),
        registered_address=fields.get("address", ""),
    )
    return fill(facts, {path.removeprefix(FACT): text for path, text in fields.items() if path.startswith(FACT)})


def seal_booking(person: Person, booking: Booking, keyring: Keyring) -> None:
    """Store the booking with the booker, sealed with the booker's key."""
    names = {"surname": booking.surname, "given_names": booking.given_names}
    facts = {name: str(getattr(booking, name)) for name in ("second_surname", "phone", "email")}
    known = names | {f"{FACT}{name}": text for name, text in facts.items()}
    sources = {name: {TYPED: text} for name, text in known.items() if text}
    plain = json.dumps({SOURCES: sources, _BOOKING: asdict(booking)}, ensure_ascii=False, sort_keys=True)
    person.sealed = keyring.vault.seal(person.id, "fields", plain.encode())


def booking_of(stay: Stay, keyring: Keyring) -> Booking | None:
    """The stay's booking; None if nobody stated one, or it was erased."""
    booker = stay.booker
    if booker is None or booker.sealed is None:
        return None
    try:
        return Booking(**json.loads(keyring.vault.open(booker.id, "fields", booker.sealed))[_BOOKING])
    except Erased:
        return None


def facts_of(people: Sequence[Person], keyring: Keyring) -> dict[str, PersonFacts]:
    """What is known of each person, by id; without those whose key is destroyed."""
    found = {}
    for person in people:
        with suppress(Erased):
            found[person.id] = person_facts(person.id, person_fields(person, keyring))
    return found
