"""Registration records: what the authority is owed when a tenant arrives, changes or leaves."""

import json
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from gateway.domain.deadlines import deadline, standing
from gateway.domain.events import EventType
from gateway.domain.id_numbers import looks_like_resident_number
from gateway.domain.registration import (
    Address,
    Document,
    DocumentKind,
    Kind,
    LandlordFacts,
    PersonFacts,
    Sex,
    StayFacts,
    UnitFacts,
)
from gateway.domain.registration import Registration as Record
from gateway.domain.registration_json import registration_to_json
from gateway.journey import lanes
from gateway.journey.keyring import Keyring
from gateway.outbox import owe, record
from gateway.store import Person, Registration, Stay
from gateway.store.model import new_id
from gateway.store.sealing import Erased

DOCUMENTS: Mapping[str, DocumentKind] = {
    "passport": "passport",
    "id_card": "national_id",
    "cn_resident_id": "resident_id",
}
SEXES: Mapping[str, Sex] = {"M": "male", "F": "female", "X": "other"}


def check_in(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> Registration:
    """Step 4: the check-in of one tenant, owed to the unit's registry."""
    return _report(session, stay, person, "check_in", "CheckedIn", keyring, now)


def report_change(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Step 9: the changed dates of everyone who checked in."""
    people = registered(stay)
    for person in people:
        _report(session, stay, person, "change", "StayChanged", keyring, now)
    if not people:
        record(session, "StayChanged", now, stay=stay)


def report_check_out(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Step 9: the departure of everyone who checked in."""
    people = registered(stay)
    for person in people:
        _report(session, stay, person, "check_out", "CheckedOut", keyring, now)
    if not people:
        record(session, "CheckedOut", now, stay=stay)


def registered(stay: Stay) -> list[Person]:
    """The tenants whose record is known and not erased."""
    return [person for person in stay.people if person.sealed is not None and person.erased_at is None]


def _report(
    session: Session, stay: Stay, person: Person, kind: Kind, event: EventType, keyring: Keyring, now: int
) -> Registration:
    row = Registration(
        id=new_id(), stay=stay, person_id=person.id, kind=kind, registry_name=stay.unit.registry_name, created_at=now
    )
    facts = record_of(row, stay, person, keyring)
    clock = deadline(facts, now)
    if clock is None:
        row.state = "not_due"
    else:
        row.deadline_at = clock.due_at
        facts = replace(facts, late=standing(clock, now) == "late")
    row.sealed = keyring.vault.seal(person.id, f"registration/{row.id}", registration_to_json(facts).encode())
    session.add(row)
    session.flush()
    record(session, event, now, stay=stay, registration=row, data={"registration": row.id})
    if clock is not None:
        _owe_record(session, row, stay, now)
    return row


def _owe_record(session: Session, row: Registration, stay: Stay, now: int) -> None:
    party, lane = f"registry:{row.registry_name}", lanes.registry(row.registry_name, stay.id)
    owe(session, party=party, lane=lane, work="submit", about=row.id, now=now)


def record_of(row: Registration, stay: Stay, person: Person, keyring: Keyring) -> Record:
    """The whole record as the port takes it, opened with the person's key. Raises Erased."""
    return Record(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]  # a column holds any word; the steps above write only kinds
        reference=row.id,
        unit=unit_facts(stay),
        stay=StayFacts(id=stay.id, from_at=stay.from_at, until_at=stay.until_at, agreed_at=stay.created_at),
        people=(person_facts(person.id, person_fields(person, keyring)),),
        landlord=landlord_facts(stay),
    )


def unit_facts(stay: Stay) -> UnitFacts:
    """The dwelling as a registry names it."""
    unit = stay.unit
    address = Address(street=unit.address)
    return UnitFacts(
        code=unit.code,
        address=address,
        area=unit.area,
        jurisdiction=unit.jurisdiction,
        timezone=unit.timezone,
        name=unit.label,
    )


def landlord_facts(stay: Stay) -> LandlordFacts:
    """The landlord as a registry names them."""
    landlord = stay.unit.landlord
    return LandlordFacts(id=landlord.id, name=landlord.name, phone=landlord.phone, email=landlord.email or "")


def person_fields(person: Person, keyring: Keyring) -> dict[str, str]:
    """What the tenant showed or typed, opened with that person's key. Raises Erased."""
    if person.sealed is None:
        raise Erased
    fields: dict[str, str] = json.loads(keyring.vault.open(person.id, "fields", person.sealed))
    return fields


def seal_fields(person: Person, fields: Mapping[str, str], keyring: Keyring) -> None:
    """Keep the fields under the person's own key."""
    plain = json.dumps(dict(fields), ensure_ascii=False, sort_keys=True).encode()
    person.sealed = keyring.vault.seal(person.id, "fields", plain)


def person_facts(person_id: str, fields: Mapping[str, str]) -> PersonFacts:
    """The fields of a verification as a registry names them; dates YYYY-MM-DD, states ISO alpha-3."""
    surname, given = names_of(fields)
    return PersonFacts(
        id=person_id,
        surname=surname,
        given_names=given,
        birth_date=fields.get("birth_date", ""),
        nationality=fields.get("nationality", ""),
        sex=SEXES.get(fields.get("sex", ""), "unknown"),
        document=Document(
            kind=_document_kind(fields),
            number=fields.get("id_number", ""),
            issuing_country=fields.get("issuing_state", fields.get("nationality", "")),
        ),
        registered_address=fields.get("address", ""),
        phone=fields.get("phone", ""),
        email=fields.get("email", ""),
    )


def names_of(fields: Mapping[str, str]) -> tuple[str, str]:
    """Surname and given names; a name in one piece is divided at its last space, a Chinese one is kept whole."""
    if fields.get("surname"):
        return fields["surname"], fields.get("given_names", "")
    given, _, surname = fields.get("name", "").strip().rpartition(" ")
    return surname, given


def _document_kind(fields: Mapping[str, str]) -> DocumentKind:
    kind = fields.get("document_kind", "")
    if kind in DOCUMENTS:
        return DOCUMENTS[kind]
    return "resident_id" if looks_like_resident_number(fields.get("id_number", "")) else "other"
