"""Registration records for a tenant's arrival, changes and departure."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.domain.events import EventType
from gateway.domain.filings.changes import plan
from gateway.domain.filings.deadlines import FilingDeadline, deadline, standing
from gateway.domain.filings.fill import fill
from gateway.domain.filings.record import (
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
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.record_json import registration_to_json
from gateway.domain.verification.china_id_number import looks_like_resident_number
from gateway.journey.keys.keyring import Keyring
from gateway.outbox import lanes
from gateway.outbox.deliveries import owe
from gateway.outbox.events import record
from gateway.registries import REGISTRIES
from gateway.store import Delivery, Person, Registration, Stay
from gateway.store.model import new_id
from gateway.store.sealing import Erased

DOCUMENTS: Mapping[str, DocumentKind] = {
    "passport": "passport",
    "id_card": "national_id",
    "cn_resident_id": "resident_id",
}
PERSON_PREFIX: Final = "person."  # fields not in a document, named by their path in the record
NOBODY_TO_TELL: Final = "not_required"
CANCELLED: Final = "stay_cancelled"
REPLACED: Final = "replaced"
SEXES: Mapping[str, Sex] = {"M": "male", "F": "female", "X": "other"}


def check_in(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> Registration:
    """Step 4: record the check-in of one tenant and queue it for the unit's registry."""
    return _report(session, stay, person, "check_in", "CheckedIn", keyring, now)


def report_change(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Step 9: report the changed dates of every registered tenant."""
    people = registered(stay)
    for person in people:
        _report(session, stay, person, _change_kind(session, stay, person, now), "StayChanged", keyring, now)
    if not people:
        record(session, "StayChanged", now, stay=stay)


def report_check_out(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Step 9: report the departure of every registered tenant; for a stay that never began, an annulment."""
    people = registered(stay)
    cancelled = now < stay.from_at and stay.arrived_at is None
    kind: Kind = "annulment" if cancelled else "check_out"
    event: EventType = "StayCancelled" if cancelled else "CheckedOut"
    for person in people:
        if cancelled:
            _withdraw_unsent(session, person, CANCELLED, now)
        _report(session, stay, person, kind, event, keyring, now)
    if not people:
        record(session, "CheckedOut", now, stay=stay)


def correct_person(
    session: Session, stay: Stay, person: Person, changes: Mapping[str, str], keyring: Keyring, now: int
) -> Registration:
    """Correct a tenant's fields: reported to the registry as it takes changes, and to the feed as a correction."""
    seal_fields(person, person_fields(person, keyring) | dict(changes), keyring)
    kind = _change_kind(session, stay, person, now)
    return _report(session, stay, person, kind, "RegistrationCorrected", keyring, now)


def registered(stay: Stay) -> list[Person]:
    """The registered tenants who are not erased."""
    return [person for person in stay.people if person.sealed is not None and person.erased_at is None]


def _report(
    session: Session, stay: Stay, person: Person, kind: Kind, event: EventType, keyring: Keyring, now: int
) -> Registration:
    """Store and queue the records one change produces at this registry, in order; the event refers to the last."""
    facts = _facts(stay, person, kind, keyring)
    due = deadline(facts, now)
    earlier = _latest(session, person)
    planned = plan(REGISTRIES[stay.unit.registry_name], replace(facts, corrects=earlier.id if earlier else None))
    note = planned.note if due else NOBODY_TO_TELL
    records = planned.records if due else ()
    rows = [_keep(session, stay, person, step, earlier, keyring, now, due) for step in records or (facts,)]
    for row in rows:
        if records:
            _owe_record(session, row, stay, now)
        else:
            row.state, row.answer_code = "not_due", note
    record(session, event, now, stay=stay, registration=rows[-1], data={"registration": rows[-1].id})
    return rows[-1]


def _keep(
    session: Session,
    stay: Stay,
    person: Person,
    step: Record,
    earlier: Registration | None,
    keyring: Keyring,
    now: int,
    due: FilingDeadline | None,
) -> Registration:
    """Store one record as it will be sent, sealed with the person's key. The receipt it corrects is read on sending."""
    row = Registration(
        id=new_id(),
        stay=stay,
        person_id=person.id,
        number=session.scalar(select(func.count()).where(Registration.person_id == person.id)) or 0,
        kind=step.kind,
        corrects_id=earlier.id if earlier and step.corrects else None,
        registry_name=stay.unit.registry_name,
        created_at=now,
        deadline_at=due.due_at if due else None,
        warn_at=due.warn_at if due else None,
    )
    late = due is not None and standing(due, now) == "late"
    sent = replace(step, id=row.id, reference=row.id, corrects=None, late=late)
    row.sealed = keyring.vault.seal(person.id, f"registration/{row.id}", registration_to_json(sent).encode())
    session.add(row)
    session.flush()
    return row


def _latest(session: Session, person: Person) -> Registration | None:
    """The person's latest check-in or change, in any state but not_due and refused."""
    query = select(Registration).where(
        Registration.person_id == person.id,
        Registration.kind.in_(("check_in", "change")),
        Registration.state.not_in(("not_due", "refused")),
    )
    return session.scalars(query.order_by(Registration.number.desc()).limit(1)).first()


def _owe_record(session: Session, row: Registration, stay: Stay, now: int) -> None:
    party, lane = f"registry:{row.registry_name}", lanes.registry(row.registry_name, stay.id)
    due_at = max(now, stay.from_at) if REGISTRIES[row.registry_name].arrivals_on_the_day else now
    owe(session, party=party, lane=lane, work="submit", about=row.id, now=now, due_at=due_at)


def _change_kind(session: Session, stay: Stay, person: Person, now: int) -> Kind:
    """ "check_in" if an unsent record can be replaced, so that the registry never gets outdated data; else "change"."""
    waits = REGISTRIES[stay.unit.registry_name].arrivals_on_the_day
    return "check_in" if waits and _withdraw_unsent(session, person, REPLACED, now) else "change"


def _withdraw_unsent(session: Session, person: Person, why: str, now: int) -> bool:
    """Withdraw records that have not been sent; returns whether there were any."""
    unsent = session.execute(
        select(Registration, Delivery)
        .join(Delivery, (Delivery.about == Registration.id) & (Delivery.work == "submit"))
        .where(
            Registration.person_id == person.id,
            Registration.state == "queued",
            Delivery.state == "owed",
            Delivery.started_at.is_(None),
        )
    ).all()
    for row, delivery in unsent:
        row.state, row.answer_code = "not_due", why
        delivery.state, delivery.outcome, delivery.outcome_args, delivery.settled_at = "expired", why, {}, now
    return bool(unsent)


def _facts(stay: Stay, person: Person, kind: Kind, keyring: Keyring) -> Record:
    """The whole record for the registry port, opened with the person's key. Raises Erased."""
    return Record(
        id="",
        kind=kind,
        reference="",
        unit=unit_facts(stay),
        stay=StayFacts(id=stay.id, from_at=stay.from_at, until_at=_left_at(stay, kind), agreed_at=stay.created_at),
        people=(person_facts(person.id, person_fields(person, keyring)),),
        landlord=landlord_facts(stay),
    )


def _left_at(stay: Stay, kind: Kind) -> int:
    """When the stay ends; in a check-out, when it actually ended if that was earlier."""
    early = kind == "check_out" and stay.ended_at is not None and stay.from_at < stay.ended_at < stay.until_at
    return stay.ended_at if early and stay.ended_at is not None else stay.until_at


def unit_facts(stay: Stay) -> UnitFacts:
    """The unit as registries take it."""
    unit = stay.unit
    facts = UnitFacts(
        code=unit.code,
        address=Address(street=unit.address),
        area=unit.area,
        jurisdiction=unit.jurisdiction,
        timezone=unit.timezone,
        name=unit.label,
    )
    return fill(facts, unit.registry_facts)


def landlord_facts(stay: Stay) -> LandlordFacts:
    """The landlord as registries take it."""
    landlord = stay.unit.landlord
    facts = LandlordFacts(id=landlord.id, name=landlord.name, phone=landlord.phone, email=landlord.email or "")
    return fill(facts, landlord.registry_facts)


def person_fields(person: Person, keyring: Keyring) -> dict[str, str]:
    """The tenant's fields, opened with the person's key. Raises Erased."""
    if person.sealed is None:
        raise Erased
    fields: dict[str, str] = json.loads(keyring.vault.open(person.id, "fields", person.sealed))
    return fields


def seal_fields(person: Person, fields: Mapping[str, str], keyring: Keyring) -> None:
    """Store the fields sealed with the person's key."""
    plain = json.dumps(dict(fields), ensure_ascii=False, sort_keys=True).encode()
    person.sealed = keyring.vault.seal(person.id, "fields", plain)


def person_facts(person_id: str, fields: Mapping[str, str]) -> PersonFacts:
    """The fields of a verification as registries take them; dates YYYY-MM-DD, states ISO 3166-1 alpha-3."""
    surname, given = names_of(fields)
    facts = PersonFacts(
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
    )
    return fill(
        facts,
        {path.removeprefix(PERSON_PREFIX): text for path, text in fields.items() if path.startswith(PERSON_PREFIX)},
    )


def names_of(fields: Mapping[str, str]) -> tuple[str, str]:
    """Surname and given names. A single name is split at its last space; one without a space is all surname."""
    if fields.get("surname"):
        return fields["surname"], fields.get("given_names", "")
    given, _, surname = fields.get("name", "").strip().rpartition(" ")
    return surname, given


def _document_kind(fields: Mapping[str, str]) -> DocumentKind:
    kind = fields.get("document_kind", "")
    if kind in DOCUMENTS:
        return DOCUMENTS[kind]
    return "resident_id" if looks_like_resident_number(fields.get("id_number", "")) else "other"
