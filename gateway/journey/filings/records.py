"""Registration records for a tenant's arrival, changes and departure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict
from gateway.domain.events import EventType
from gateway.domain.filings.changes import plan
from gateway.domain.filings.deadlines import FilingDeadline, deadline, standing
from gateway.domain.filings.record import Kind, StayFacts
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.registry_profile import RegistryProfile
from gateway.domain.verification.field_sources import correct
from gateway.journey.filings.destinations import (
    arrival_on_registering,
    destination_of,
    has_left,
    own_arrival,
    party_of,
    period,
    period_begins,
    profile_at,
    record_of,
    why_by_hand,
)
from gateway.journey.filings.held_records import (
    BY_HAND,
    REPORTED,
    WAITS_FOR_ARRIVAL,
    held_of,
    held_record,
    latest_record,
    note_refiled,
    refused_people,
)
from gateway.journey.filings.parties import (
    Group,
    by_head,
    group_of,
    group_on_arrival,
    groups_of,
    part,
    people_of,
    registered,
    replacing,
    send_at,
    withdraw_unsent,
)
from gateway.journey.filings.person_fields import (
    booking_of,
    facts_of,
    person_facts,
    person_fields,
    person_sources,
    seal_sources,
)
from gateway.journey.filings.sealed_records import open_record, seal_record
from gateway.journey.keys.keyring import Keyring
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue
from gateway.outbox.events import record
from gateway.store import Destination, Person, Registration, Stay
from gateway.store.model import new_id
from gateway.store.sealing import Erased
from gateway.texts.marks import N_

NOBODY_TO_TELL: Final = "not_required"
CANCELLED: Final = "stay_cancelled"
WAITS_FOR_ADULT: Final = "waits_for_adult"


def check_in(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> None:
    """Step 4: queue the check-in of one tenant for each registry of the unit, with those filed together with them."""
    person.arrived_at = arrival_on_registering(stay, person)
    destinations = stay.unit.destinations
    apart = all(party_of(destination) == "apart" for destination in destinations)
    facts = {} if apart else facts_of([*registered(session, stay), person], keyring)
    groups = [group_on_arrival(session, stay, person, facts, destination) for destination in destinations]
    for group in groups:
        whole = replacing(session, stay, group, now)
        here = party_of(group.destination) == "together" and _held(session, group, person) is not None
        row = _report_each(session, stay, whole or group, person, "change" if here else "check_in", keyring, now)
        _tell(session, stay, row, [person], "CheckedIn", now)


def arrival_records(
    session: Session, stay: Stay, person: Person, fields: Mapping[str, str], keyring: Keyring
) -> dict[str, Record]:
    """By registry, the record in which an arriving person would be filed there, with everybody it names.

    `fields`: what is known of this person, who need not be stored.
    """
    others = [other for other in registered(session, stay) if other.id != person.id]
    facts = facts_of(others, keyring) | {person.id: person_facts(person.id, fields)}
    groups = [group_on_arrival(session, stay, person, facts, destination) for destination in stay.unit.destinations]
    booking = booking_of(stay, keyring)
    found = [record_of(stay, group.people, group.destination, "check_in", facts, booking) for group in groups]
    return {group.destination.registry_name: record for group, record in zip(groups, found, strict=True)}


def report_change(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Step 9: report the changed dates of every registered tenant."""
    groups = _groups(session, stay, stay.unit.destinations, keyring, now)
    for group in groups:
        for person in group.people:
            if person.arrived_at is not None and own_arrival(stay, person.arrived_at) is None:
                person.arrived_at = None
        row = report_anew(session, stay, group, group.people[-1], keyring, now)
        _tell(session, stay, row, group.people, "StayChanged", now)
    if not groups:
        record(session, "StayChanged", now, stay=stay)


def report_check_out(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Step 9: report the departure of every registered tenant; for a stay that never began, an annulment."""
    groups = _groups(session, stay, stay.unit.destinations, keyring, now)
    cancelled = now < stay.from_at and stay.arrived_at is None
    kind: Kind = "annulment" if cancelled else "check_out"
    event: EventType = "StayCancelled" if cancelled else "CheckedOut"
    for group in (replace(group, people=_present(group)) for group in groups):
        if cancelled:
            withdraw_unsent(session, group, CANCELLED, now)
        elif _never_came(session, stay, group, now):
            continue
        row = report(session, stay, group, group.people[-1], kind, keyring, now)
        _tell(session, stay, row, group.people, event, now)
    if not groups:
        record(session, "CheckedOut", now, stay=stay)


def _groups(session: Session, stay: Stay, at: Iterable[Destination], keyring: Keyring, now: int) -> list[Group]:
    """Everybody who stays here, as each of these registries was told of them."""
    facts = facts_of(registered(session, stay), keyring)
    return [group for destination in at for group in groups_of(session, stay, facts, destination, now)]


def _present(group: Group) -> tuple[Person, ...]:
    """Who did not leave before: the departure of the others is reported."""
    return tuple(person for person in group.people if person.left_at is None)


def report_departure(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> None:
    """Step 9: report that one tenant left before the others."""
    for destination in stay.unit.destinations:
        group = Group(destination, (person,))
        if _never_came(session, stay, group, now):
            continue
        row = report(session, stay, group, person, "check_out", keyring, now)
        _tell(session, stay, row, [person], "CheckedOut", now)


def _never_came(session: Session, stay: Stay, group: Group, now: int) -> bool:
    """Whether there is no departure to report: what waited for the arrival is withdrawn, and nothing else was filed."""
    if period_begins(stay, group.people, group.destination) <= now:
        return False
    withdraw_unsent(session, group, CANCELLED, now)
    return _held(session, group, group.people[-1]) is None


def report_own_dates(
    session: Session,
    stay: Stay,
    people: Sequence[Person],
    keyring: Keyring,
    now: int,
    at: Sequence[Destination] | None = None,
) -> None:
    """Report that these people come or leave on another day than was filed, as each registry takes changes.

    `at`: the registries, if not all of the unit. Raises Conflict.
    """
    facts = facts_of(registered(session, stay), keyring)
    for destination in stay.unit.destinations if at is None else at:
        for group in part(session, stay, people, facts, destination, now):
            row = report_anew(session, stay, group, group.people[-1], keyring, now)
            _tell(session, stay, row, [one for one in group.people if one in people], "RegistrationCorrected", now)


def correct_person(
    session: Session, stay: Stay, person: Person, changes: Mapping[str, str], keyring: Keyring, now: int
) -> list[Registration]:
    """Correct a tenant's fields: reported to each registry as it takes changes, and to the feed as a correction.

    Returns the last record for each registry, in their order.
    """
    seal_sources(person, correct(person_sources(person, keyring), changes), keyring)
    rows = []
    for destination in stay.unit.destinations:
        group = group_of(session, stay, person, destination)
        rows.append(report_anew(session, stay, group, person, keyring, now))
        _tell(session, stay, rows[-1], [person], "RegistrationCorrected", now)
    return rows


def report_correction(
    session: Session, stay: Stay, destination: Destination, keyring: Keyring, now: int
) -> list[Registration]:
    """Report what changed of the unit or its landlord, for everybody whom this registry has as staying here."""
    rows = []
    for group in _groups(session, stay, [destination], keyring, now):
        subject = group.people[-1]
        if _held(session, group, subject) is None:
            continue
        row = report_anew(session, stay, group, subject, keyring, now)
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
    people = [person for person in people_of(session, stay, row) if person.id in refused]
    if not people:
        raise Erased
    destination = destination_of(row)
    if row.kind in REPORTED:
        return report_anew(session, stay, group_of(session, stay, people[-1], destination), people[-1], keyring, now)
    earlier = session.get(Registration, row.corrects_id) if row.corrects_id else None
    group, kind = Group(destination, tuple(people_of(session, stay, row))), cast("Kind", row.kind)
    return report(session, stay, group, people[-1], kind, keyring, now, corrects=earlier)


def report(
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
    facts, registry = _facts(stay, group, kind, keyring), profile_at(group.destination)
    earlier = None if group.parted else corrects or _held(session, group, subject)
    facts = replace(facts, corrects=earlier.id if earlier else None)
    later = kind in REPORTED and facts.stay.from_at > max(now, stay.from_at)
    due = deadline(_pending(session, stay, facts, group), facts.stay.from_at if later else now, registry.reporting)
    planned = plan(registry, facts, held=_stay_to_annul(registry, facts, earlier, keyring, later=later))
    note = planned.note if due else NOBODY_TO_TELL
    records = planned.records if due else ()
    rows = [_keep(session, stay, group, subject, step, earlier, keyring, now, due) for step in records or (facts,)]
    gone = kind == "change" and has_left(stay, subject)
    by_hand = why_by_hand(group.destination, facts, earlier, now, gone=gone) if records else None
    for row in rows:
        if not records:
            row.state, row.answer_code = "not_due", note
        elif group.waits:
            row.state, row.answer_code = "waiting", WAITS_FOR_ADULT
        elif by_hand:
            row.state, (row.answer_code, row.answer_args) = BY_HAND, by_hand
        elif later and row.kind in REPORTED:
            row.state, row.answer_code = "queued", WAITS_FOR_ARRIVAL
        else:
            _enqueue_record(session, row, stay, now)
    note_refiled(session, rows[-1])
    return rows[-1]


def _stay_to_annul(
    registry: RegistryProfile, facts: Record, earlier: Registration | None, keyring: Keyring, *, later: bool
) -> StayFacts | None:
    """The stay that the registry has of these people and that a change cannot correct. Raises Erased."""
    if earlier is None or not (later or registry.arrivals_fixed):
        return None
    held = open_record(earlier.parts, keyring.vault).stay
    return held if later or held.from_at != facts.stay.from_at else None


def _held(session: Session, group: Group, subject: Person) -> Registration | None:
    """The record that a new one of this group corrects: of all its people where they are filed together."""
    people = group.people if party_of(group.destination) == "together" else (subject,)
    return held_of(session, people, group.destination)


def _pending(session: Session, stay: Stay, facts: Record, group: Group) -> Record:
    """The record as its deadline counts: of an arrival, only those who were not sent yet, from the day they came."""
    if facts.kind not in REPORTED:
        return facts
    new = [person for person in group.people if not _was_sent(session, person, group.destination)]
    if not new:
        return replace(facts, kind="change")
    whole = replace(facts, kind="check_in", people=tuple(one for one in facts.people if one.id in {p.id for p in new}))
    return replace(whole, stay=period(stay, new, group.destination, "check_in"))


def _was_sent(session: Session, person: Person, destination: Destination) -> bool:
    """Whether a record of the person's arrival went out, or is about to and is not replaced."""
    row = latest_record(session, person, destination)
    return row is not None and (row.state == "waiting" or held_record(session, person, destination) is not None)


def _tell(
    session: Session, stay: Stay, row: Registration, people: Sequence[Person], event: EventType, now: int
) -> None:
    """Record one event for each person: a stay's events name the records of its unit's first registry only."""
    if row.registry_name != stay.unit.destinations[0].registry_name:
        return
    for person in people:
        record(session, event, now, stay=stay, registration=row, person_id=person.id, data={"registration": row.id})


def _keep(
    session: Session,
    stay: Stay,
    group: Group,
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
        registry_name=group.destination.registry_name,
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
    enqueue(session, party=party, lane=lane, work="submit", about=row.id, now=now, due_at=send_at(stay, row, now))


def report_anew(
    session: Session, stay: Stay, group: Group, subject: Person, keyring: Keyring, now: int
) -> Registration:
    """Report where these people stay: as a change if the registry holds a record to change, else as a check-in.

    Returns the subject's record. Raises Erased.
    """
    people = dict.fromkeys(person for one in _by_head(session, stay, group, keyring, now) for person in one.people)
    group = replace(group, people=tuple(people))
    group = replacing(session, stay, group, now) or group
    return _report_each(session, stay, group, subject, _kind(session, group, subject), keyring, now)


def _report_each(
    session: Session, stay: Stay, group: Group, subject: Person, kind: Kind, keyring: Keyring, now: int
) -> Registration:
    """Report these people: in rows each head with the members. Returns the subject's record, which is of this kind."""
    rows = {}
    for one in _by_head(session, stay, group, keyring, now):
        own = subject if subject in one.people else one.people[-1]
        own_kind = kind if own is subject else _kind(session, one, own)
        rows[own.id] = report(session, stay, one, own, own_kind, keyring, now)
        gone = replace(one, people=tuple(person for person in one.people if has_left(stay, person)))
        if gone.people and profile_at(one.destination).after_departure == "again":
            report(session, stay, gone, gone.people[-1], "check_out", keyring, now)
    return rows[subject.id]


def _by_head(session: Session, stay: Stay, group: Group, keyring: Keyring, now: int) -> list[Group]:
    if party_of(group.destination) != "rows" and not group.waits:
        return [group]
    return by_head(session, stay, group, facts_of([*registered(session, stay), *group.people], keyring), now)


def _kind(session: Session, group: Group, subject: Person) -> Kind:
    """A change if the registry holds a record to change, else a check-in."""
    return "check_in" if group.parted or _held(session, group, subject) is None else "change"


def _facts(stay: Stay, group: Group, kind: Kind, keyring: Keyring) -> Record:
    """The whole record for the registry port, opened with each person's key. Raises Erased."""
    known = {person.id: person_facts(person.id, person_fields(person, keyring)) for person in group.people}
    return record_of(stay, group.people, group.destination, kind, known, booking_of(stay, keyring))
