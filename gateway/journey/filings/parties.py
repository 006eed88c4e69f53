"""Who is filed with whom: the people of one record, as the registry thinks of a party, and how long it waits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict
from gateway.domain.filings.field_rules import is_minor
from gateway.domain.filings.record import PersonFacts
from gateway.journey.filings.destinations import (
    arrival_date,
    party_of,
    profile_at,
    takes_departures,
)
from gateway.journey.filings.held_records import (
    BY_HAND,
    WAITS_FOR_ARRIVAL,
    is_unsent,
    latest_record,
    refused_people,
)
from gateway.registries import REGISTRIES
from gateway.store import Delivery, Destination, Person, Registration, RegistrationPerson, Stay
from gateway.texts.marks import N_

REPLACED: Final = "replaced"
PARTY_WAIT: Final = 900
"""Seconds from the last entry, after which what is there is sent: far below the shortest deadline (six hours)."""

Facts = Mapping[str, PersonFacts]  # by the person's id


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one record in the registry's order, and the registry.

    `waits`: nobody here may be filed alone, and no adult of the party is there. `parted`: the record that
    named these people is corrected for the others or taken back, and theirs is a new one.
    """

    destination: Destination
    people: tuple[Person, ...]
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


def group_on_arrival(session: Session, stay: Stay, person: Person, facts: Facts, destination: Destination) -> Group:
    """The record in which an arriving person is filed at this registry, with everybody it then names."""
    party = party_of(destination)
    if party == "apart":
        return Group(destination, (person,))
    group = _together if party == "together" else _rows
    return group(session, stay, person, facts, destination)


def groups_of(session: Session, stay: Stay, facts: Facts, destination: Destination, now: int) -> list[Group]:
    """All registered people, as they were filed last here. One who left earlier is only in the records of others."""
    present = [person for person in registered(session, stay) if person.left_at is None]
    return _groups_of(session, stay, present, facts, destination, now)


def _groups_of(
    session: Session, stay: Stay, people: Iterable[Person], facts: Facts, destination: Destination, now: int
) -> list[Group]:
    found: list[Group] = []
    for person in people:
        if not any(person in group.people for group in found):
            found.append(group_of(session, stay, person, destination))
    if party_of(destination) != "rows" or not found:
        return found
    everybody = dict.fromkeys(person for group in found for person in group.people)
    return by_head(session, stay, Group(destination, tuple(everybody)), facts, now)


def group_of(session: Session, stay: Stay, person: Person, destination: Destination) -> Group:
    """The people of a new record about a person who is registered, without the heads of those in rows."""
    earlier = latest_record(session, person, destination)
    if earlier is None or party_of(destination) == "apart":
        return Group(destination, (person,), parted=earlier is not None and _is_awaited(earlier))
    if person.left_at is not None and takes_departures(destination):
        return Group(destination, (person,))
    named, refused = _still_named(session, stay, earlier, destination), refused_people(earlier)
    if person.id in refused:
        return Group(destination, tuple(other for other in named if other.id in refused))
    if party_of(destination) == "rows" and not is_unsent(session, earlier):
        return Group(destination, (person,))
    named = [other for other in named if other.id not in refused]
    return Group(destination, tuple(named), earlier.state == "waiting", parted=_is_awaited(earlier))


def by_head(session: Session, stay: Stay, group: Group, facts: Facts, now: int) -> list[Group]:
    """The groups in rows of these people: each head with the members, one who needs no head alone.

    A member without a document waits for a head; one with a document is a row of their own while no adult is there.
    Where people are filed together, the group itself: it no longer waits if one of them is an adult now.
    """
    if party_of(group.destination) != "rows":
        return [replace(group, waits=all(_minor(stay, person, facts) for person in group.people))]
    others = list(dict.fromkeys([*registered(session, stay), *group.people]))
    found: dict[Person, list[Person]] = {}
    waiting: set[Person] = set()
    for person in group.people:
        head = _head(stay, person, others, facts, now)
        if head is None and _needs_head(stay, person, facts):
            waiting.add(person)
        found.setdefault(head or person, []).extend([person] if head else [])
    here = group.destination
    return [Group(here, (head, *members), waits=head in waiting) for head, members in found.items()]


def _is_awaited(row: Registration) -> bool:
    """Whether the record is the first that this registry is to get of people who are still to arrive."""
    return row.answer_code == WAITS_FOR_ARRIVAL and row.kind == "check_in"


def part(
    session: Session, stay: Stay, people: Sequence[Person], facts: Facts, destination: Destination, now: int
) -> list[Group]:
    """The groups of new records about people who come or leave on another day than was filed.

    Where people are filed together, those of their records who do not are first, without them, and minors who waited
    for an adult, or came later by themselves, are with the first who is there. Raises Conflict if one of the two has
    only minors.
    """
    groups = _groups_of(session, stay, people, facts, destination, now)
    if party_of(destination) != "together":
        return groups
    people, groups = _with_waiting(session, stay, people, groups, facts, destination, now)
    found: list[Group] = []
    parted: list[Person] = []
    for group in groups:
        rest = tuple(person for person in group.people if person not in people)
        if _follow(stay, rest, people, facts):
            people, rest = [*people, *rest], ()
        if any(rest and all(_minor(stay, person, facts) for person in some) for some in (rest, people)):
            raise Conflict(N_("Minors are registered with an adult who arrives and leaves on the same day."))
        found.append(Group(destination, rest) if rest else group)
        parted += [person for person in group.people if rest and person in people]
    return [*found, Group(destination, tuple(parted), parted=True)] if parted else found


def _follow(stay: Stay, minors: Sequence[Person], people: Sequence[Person], facts: Facts) -> bool:
    """Whether these are minors who come no earlier than an adult of these people, and leave together."""
    adults = [one for one in people if not _minor(stay, one, facts)]
    return all(
        _minor(stay, one, facts)
        and any(a.leaves_at == one.leaves_at and arrival_date(stay, a) <= arrival_date(stay, one) for a in adults)
        for one in minors
    )


def people_of(session: Session, stay: Stay, row: Registration) -> list[Person]:
    """The people a record names who are not erased, in its order."""
    query = select(RegistrationPerson.person_id).where(RegistrationPerson.registration_id == row.id)
    booker = [stay.booker] if stay.booker is not None and stay.booker.sealed is not None else []
    known = {person.id: person for person in (*registered(session, stay), *booker)}
    named = session.scalars(query.order_by(RegistrationPerson.position)).all()
    return [known[person_id] for person_id in named if person_id in known]


def _still_named(session: Session, stay: Stay, row: Registration, destination: Destination) -> list[Person]:
    """The people whom a new record in the place of this one names: without those whose departure was reported."""
    named = people_of(session, stay, row)
    return [one for one in named if one.left_at is None] if takes_departures(destination) else named


def _is_same(other: Person, person: Person, facts: Facts) -> bool:
    """Whether the other left, and returned as this person with the same document."""
    if other.left_at is None or other.id not in facts or not facts[person.id].document.number:
        return False
    before, again = facts[other.id], facts[person.id]
    return (before.document.number, before.birth_date) == (again.document.number, again.birth_date)


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


def _with_waiting(
    session: Session,
    stay: Stay,
    people: Sequence[Person],
    groups: list[Group],
    facts: Facts,
    destination: Destination,
    now: int,
) -> tuple[Sequence[Person], list[Group]]:
    """These people and their groups, with the minors who wait for an adult in the group of the first who is there."""
    adult = next((one for one in people if not _minor(stay, one, facts) and (one.arrived_at or 0) <= now), None)
    waiting = [one for one in registered(session, stay) if adult is not None and _is_waiting(session, one, destination)]
    apart = [group for group in groups if not set(group.people).issubset(waiting)]
    return [*people, *(one for one in waiting if one not in people)], [
        replace(group, people=(*group.people, *waiting)) if adult in group.people else group for group in apart
    ]


def _together(session: Session, stay: Stay, person: Person, facts: Facts, destination: Destination) -> Group:
    """One record for those who came on the same day; a minor is added to the record of an adult."""
    others = [other for other in registered(session, stay) if other.id != person.id]
    day = arrival_date(stay, person)
    if _minor(stay, person, facts):
        adult = _adult_of(stay, person, others, facts, person.created_at)
        companions = [] if adult is None or _comes_after(adult, person) else [adult]
    else:
        present = [other for other in others if other.left_at is None and other.leaves_at == person.leaves_at]
        here = [other for other in present if not _comes_after(other, person)]
        companions = [other for other in here if arrival_date(stay, other) == day]
    found = [row for other in companions if (row := latest_record(session, other, destination)) is not None]
    here_now = (person.arrived_at or 0) <= person.created_at
    waiting = [other for other in others if here_now and _is_waiting(session, other, destination)]
    earlier = max(found, key=lambda row: row.number, default=None)
    named = _still_named(session, stay, earlier, destination) if earlier is not None else []
    people = dict.fromkeys([*(one for one in named if not _is_same(one, person, facts)), person, *waiting])
    minors = [other for other in people if _minor(stay, other, facts)]
    adults = [other for other in people if other not in minors]
    return Group(destination, (*adults, *minors), waits=not adults)


def _comes_after(other: Person, person: Person) -> bool:
    """Whether the other still has to come when this person registers or arrives."""
    return (other.arrived_at or 0) > max(person.arrived_at or 0, person.created_at)


def _rows(session: Session, stay: Stay, person: Person, facts: Facts, destination: Destination) -> Group:
    """A row of its own, with the minors who wait for an adult; or a member directly after the head."""
    others = [other for other in registered(session, stay) if other.id != person.id]
    head = _head(stay, person, others, facts, person.created_at)
    if head is None:
        waits = _needs_head(stay, person, facts)
        minors = [] if waits else [one for one in others if _waits_for_adult(session, one, person, destination)]
        return Group(destination, (person, *minors), waits)
    earlier = latest_record(session, head, destination)
    same_day = arrival_date(stay, head) == arrival_date(stay, person)
    if earlier is None or not same_day or not is_unsent(session, earlier):
        return Group(destination, (head, person))
    named = [other for other in people_of(session, stay, earlier) if other.id not in (head.id, person.id)]
    return Group(destination, (head, *named, person))


def _waits_for_adult(session: Session, other: Person, person: Person, destination: Destination) -> bool:
    """Whether the other is there and waits for an adult, when this person registers."""
    row = latest_record(session, other, destination)
    awaited = row is not None and row.state == "queued" and row.answer_code == WAITS_FOR_ARRIVAL
    return (awaited and not _comes_after(other, person)) or (row is not None and row.state == "waiting")


def _needs_head(stay: Stay, person: Person, facts: Facts) -> bool:
    """Whether the person cannot be a row of their own: a minor without a document."""
    return facts[person.id].document.kind == "none" and _minor(stay, person, facts)


def _head(stay: Stay, person: Person, others: Iterable[Person], facts: Facts, now: int) -> Person | None:
    """The adult in whose rows a person is, None for who is one alone. Who has a document waits for no adult."""
    needed = _needs_head(stay, person, facts)
    if person.head_id is None and not needed:
        return None
    adult = _adult_of(stay, person, others, facts, now)
    return adult if adult is None or needed or (adult.arrived_at or 0) <= max(now, person.arrived_at or 0) else None


def _adult_of(stay: Stay, person: Person, others: Iterable[Person], facts: Facts, now: int) -> Person | None:
    """The adult with whom a minor is filed: who is there first, of them the one who declared the minor.

    Else the first who registered.
    """
    adults = [one for one in others if one.id != person.id and not _minor(stay, one, facts) and one.left_at is None]
    here = max(now, person.arrived_at or 0)

    def order(adult: Person) -> tuple[int, bool]:
        comes = adult.arrived_at or 0
        return (comes if comes > here else 0, adult.id != person.head_id)

    return min(adults, key=order, default=None)


def _minor(stay: Stay, person: Person, facts: Facts) -> bool:
    return is_minor(facts[person.id], arrival_date(stay, person))


def _is_waiting(session: Session, person: Person, destination: Destination) -> bool:
    row = latest_record(session, person, destination)
    return row is not None and row.state == "waiting"


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


def replacing(session: Session, stay: Stay, group: Group, now: int) -> Group | None:
    """Withdraw the unsent records of these people where that is allowed, so that no outdated data are sent.

    Returns the group in their place, None if nothing could be replaced: in rows, with everybody whom they named.
    """
    if not _may_replace(session, group):
        return None
    unsent = withdraw_unsent(session, group, REPLACED, now)
    if party_of(group.destination) != "rows":
        return group
    named = [person for row in unsent for person in people_of(session, stay, row)]
    return replace(group, people=tuple(dict.fromkeys((*group.people, *named))))


def _may_replace(session: Session, group: Group) -> bool:
    """Whether the people were in a record that was not sent yet, and this registry lets it be replaced."""
    waits = profile_at(group.destination).arrivals_on_the_day or party_of(group.destination) != "apart"
    rows = [row for person in group.people if (row := latest_record(session, person, group.destination)) is not None]
    at_hand = [row for row in rows if is_unsent(session, row)]
    return any(waits or row.state == BY_HAND or row.answer_code == WAITS_FOR_ARRIVAL for row in at_hand)
