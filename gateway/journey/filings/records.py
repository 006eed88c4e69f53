"""Registration records for a tenant's arrival, changes and departure."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final, cast

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict
from gateway.domain.events import EventType
from gateway.domain.filings.changes import plan
from gateway.domain.filings.deadlines import FilingDeadline, deadline, standing
from gateway.domain.filings.fill import fill
from gateway.domain.filings.record import (
    Address,
    Kind,
    LandlordFacts,
    PersonFacts,
    StayFacts,
    UnitFacts,
)
from gateway.domain.filings.record import Registration as Record
from gateway.domain.verification.field_sources import correct
from gateway.journey.filings.held_records import (
    REPORTED,
    held_of,
    held_record,
    refused_people,
    take_place_of_refused,
)
from gateway.journey.filings.parties import (
    Group,
    group_of,
    group_on_arrival,
    groups_of,
    is_unsent,
    latest_record,
    own_arrival,
    party_of,
    people_of,
    registered,
)
from gateway.journey.filings.person_fields import person_facts, person_fields, person_sources, seal_sources
from gateway.journey.filings.sealed_records import seal_record
from gateway.journey.keys.keyring import Keyring
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue
from gateway.outbox.events import record
from gateway.registries import REGISTRIES
from gateway.store import Delivery, Person, Registration, RegistrationPerson, Stay
from gateway.store.model import new_id
from gateway.store.sealing import Erased
from gateway.texts.marks import N_

NOBODY_TO_TELL: Final = "not_required"
CANCELLED: Final = "stay_cancelled"
REPLACED: Final = "replaced"
WAITS_FOR_ADULT: Final = "waits_for_adult"


def check_in(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> Registration:
    """Step 4: record the check-in of one tenant and queue it for the unit's registry, with those who belong to it."""
    person.arrived_at = own_arrival(stay, person.created_at)
    facts = facts_of([*registered(session, stay), person], keyring) if party_of(stay) != "apart" else {}
    group = group_on_arrival(session, stay, person, facts)
    kind: Kind = "check_in"
    if _may_replace(session, stay, group):
        _withdraw_unsent(session, group.people, REPLACED, now)
    elif party_of(stay) == "together" and _held(session, stay, group, person) is not None:
        kind = "change"
    row = _report(session, stay, group, person, kind, keyring, now)
    _tell(session, stay, row, [person], "CheckedIn", now)
    return row


def arrival_record(session: Session, stay: Stay, person: Person, keyring: Keyring) -> Record:
    """The record in which an arriving person would be filed, with everybody it names."""
    facts = facts_of([*registered(session, stay), person], keyring)
    return _facts(stay, group_on_arrival(session, stay, person, facts).people, "check_in", keyring)


def report_change(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Step 9: report the changed dates of every registered tenant."""
    groups = groups_of(session, stay)
    for group in groups:
        for person in group.people:
            if person.arrived_at is not None and own_arrival(stay, person.arrived_at) is None:
                person.arrived_at = None
        subject = group.people[-1]
        kind = _change_kind(session, stay, group, subject, now)
        row = _report(session, stay, group, subject, kind, keyring, now)
        _tell(session, stay, row, group.people, "StayChanged", now)
    if not groups:
        record(session, "StayChanged", now, stay=stay)


def report_check_out(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Step 9: report the departure of every registered tenant; for a stay that never began, an annulment."""
    groups = groups_of(session, stay)
    cancelled = now < stay.from_at and stay.arrived_at is None
    kind: Kind = "annulment" if cancelled else "check_out"
    event: EventType = "StayCancelled" if cancelled else "CheckedOut"
    for group in groups:
        if cancelled:
            _withdraw_unsent(session, group.people, CANCELLED, now)
        row = _report(session, stay, group, group.people[-1], kind, keyring, now)
        _tell(session, stay, row, group.people, event, now)
    if not groups:
        record(session, "CheckedOut", now, stay=stay)


def report_departure(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> Registration:
    """Step 9: report that one tenant left before the others."""
    group = Group((person,), latest_record(session, person))
    row = _report(session, stay, group, person, "check_out", keyring, now)
    _tell(session, stay, row, [person], "CheckedOut", now)
    return row


def correct_person(
    session: Session, stay: Stay, person: Person, changes: Mapping[str, str], keyring: Keyring, now: int
) -> Registration:
    """Correct a tenant's fields: reported to the registry as it takes changes, and to the feed as a correction."""
    seal_sources(person, correct(person_sources(person, keyring), changes), keyring)
    group = group_of(session, stay, person)
    row = _report(session, stay, group, person, _change_kind(session, stay, group, person, now), keyring, now)
    _tell(session, stay, row, [person], "RegistrationCorrected", now)
    return row


def report_correction(session: Session, stay: Stay, keyring: Keyring, now: int) -> list[Registration]:
    """Report what changed of the unit or its landlord, for everybody whom the registry has as staying here."""
    rows = []
    for group in groups_of(session, stay):
        subject = group.people[-1]
        if _held(session, stay, group, subject) is None:
            continue
        kind = _change_kind(session, stay, group, subject, now)
        row = _report(session, stay, group, subject, kind, keyring, now)
        _tell(session, stay, row, group.people, "RegistrationCorrected", now)
        rows.append(row)
    return rows


def file_again(session: Session, row: Registration, keyring: Keyring, now: int) -> Registration:
    """File a refused record again, from what is known now, as its registry takes it. Raises Conflict or Erased.

    Conflict: the record is not refused, or another was filed in its place.
    """
    stay, refused = row.stay, refused_people(row)
    if not refused or row.refiled_id is not None:
        raise Conflict(N_("Only a record that the registry refused can be sent again."))
    people = [person for person in registered(session, stay) if person.id in refused]
    if not people:
        raise Erased
    if row.kind in REPORTED:
        group, subject = group_of(session, stay, people[-1]), people[-1]
        return _report(session, stay, group, subject, _change_kind(session, stay, group, subject, now), keyring, now)
    earlier = session.get(Registration, row.corrects_id) if row.corrects_id else None
    group, kind = Group(tuple(people_of(session, stay, row)), earlier), cast("Kind", row.kind)
    return _report(session, stay, group, people[-1], kind, keyring, now, corrects=earlier)


def _report(
    session: Session,
    stay: Stay,
    group: Group,
    subject: Person,
    kind: Kind,
    keyring: Keyring,
    now: int,
    *,
    corrects: Registration | None = None,
) -> Registration:
    """Store and queue the records that one change of the subject produces at this registry, in order; the last one.

    `corrects`: the record it is about, if that is not the one the registry holds.
    """
    facts = _facts(stay, group.people, kind, keyring)
    due = deadline(_pending(session, stay, facts, group), now)
    earlier = corrects or _held(session, stay, group, subject)
    planned = plan(REGISTRIES[stay.unit.registry_name], replace(facts, corrects=earlier.id if earlier else None))
    note = planned.note if due else NOBODY_TO_TELL
    records = planned.records if due else ()
    rows = [_keep(session, stay, subject, step, earlier, keyring, now, due) for step in records or (facts,)]
    for row in rows:
        if not records:
            row.state, row.answer_code = "not_due", note
        elif group.waits:
            row.state, row.answer_code = "waiting", WAITS_FOR_ADULT
        else:
            _enqueue_record(session, row, stay, now)
    take_place_of_refused(session, stay, group.people, REPORTED if kind in REPORTED else (kind,), rows[-1])
    return rows[-1]


def _held(session: Session, stay: Stay, group: Group, subject: Person) -> Registration | None:
    """The record that a new one of this group corrects: of all its people where they are filed together."""
    return held_of(session, group.people if party_of(stay) == "together" else (subject,))


def _pending(session: Session, stay: Stay, facts: Record, group: Group) -> Record:
    """The record as its deadline counts: of an arrival, only those who were not sent yet, from the day they came."""
    if facts.kind not in REPORTED:
        return facts
    new = [person for person in group.people if not _was_sent(session, person)]
    if not new:
        return replace(facts, kind="change")
    whole = replace(facts, kind="check_in", people=tuple(one for one in facts.people if one.id in {p.id for p in new}))
    return replace(whole, stay=_period(stay, new, "check_in"))


def _was_sent(session: Session, person: Person) -> bool:
    """Whether a record of the person's arrival went out, or is about to and is not replaced."""
    row = latest_record(session, person)
    return row is not None and (row.state == "waiting" or held_record(session, person) is not None)


def _tell(
    session: Session, stay: Stay, row: Registration, people: Sequence[Person], event: EventType, now: int
) -> None:
    """Record one event for each person."""
    for person in people:
        record(session, event, now, stay=stay, registration=row, person_id=person.id, data={"registration": row.id})


def _keep(
    session: Session,
    stay: Stay,
    subject: Person,
    step: Record,
    earlier: Registration | None,
    keyring: Keyring,
    now: int,
    due: FilingDeadline | None,
) -> Registration:
    """Store one record as it will be sent, sealed person by person. The receipt it corrects is read on sending."""
    row = Registration(
        id=new_id(),
        stay=stay,
        person_id=subject.id,
        number=session.scalar(select(func.count()).where(Registration.stay_id == stay.id)) or 0,
        kind=step.kind,
        corrects_id=earlier.id if earlier and step.corrects else None,
        registry_name=stay.unit.registry_name,
        created_at=now,
        deadline_at=due.due_at if due else None,
        warn_at=due.warn_at if due else None,
    )
    late = due is not None and standing(due, now) == "late"
    seal_record(row, replace(step, id=row.id, reference=row.id, corrects=None, late=late), keyring.vault)
    session.add(row)
    session.flush()
    return row


def _enqueue_record(session: Session, row: Registration, stay: Stay, now: int) -> None:
    party, lane = f"registry:{row.registry_name}", lanes.registry(row.registry_name, stay.id)
    due_at = max(now, stay.from_at) if REGISTRIES[row.registry_name].arrivals_on_the_day else now
    enqueue(session, party=party, lane=lane, work="submit", about=row.id, now=now, due_at=due_at)


def _change_kind(session: Session, stay: Stay, group: Group, subject: Person, now: int) -> Kind:
    """ "change" if the registry holds a record to change; else, as after a refusal, "check_in".

    An unsent record is replaced where that is allowed, so that the registry never gets outdated data.
    """
    if _may_replace(session, stay, group):
        _withdraw_unsent(session, group.people, REPLACED, now)
    return "change" if _held(session, stay, group, subject) is not None else "check_in"


def _may_replace(session: Session, stay: Stay, group: Group) -> bool:
    """Whether the people were in a record that was not sent yet, and this registry lets it be replaced."""
    waits = REGISTRIES[stay.unit.registry_name].arrivals_on_the_day or party_of(stay) != "apart"
    rows = [row for person in group.people if (row := latest_record(session, person)) is not None]
    return waits and any(is_unsent(session, row) for row in rows)


def _withdraw_unsent(session: Session, people: Sequence[Person], why: str, now: int) -> None:
    """Withdraw the records of these people that have not been sent."""
    ids = [person.id for person in people]
    named = select(RegistrationPerson.registration_id).where(RegistrationPerson.person_id.in_(ids))
    query = select(Registration).where(Registration.id.in_(named), Registration.state.in_(("queued", "waiting")))
    unsent = [row for row in session.scalars(query).all() if is_unsent(session, row)]
    for row in unsent:
        row.state, row.answer_code = "not_due", why
    settled = {"state": "expired", "outcome": why, "outcome_args": {}, "settled_at": now}
    session.execute(
        update(Delivery)
        .where(Delivery.work == "submit", Delivery.about.in_([row.id for row in unsent]), Delivery.state == "owed")
        .values(**settled)
    )


def _facts(stay: Stay, people: Sequence[Person], kind: Kind, keyring: Keyring) -> Record:
    """The whole record for the registry port, opened with each person's key. Raises Erased."""
    facts = [person_facts(person.id, person_fields(person, keyring)) for person in people]
    if party_of(stay) == "rows" and len(people) > 1:
        members = [replace(one, role="family_member") for one in facts[1:]]
        facts = [replace(facts[0], role="head_of_family"), *members]
    return Record(
        id="",
        kind=kind,
        reference="",
        unit=unit_facts(stay),
        stay=_period(stay, people, kind),
        people=tuple(facts),
        landlord=landlord_facts(stay),
    )


def _period(stay: Stay, people: Sequence[Person], kind: Kind) -> StayFacts:
    """The stay as these people spend it: from the first who came, or in rows from the last, until it ends for them."""
    came = [person.arrived_at or stay.from_at for person in people]
    left = [person.left_at or _left_at(stay, kind) for person in people]
    begins = max(came) if party_of(stay) == "rows" else min(came)
    return StayFacts(id=stay.id, from_at=begins, until_at=max(*left, begins + 1), agreed_at=stay.created_at)


def facts_of(people: Sequence[Person], keyring: Keyring) -> dict[str, PersonFacts]:
    """What is known of each person, by id; without those whose key is destroyed."""
    found = {}
    for person in people:
        with suppress(Erased):
            found[person.id] = person_facts(person.id, person_fields(person, keyring))
    return found


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
