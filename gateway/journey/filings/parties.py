"""Who is filed with whom: the people of one record, as the registry thinks of a party, and how long it waits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict
from gateway.domain.filings.field_rules import is_minor
from gateway.domain.filings.record import PersonFacts
from gateway.domain.filings.registry_profile import Party
from gateway.journey.filings.destinations import profile_at
from gateway.journey.filings.held_records import BY_HAND, REPORTED, WAITS_FOR_ARRIVAL, refused_people
from gateway.registries import REGISTRIES
from gateway.store import Delivery, Destination, Person, Registration, RegistrationPerson, Stay
from gateway.texts.marks import N_

PARTY_WAIT: Final = 900
"""Seconds from the last entry, after which what is there is sent: far below the shortest deadline (six hours)."""

Facts = Mapping[str, PersonFacts]  # by the person's id


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one record in the registry's order, the registry, and the record they were in before there.

    `waits`: nobody here may be filed alone, and no adult of the party is registered yet. `parted`: the record that
    named these people is corrected for the others or taken back, and theirs is a new one.
    """

    destination: Destination
    people: tuple[Person, ...]
    earlier: Registration | None = None
    waits: bool = False
    parted: bool = False


def registered(session: Session, stay: Stay) -> list[Person]:
    """The tenants who were checked in and are not erased, in order of registration."""
    return registered_by_stay(session, [stay.id])[stay.id]


def registered_by_stay(session: Session, stays: Collection[str]) -> dict[str, list[Person]]:
    """The same of each of these stays, by id; in one statement."""
    query = (
        select(Person)
        .join(RegistrationPerson, RegistrationPerson.person_id == Person.id)
        .where(
            Person.stay_id.in_(stays),
            Person.role == "tenant",
            Person.sealed.is_not(None),
            Person.erased_at.is_(None),
        )
    )
    found: dict[str, list[Person]] = {stay_id: [] for stay_id in stays}
    for person in session.scalars(query.distinct().order_by(Person.created_at, Person.id)):
        found[person.stay_id].append(person)
    return found


def own_arrival(stay: Stay, at: int) -> int | None:
    """When somebody who registers at `at` arrived: None with the stay, or `at` on a later day than the stay began."""
    return at if at > stay.from_at and _day(stay, at) != _day(stay, stay.from_at) else None


def arrival_on_registering(stay: Stay, person: Person) -> int | None:
    """When somebody who registers now arrives: as planned, or now if on a later day than the stay began."""
    if person.arrived_at is not None and person.arrived_at > person.created_at:
        return person.arrived_at
    return own_arrival(stay, person.created_at)


def period_begins(stay: Stay, people: Iterable[Person], destination: Destination) -> int:
    """When these people's stay begins as one record says it: with the first who came, or in rows with the last."""
    came = [person.arrived_at or stay.from_at for person in people]
    return max(came) if party_of(destination) == "rows" else min(came)


def group_on_arrival(session: Session, stay: Stay, person: Person, facts: Facts, destination: Destination) -> Group:
    """The record in which an arriving person is filed at this registry, with everybody it then names."""
    party = party_of(destination)
    earlier = latest_record(session, person, destination)
    if party == "apart":
        return Group(destination, (person,), earlier)
    group = _together if party == "together" else _rows
    return group(session, stay, person, facts, destination)


def groups_of(session: Session, stay: Stay, destination: Destination) -> list[Group]:
    """All registered people, as they were filed last here. One who left earlier is only in the records of others."""
    found: list[Group] = []
    for person in registered(session, stay):
        if person.left_at is None and not any(person in group.people for group in found):
            found.append(group_of(session, stay, person, destination))
    return found


def group_of(session: Session, stay: Stay, person: Person, destination: Destination) -> Group:
    """The people of a new record about a person who is registered, and the record that was the last before."""
    earlier = latest_record(session, person, destination)
    if earlier is None or party_of(destination) == "apart":
        return Group(destination, (person,), earlier, parted=earlier is not None and _is_awaited(earlier))
    named, refused = people_of(session, stay, earlier), refused_people(earlier)
    if person.id in refused:
        head = [other for other in named if party_of(destination) == "rows" and other.id == person.head_id]
        named = [*head, *(other for other in named if other.id in refused)]
        return Group(destination, tuple(dict.fromkeys(named)), earlier)
    if party_of(destination) == "rows" and not is_unsent(session, earlier):
        head = [other for other in named if other.id == person.head_id]
        return Group(destination, (*head, person), earlier)
    named = [other for other in named if other.id not in refused]
    return Group(destination, tuple(named), earlier, earlier.state == "waiting", parted=_is_awaited(earlier))


def _is_awaited(row: Registration) -> bool:
    """Whether the record is the first that this registry is to get of people who are still to arrive."""
    return row.answer_code == WAITS_FOR_ARRIVAL and row.kind == "check_in"


def part(session: Session, stay: Stay, people: Sequence[Person], facts: Facts, destination: Destination) -> list[Group]:
    """The groups of new records about people who come or leave on another day than was filed.

    Where people are filed together, those of their records who do not are first, without them. Raises Conflict if one
    of the two has only minors.
    """
    groups: list[Group] = []
    for person in people:
        if not any(person in group.people for group in groups):
            groups.append(group_of(session, stay, person, destination))
    if party_of(destination) != "together":
        return groups
    found: list[Group] = []
    parted: list[Person] = []
    for group in groups:
        rest = tuple(person for person in group.people if person not in people)
        if any(rest and all(_minor(stay, person, facts) for person in some) for some in (rest, people)):
            raise Conflict(N_("Minors are registered with an adult who arrives and leaves on the same day."))
        found.append(Group(destination, rest, group.earlier) if rest else group)
        parted += [person for person in group.people if rest and person in people]
    return [*found, Group(destination, tuple(parted), parted=True)] if parted else found


def latest_record(session: Session, person: Person, destination: Destination) -> Registration | None:
    """The latest record at this registry that says where the person stays, in any state but not_due."""
    query = (
        select(Registration)
        .join(RegistrationPerson, RegistrationPerson.registration_id == Registration.id)
        .where(
            RegistrationPerson.person_id == person.id,
            Registration.registry_name == destination.registry_name,
            Registration.kind.in_(REPORTED),
            Registration.state != "not_due",
        )
    )
    return session.scalars(query.order_by(Registration.number.desc()).limit(1)).first()


def people_of(session: Session, stay: Stay, row: Registration) -> list[Person]:
    """The people a record names who are not erased, in its order."""
    query = select(RegistrationPerson.person_id).where(RegistrationPerson.registration_id == row.id)
    booker = [stay.booker] if stay.booker is not None and stay.booker.sealed is not None else []
    known = {person.id: person for person in (*registered(session, stay), *booker)}
    named = session.scalars(query.order_by(RegistrationPerson.position)).all()
    return [known[person_id] for person_id in named if person_id in known]


def is_unsent(session: Session, row: Registration) -> bool:
    """Whether the record waits, or is still to be registered by hand, and no attempt to send it has begun."""
    if row.state in ("waiting", BY_HAND):
        return True
    begun = select(Delivery.id).where(
        Delivery.about == row.id,
        Delivery.work == "submit",
        (Delivery.state != "owed") | Delivery.started_at.is_not(None),
    )
    return row.state == "queued" and session.scalar(begun.limit(1)) is None


def withdraw_unsent(session: Session, group: Group, why: str, now: int) -> list[Registration]:
    """Withdraw the records of these people that have not been sent to this registry; returns them in order."""
    ids = [person.id for person in group.people]
    named = select(RegistrationPerson.registration_id).where(RegistrationPerson.person_id.in_(ids))
    query = select(Registration).where(
        Registration.id.in_(named), Registration.state.in_(("queued", "waiting", BY_HAND))
    )
    here = query.where(Registration.registry_name == group.destination.registry_name)
    unsent = [row for row in session.scalars(here.order_by(Registration.number)).all() if is_unsent(session, row)]
    for row in unsent:
        row.state, row.answer_code = "not_due", why
    settled = {"state": "expired", "outcome": why, "outcome_args": {}, "settled_at": now}
    session.execute(
        update(Delivery)
        .where(Delivery.work == "submit", Delivery.about.in_([row.id for row in unsent]), Delivery.state == "owed")
        .values(**settled)
    )
    return unsent


def party_of(destination: Destination) -> Party:
    """How this authority files people who came together."""
    return profile_at(destination).party


def _together(session: Session, stay: Stay, person: Person, facts: Facts, destination: Destination) -> Group:
    """One record for those who came on the same day; a minor is added to the record of an adult."""
    others = [other for other in registered(session, stay) if other.id != person.id]
    day = arrival_date(stay, person)
    if _minor(stay, person, facts):
        companions = _adults(stay, person, others, facts)[:1]
    else:
        present = [other for other in others if other.left_at is None and other.leaves_at == person.leaves_at]
        here = [other for other in present if not _comes_after(other, person)]
        companions = [other for other in here if arrival_date(stay, other) == day]
    found = [row for other in companions if (row := latest_record(session, other, destination)) is not None]
    waiting = [other for other in others if _is_waiting(session, other, destination)]
    earlier = max(found, key=lambda row: row.number, default=None)
    named = people_of(session, stay, earlier) if earlier is not None else []
    people = dict.fromkeys([*named, person, *waiting])
    minors = [other for other in people if _minor(stay, other, facts)]
    adults = [other for other in people if other not in minors]
    return Group(destination, (*adults, *minors), earlier, waits=not adults)


def _comes_after(other: Person, person: Person) -> bool:
    """Whether the other still has to come when this person registers or arrives."""
    return (other.arrived_at or 0) > max(person.arrived_at or 0, person.created_at)


def _rows(session: Session, stay: Stay, person: Person, facts: Facts, destination: Destination) -> Group:
    """A row of its own, or as a member directly after the head: one without a document, or named as a member."""
    others = [other for other in registered(session, stay) if other.id != person.id]
    if not _is_member(stay, person, facts):
        waiting = [other for other in others if _is_waiting(session, other, destination)]
        for other in waiting:
            other.head_id = person.id
        return Group(destination, (person, *waiting))
    head = next(iter(_adults(stay, person, others, facts)), None)
    if head is None:
        return Group(destination, (person,), None, waits=True)
    person.head_id = head.id
    earlier = latest_record(session, head, destination)
    same_day = arrival_date(stay, head) == arrival_date(stay, person)
    if earlier is None or not same_day or not is_unsent(session, earlier):
        return Group(destination, (head, person))
    named = [other for other in people_of(session, stay, earlier) if other.id not in (head.id, person.id)]
    return Group(destination, (head, *named, person), earlier)


def _is_member(stay: Stay, person: Person, facts: Facts) -> bool:
    if person.head_id is not None:
        return True
    return facts[person.id].document.kind == "none" and _minor(stay, person, facts)


def _adults(stay: Stay, person: Person, others: Iterable[Person], facts: Facts) -> Sequence[Person]:
    """The adults of the party: the one the person belongs to first, then in order of registration."""
    adults = [other for other in others if not _minor(stay, other, facts) and other.left_at is None]
    return sorted(adults, key=lambda other: other.id != person.head_id)


def _minor(stay: Stay, person: Person, facts: Facts) -> bool:
    return is_minor(facts[person.id], arrival_date(stay, person))


def _is_waiting(session: Session, person: Person, destination: Destination) -> bool:
    row = latest_record(session, person, destination)
    return row is not None and row.state == "waiting"


def arrival_date(stay: Stay, person: Person) -> date:
    """The day on which the person came, in the unit's time zone."""
    return _day(stay, person.arrived_at or stay.from_at)


def _day(stay: Stay, at: int) -> date:
    return datetime.fromtimestamp(at, ZoneInfo(stay.unit.timezone)).date()


def is_filed_in_parties(stay: Stay) -> bool:
    """Whether a registry of the unit files people together, so that it matters who is still to register."""
    return any(party_of(destination) != "apart" for destination in stay.unit.destinations)


def tells_groups(stay: Stay) -> bool:
    """Whether a registry of the unit tells families from groups."""
    return any(profile_at(destination).tells_groups for destination in stay.unit.destinations)


def expect_others(stay: Stay, follow: bool, *, group: bool = False) -> None:
    """Record whether the tenant registers others after themselves, and whether they are a group and no family."""
    stay.party_open = follow and is_filed_in_parties(stay)
    stay.party_is_group = follow and group and tells_groups(stay)


def send_at(stay: Stay, row: Registration, now: int) -> int:
    """When this record is to be sent: from the arrival on, where the registry takes arrivals on the day only.

    A check-in of people who are filed together waits while others of the party register.
    """
    profile = REGISTRIES[row.registry_name]
    begins = max(now, stay.from_at) if profile.arrivals_on_the_day else now
    waits = stay.party_open and profile.party != "apart" and row.kind == "check_in"
    return max(begins, now + PARTY_WAIT) if waits else begins


def close_party(session: Session, stay: Stay, now: int) -> None:
    """Everybody is registered: send the records that waited for others."""
    stay.party_open = False
    begun = Delivery.started_at.is_not(None) | (Delivery.attempts > 0)
    waiting = (
        select(Registration)
        .join(Delivery, (Delivery.about == Registration.id) & (Delivery.work == "submit"))
        .where(Registration.stay_id == stay.id, Registration.state == "queued", Delivery.state == "owed", ~begun)
    )
    for row in session.scalars(waiting).all():
        due = update(Delivery).where(Delivery.about == row.id, Delivery.work == "submit", Delivery.state == "owed")
        session.execute(due.values(due_at=send_at(stay, row, now)))
