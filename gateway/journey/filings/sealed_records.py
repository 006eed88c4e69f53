"""Records at rest: the part of each person is sealed under that person's own key."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.record_json import registration_from_json, registration_to_json
from gateway.store import Registration, RegistrationPerson
from gateway.store.sealing import Erased, Vault


def seal_record(row: Registration, record: Record, vault: Vault) -> None:
    """Store the record as it will be sent: once per person, naming that person alone. An annulment names nobody."""
    if not record.people:
        row.parts = [_part(row, record, row.person_id, 0, vault)]
        return
    row.parts = [
        _part(row, replace(record, people=(person,)), person.id, position, vault)
        for position, person in enumerate(record.people)
    ]


def open_record(parts: Sequence[RegistrationPerson], vault: Vault) -> Record:
    """The record with the people who are not erased, in order. Raises Erased if there is none."""
    opened = [record for part in parts if (record := _opened(part, vault)) is not None]
    if not opened:
        raise Erased
    return replace(opened[0], people=tuple(person for record in opened for person in record.people))


def parts_of(session: Session, registration_ids: Sequence[str]) -> dict[str, list[RegistrationPerson]]:
    """The people of these records, in order."""
    query = select(RegistrationPerson).where(RegistrationPerson.registration_id.in_(registration_ids))
    found: dict[str, list[RegistrationPerson]] = {}
    for part in session.scalars(query.order_by(RegistrationPerson.registration_id, RegistrationPerson.position)):
        found.setdefault(part.registration_id, []).append(part)
    return found


def _part(row: Registration, record: Record, person_id: str, position: int, vault: Vault) -> RegistrationPerson:
    sealed = vault.seal(person_id, f"registration/{row.id}", registration_to_json(record).encode())
    return RegistrationPerson(registration_id=row.id, person_id=person_id, position=position, sealed=sealed)


def _opened(part: RegistrationPerson, vault: Vault) -> Record | None:
    if part.sealed is None:
        return None
    try:
        return registration_from_json(vault.open(part.person_id, f"registration/{part.registration_id}", part.sealed))
    except Erased:
        return None
