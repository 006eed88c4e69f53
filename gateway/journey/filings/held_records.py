"""Which records a registry may hold, which wait for an arrival, and which refused ones a new record replaces."""

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from gateway.store import Delivery, Destination, Person, Registration, RegistrationPerson, Stay

REPORTED: Final = ("check_in", "change")  # kinds that say where a person stays
BOOKED: Final = ("booking",)
MAY_HOLD: Final = ("queued", "asking", "pending", "accepted", "partly", "unknown")
NOT_DONE: Final = ("refused", "not_due")  # states in which an annulment takes nothing back
WAITS_FOR_ARRIVAL: Final = "waits_for_arrival"  # of a queued record without a delivery, until its people come
WITH_REFUSALS: Final = ("refused", "partly")
BY_HAND: Final = "by_hand"  # state of a record that a person is to register with the authority's own means
REGISTERED_BY_HAND: Final = "registered_by_hand"  # answer of one that was


def held_record(
    session: Session, person: Person, destination: Destination, kinds: Collection[str] = REPORTED
) -> Registration | None:
    """The latest record of these kinds that this registry has or may have: not refused, and not annulled."""
    annulment = aliased(Registration)
    taken_back = select(annulment.id).where(
        annulment.corrects_id == Registration.id, annulment.kind == "annulment", annulment.state.not_in(NOT_DONE)
    )
    return _latest(
        session,
        person,
        destination,
        Registration.kind.in_(kinds),
        Registration.state.in_(MAY_HOLD),
        ~and_(Registration.state == "partly", RegistrationPerson.answer_code.is_not(None)),
        ~taken_back.exists(),
    )


def held_of(session: Session, people: Iterable[Person], destination: Destination) -> Registration | None:
    """The latest record that this registry holds of any of these people."""
    rows = [row for person in people if (row := held_record(session, person, destination)) is not None]
    return max(rows, key=lambda row: row.number, default=None)


def arrivals_awaited(session: Session, stay: Stay) -> list[Registration]:
    """The records that wait for people who are still to arrive, in order."""
    query = select(Registration).where(Registration.stay_id == stay.id, *awaited())
    return list(session.scalars(query.order_by(Registration.number)))


def awaited() -> tuple[ColumnElement[bool], ...]:
    """That a record waits for an arrival."""
    return Registration.state == "queued", Registration.answer_code == WAITS_FOR_ARRIVAL


def refused_people(row: Registration) -> list[str]:
    """The ids of the people whom the registry refused: all of a refused record, some of one accepted in part."""
    if row.state == "refused":
        return [part.person_id for part in row.parts]
    return [part.person_id for part in row.parts if row.state == "partly" and part.answer_code is not None]


def note_refiled(session: Session, row: Registration) -> None:
    """Note what was filed in the place of each refused record that says the same as this one of its stay.

    That is the last of the later records that between them name everybody whom the registry refused. It may have been
    queued before the refusal.
    """
    kinds = REPORTED if row.kind in REPORTED else (row.kind,)
    query = select(Registration).where(
        Registration.stay_id == row.stay_id,
        Registration.registry_name == row.registry_name,
        Registration.kind.in_(kinds),
    )
    refused = query.where(Registration.state.in_(WITH_REFUSALS), Registration.refiled_id.is_(None))
    for one in session.scalars(refused).all():
        left = set(refused_people(one))
        later = query.where(Registration.number > one.number, Registration.state != "not_due")
        for other in session.scalars(later.order_by(Registration.number)) if left else ():
            found = left.intersection(part.person_id for part in other.parts)
            left -= found
            if found and not left:
                one.refiled_id = other.id


def latest_record(session: Session, person: Person, destination: Destination) -> Registration | None:
    """The latest record at this registry that says where the person stays, in any state but not_due."""
    return _latest(session, person, destination, Registration.kind.in_(REPORTED), Registration.state != "not_due")


def _latest(
    session: Session, person: Person, destination: Destination, *which: ColumnElement[bool]
) -> Registration | None:
    query = (
        select(Registration)
        .join(RegistrationPerson, RegistrationPerson.registration_id == Registration.id)
        .where(
            RegistrationPerson.person_id == person.id,
            Registration.registry_name == destination.registry_name,
            *which,
        )
    )
    return session.scalars(query.order_by(Registration.number.desc()).limit(1)).first()


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
