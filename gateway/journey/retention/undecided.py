"""Records that no registry has taken in full when their time is over: the duty to report keeps them, but not for ever.

GDPR article 17(3)(b) excepts from erasure only what is necessary for a legal obligation. So only the records that are
owed are kept, and those of the same registry, with which they can be corrected; landlord and officer are alerted; and
after domain.retention.times.UNDECIDED_DAYS the records lapse and their people are erased.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, case, exists, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from gateway.domain.filings.ways_out import ACTIONS
from gateway.domain.jurisdiction import profile_for
from gateway.domain.retention.times import DAY, UNDECIDED_DAYS, Times, times_of
from gateway.journey.filings.held_records import WAITS_FOR_ARRIVAL
from gateway.outbox.deliveries import BLOCKING
from gateway.outbox.events import record
from gateway.store import Delivery, Person, Registration, RegistrationPerson, Stay, Unit

CLOSED: Final = ("ended", "cancelled")
DONE: Final = ("accepted", "not_due", "lapsed")  # states in which nothing is owed to a registry
STATES: Final = tuple(state for state in ACTIONS if state not in DONE)


class WaitingErasure(NamedTuple):
    """A record for which people are kept after their time; `days`: until they are erased all the same."""

    registration_id: str
    unit: str
    landlord_id: str
    area: str
    days: int


def person_times(stay: Stay, person: Person | None = None) -> Times:
    """Until when what is known of a person of a stay is kept; `stay` may still go on."""
    ended = min(stay.ended_at or stay.until_at, stay.until_at)
    asked = person.erasure_asked_at if person is not None else None
    return times_of(profile_for(stay.unit.jurisdiction), stay.from_at, ended, asked)


def has_open_filing(session: Session, person_id: str) -> bool:
    """Whether a record of this person is neither filed nor decided on."""
    records = _records_of(person_id)
    sending = exists().where(Delivery.about == Registration.id, Delivery.work == "submit", Delivery.state.in_(BLOCKING))
    found = select(Registration.id).where(records, or_(_is_pending(), sending))
    return session.scalar(found.limit(1)) is not None


def keep_only_pending(session: Session, person_id: str) -> None:
    """Empty the person's records at registries to which nothing about them is owed."""
    pending = select(Registration.registry_name).where(_records_of(person_id), _is_pending())
    others = select(Registration.id).where(_records_of(person_id), Registration.registry_name.not_in(pending))
    parts = update(RegistrationPerson).where(
        RegistrationPerson.person_id == person_id,
        RegistrationPerson.sealed.is_not(None),
        RegistrationPerson.registration_id.in_(others),
    )
    said = case((RegistrationPerson.answer_text.is_not(None), ""), else_=None)
    session.execute(parts.values(sealed=None, answer_text=said))


def lapse_filings(session: Session, stay: Stay, now: int) -> None:
    """Give up the owed records of a stay that name nobody who can still be read."""
    session.flush()
    readable = exists().where(
        RegistrationPerson.registration_id == Registration.id,
        RegistrationPerson.person_id == Person.id,
        Person.erased_at.is_(None),
    )
    for row in session.scalars(select(Registration).where(Registration.stay_id == stay.id, _is_pending(), ~readable)):
        row.state, row.pending_reference = "lapsed", None
        pending = update(Delivery).where(
            Delivery.work == "submit", Delivery.about == row.id, Delivery.state.in_(BLOCKING)
        )
        given_up = {"state": "expired", "outcome": "record_erased", "outcome_args": {}, "settled_at": now}
        session.execute(pending.values(**given_up))
        record(session, "FilingLapsed", now, stay=stay, registration=row, data={"registration": row.id})


def waiting_erasures(session: Session, units: ColumnElement[bool], now: int) -> Iterator[WaitingErasure]:
    """The records of ended stays, in these units, that lapse within UNDECIDED_DAYS; one statement."""
    query = (
        select(Registration.id, Person)
        .join(RegistrationPerson, RegistrationPerson.registration_id == Registration.id)
        .join(Person, Person.id == RegistrationPerson.person_id)
        .join(Person.stay)
        .join(Stay.unit)
        .options(contains_eager(Person.stay).contains_eager(Stay.unit))
        .where(units, Stay.state.in_(CLOSED), Person.erased_at.is_(None), _is_pending())
        .order_by(Registration.deadline_at, Registration.id)
    )
    lapse: dict[str, tuple[Unit, int]] = {}
    for registration_id, person in session.execute(query):
        at = person_times(person.stay, person).lapses
        lapse[registration_id] = (person.stay.unit, min(at, lapse.get(registration_id, (None, at))[1]))
    for registration_id, (unit, at) in lapse.items():
        if now >= at - UNDECIDED_DAYS * DAY:
            days = max(0, -((now - at) // DAY))  # rounded up
            yield WaitingErasure(registration_id, unit.label, unit.landlord_id, unit.area, days)


def _records_of(person_id: str) -> ColumnElement[bool]:
    mine = select(RegistrationPerson.registration_id).where(RegistrationPerson.person_id == person_id)
    return or_(Registration.id.in_(mine), Registration.person_id == person_id)


def _is_pending() -> ColumnElement[bool]:
    why = func.coalesce(Registration.answer_code, "")  # NULL = x would be neither true nor false
    waits_for_nobody = (Registration.state == "queued") & (why == WAITS_FOR_ARRIVAL)
    return Registration.state.in_(STATES) & Registration.refiled_id.is_(None) & ~waits_for_nobody
