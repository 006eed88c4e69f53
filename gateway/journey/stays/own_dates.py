"""A person's own arrival and departure within a stay, set by the landlord or by the person, and filed as changes.

Children whom an adult declared come and leave with the adult, unless the adult says otherwise. A child who came on
another day has an arrival of its own, which stays.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.birth_date import birth_date
from gateway.domain.errors import Conflict, InputRefused
from gateway.domain.filings.field_rules import is_minor
from gateway.domain.keys.holder_statements import arrival_statement, departure_statement
from gateway.domain.keys.key import Proof
from gateway.domain.stays import stay as stays
from gateway.domain.stays.stay import instant
from gateway.journey.filings.destinations import (
    arrival_date,
    day_at,
    destination_of,
    own_arrival,
    party_of,
    period_begins,
)
from gateway.journey.filings.held_records import arrivals_awaited, awaited, is_unsent
from gateway.journey.filings.parties import people_of, registered
from gateway.journey.filings.person_fields import facts_of
from gateway.journey.filings.records import (
    report_departure,
    report_own_dates,
)
from gateway.journey.keys.issue import replace_keys, revoke_key
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.passcodes import replace_passcodes
from gateway.journey.keys.unlock import running_key
from gateway.store import Offer, Person, Registration, RegistrationPerson, Stay
from gateway.texts.marks import N_

OUTSIDE: Final = N_("The arrival must be within the stay, and before the departure.")
IS_HERE: Final = N_("The door was already opened with this key, so the arrival cannot be in the future.")
NOT_BORN: Final = N_(
    "A child who arrives with you was born after that day. Enter a later day, or your own arrival without the children."
)
NOBODY: Final = N_("Nobody who is staying here registered with this link.")


class OwnDate(Protocol):
    """A step by which a person sets a date of their own: arrive_later, plan_departure."""

    def __call__(
        self, session: Session, key_id: str, proof: Proof, text: str, /, keyring: Keyring, now: int, *, children: bool
    ) -> list[Person]:
        """Set the date that `text` says."""


def correct_arrival(session: Session, offer: Offer, at: int, keyring: Keyring, now: int) -> list[Person]:
    """The person who registered with this link, and the children declared by them who came with them, arrived at `at`.

    Filed as the registry takes changes; for a time in the future, what says that they are here is taken back, and they
    are filed when they come. A child who was born after that day did not come then. Raises InputRefused for a time
    outside the stay, or in the future of somebody who is here, or Conflict.
    """
    people = _come_with(offer.stay, _present_with(session, offer.stay, offer.person_id), offer.person_id, now)
    born_later = _born_after(people, day_at(offer.stay, at), keyring)
    people = [one for one in people if one not in born_later]
    move_arrival(session, offer.stay, people, at, keyring, now)
    return people


def arrive_later(
    session: Session, key_id: str, proof: Proof, arrived: str, keyring: Keyring, now: int, *, children: bool
) -> list[Person]:
    """As correct_arrival, by the person: their phone signs `arrived` (RFC 3339, or the unit's local time).

    `children`: whether the children declared by them come with them. Raises ProofRefused too.
    """
    statement = arrival_statement(key_id, proof, arrived, children=children)
    key = running_key(session, key_id, statement, proof, now)
    stay, present = key.stay, _present_with(session, key.stay, key.person_id, children=children)
    people = _come_with(stay, present, key.person_id, now)
    at = instant(arrived, stay.unit.timezone, "arrived")
    move_arrival(session, stay, people, at, keyring, now)
    return people


def leave_early(session: Session, offer: Offer, keyring: Keyring, now: int, left: int | None = None) -> list[Person]:
    """The person who registered with this link left before the others, with the children declared by them.

    `left`: when, now if it is not given. Their phones lose the key, the others get new codes, and each departure is
    filed. Raises InputRefused for a time before the arrival or in the future, or Conflict for the last.
    """
    stay, gone = offer.stay, _present_with(session, offer.stay, offer.person_id)
    if len(gone) == sum(one.left_at is None for one in registered(session, stay)):
        raise Conflict(N_("Nobody else is staying here. End the stay instead."))
    begins = max(person.arrived_at or stay.from_at for person in gone)
    if left is not None and not begins <= left <= now:
        raise InputRefused(N_("The departure must be after the arrival and not in the future."), field="left")
    depart(session, stay, gone, left or now, keyring, now)
    return gone


def plan_departure(
    session: Session, key_id: str, proof: Proof, leaves: str, keyring: Keyring, now: int, *, children: bool
) -> list[Person]:
    """The person leaves at `leaves`, before the stay ends; their phone signs it. The end of the stay takes it back.

    `children`: whether the children declared by them leave with them. The keys are replaced by ones that end then, and
    the change is filed now; the departure is filed when it comes. Raises ProofRefused, InputRefused for a time that is
    past, before the arrival or after the stay, or Conflict if nobody else, or no adult for the minors, stays.
    """
    statement = departure_statement(key_id, proof, leaves, children=children)
    stay, people = _holders_party(session, key_id, proof, statement, now, children=children)
    at = instant(leaves, stay.unit.timezone, "leaves")
    if not max(now, *(person.arrived_at or stay.from_at for person in people)) < at <= stay.until_at:
        raise InputRefused(N_("The departure must be in the future and within the stay."), field="leaves")
    if at < stay.until_at:
        _refuse_empty(session, stay, people, keyring)
    own = at if at < stay.until_at else None
    if all(person.leaves_at == own for person in people):
        return people
    for person in people:
        person.leaves_at = own
    session.flush()
    replace_keys(session, stay, keyring, now, {person.id for person in people})
    report_own_dates(session, stay, people, keyring, now)
    return people


def due_arrivals(session: Session, now: int) -> Sequence[Stay]:
    """Stays in which somebody has come for whose arrival a record waits."""
    has_come = Person.arrived_at.is_(None) | (Person.arrived_at <= now)
    named = (
        select(Registration.stay_id)
        .join(RegistrationPerson, RegistrationPerson.registration_id == Registration.id)
        .join(Person, Person.id == RegistrationPerson.person_id)
        .where(*awaited(), has_come, Person.erased_at.is_(None))
    )
    return session.scalars(select(Stay).where(Stay.state.in_(stays.OCCUPYING), Stay.id.in_(named))).all()


def arrive_as_planned(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """File those who have come by now, as planned or earlier, and for whose arrival a record waits.

    In rows the members of a record wait for its head.
    """
    for row in arrivals_awaited(session, stay):
        people, destination = people_of(session, stay, row), destination_of(row)
        came = [one for one in people if period_begins(stay, [one], destination) <= now]
        if party_of(destination) == "rows" and len(came) < len(people):
            continue
        if came and is_unsent(session, row):  # it was not replaced with the record at another registry
            report_own_dates(session, stay, came, keyring, now)


def due_departures(session: Session, now: int) -> Sequence[Stay]:
    """Stays in which somebody's planned departure has come."""
    due = select(Person.stay_id).where(Person.leaves_at <= now, Person.left_at.is_(None), Person.erased_at.is_(None))
    return session.scalars(select(Stay).where(Stay.state.in_(stays.OCCUPYING), Stay.id.in_(due))).all()


def depart_as_planned(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Whoever planned to have left by now has left: keys are revoked, the others get new codes, departures are filed.

    One after the other by the time that was planned. A stay whose last person leaves goes on until it ends.
    """
    due = [one for one in _present(session, stay) if one.leaves_at is not None and one.leaves_at <= now]
    for at in sorted({person.leaves_at for person in due if person.leaves_at is not None}):
        depart(session, stay, [person for person in due if person.leaves_at == at], at, keyring, now)


def depart(session: Session, stay: Stay, gone: Sequence[Person], left: int, keyring: Keyring, now: int) -> None:
    """These people left at `left`, or when they came if that was later: their keys end, and it is reported."""
    for person in gone:
        person.left_at = max(left, person.arrived_at or stay.from_at)
        for key in [key for key in stay.keys if key.person_id == person.id]:
            revoke_key(session, key, now)
        report_departure(session, stay, person, keyring, now)
    replace_passcodes(session, stay, keyring.passcode_key, now)


def move_arrival(session: Session, stay: Stay, people: Sequence[Person], at: int, keyring: Keyring, now: int) -> None:
    """These people of one stay arrive at `at`, filed as correct_arrival says. Raises InputRefused or Conflict."""
    ends = min(person.leaves_at or stay.until_at for person in people)
    if not stay.from_at <= at < ends:
        raise InputRefused(OUTSIDE, field="arrived")
    if at > now and any(person.came_at is not None for person in people):
        raise InputRefused(IS_HERE, field="arrived")
    if _born_after(people, day_at(stay, at), keyring):
        raise InputRefused(NOT_BORN, field="arrived")
    own = own_arrival(stay, at)
    if all(person.arrived_at == own for person in people):
        return
    for person in people:
        person.arrived_at = own
    session.flush()
    report_own_dates(session, stay, people, keyring, now)


def _refuse_empty(session: Session, stay: Stay, leaving: Sequence[Person], keyring: Keyring) -> None:
    """Raises Conflict if nobody stays until the end, or minors do without an adult."""
    staying = [one for one in _present(session, stay) if one not in leaving and one.leaves_at is None]
    if not staying:
        raise Conflict(N_("Nobody else stays until the end. Ask your landlord for another end of the stay instead."))
    facts = facts_of(staying, keyring)
    if all(is_minor(facts[one.id], arrival_date(stay, one)) for one in staying if one.id in facts):
        raise Conflict(N_("An adult must stay with the children. Let them leave with you."))


def _holders_party(
    session: Session, key_id: str, proof: Proof, statement: bytes, now: int, *, children: bool
) -> tuple[Stay, list[Person]]:
    """The stay of the key's holder, who signed, and the holder with the children declared by them."""
    key = running_key(session, key_id, statement, proof, now)
    return key.stay, _present_with(session, key.stay, key.person_id, children=children)


def _present(session: Session, stay: Stay) -> list[Person]:
    return [one for one in registered(session, stay) if one.left_at is None]


def _present_with(session: Session, stay: Stay, person_id: str | None, *, children: bool = True) -> list[Person]:
    """The person, and the children declared by them, who are still staying."""
    people = [one for one in _present(session, stay) if one.id == person_id or (children and one.head_id == person_id)]
    if stay.state not in stays.OCCUPYING or person_id is None or not people:
        raise Conflict(NOBODY)
    return people


def _come_with(stay: Stay, people: Sequence[Person], adult_id: str | None, now: int) -> list[Person]:
    """The adult of these people, and the children who came on the adult's day, or are still to come."""
    came = [arrival_date(stay, one) for one in people if one.id == adult_id]
    return [one for one in people if (one.arrived_at or 0) > now or arrival_date(stay, one) in came]


def keep_births(stay: Stay, began: int, keyring: Keyring) -> None:
    """Whoever came with a stay that began then, and was born after the day on which it begins now, came then."""
    with_it = [one for one in stay.people if one.arrived_at is None and one.sealed is not None]
    for person in _born_after(with_it, day_at(stay, stay.from_at), keyring):
        person.arrived_at = own_arrival(stay, began)


def _born_after(people: Sequence[Person], day: date, keyring: Keyring) -> list[Person]:
    """Those of these people who were born after this day, however little of their date of birth is known."""
    born = {name: birth_date(facts.birth_date) for name, facts in facts_of(people, keyring).items()}
    return [one for one in people if (its := born.get(one.id)) is not None and its.first > day]
