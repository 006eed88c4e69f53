"""Bookings as records of their own, for the registries that take them beside arrivals."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict, InputRefused
from gateway.domain.filings.record import FieldProblem, StayFacts
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.refusal import FieldsRefused
from gateway.domain.stays.booking import Booking, with_terms
from gateway.domain.stays.stay import OCCUPYING
from gateway.journey.filings.destinations import landlord_facts, profile_at, unit_facts
from gateway.journey.filings.held_records import BOOKED, held_record
from gateway.journey.filings.parties import REPLACED, Group, withdraw_unsent
from gateway.journey.filings.person_fields import person_facts, person_fields, seal_booking
from gateway.journey.filings.records import CANCELLED, report
from gateway.journey.keys.keyring import Keyring
from gateway.store import Destination, Person, Stay, Unit
from gateway.texts.marks import N_

NEEDED: Final = N_("Enter who booked: the unit reports bookings to its registry.")
Rules = Callable[[Record], Sequence[FieldProblem]]


def takes_bookings(destination: Destination) -> bool:
    """Whether the unit reports bookings to this registry: it takes them, and the landlord set that they are."""
    takes = profile_at(destination).changes["booking"] != "nothing"
    return takes and unit_facts(destination).bookings == "reported"


def reports_bookings(unit: Unit) -> bool:
    """Whether any of the unit's registries gets its bookings."""
    return any(takes_bookings(destination) for destination in unit.destinations)


def book(
    session: Session, stay: Stay, booking: Booking | None, rules: Mapping[str, Rules], keyring: Keyring, now: int
) -> None:
    """Store who booked and on what terms, and queue the record for each registry that takes it.

    A second booking of the same stay corrects the first. `rules`: the registries', of those that are set up. Raises
    InputRefused for a booking that is missing, is not taken here, or has fields that the rules refuse; Conflict if the
    stay has ended.
    """
    if stay.state not in OCCUPYING:
        raise Conflict(N_("This stay has ended and cannot be changed."))
    if not reports_bookings(stay.unit):
        if booking is not None:
            raise InputRefused(N_("The unit reports no bookings to a registry."), field="booking")
        return
    if booking is None:
        raise InputRefused(NEEDED, field="booking")
    if stay.booker is None:
        session.add(Person(stay_id=stay.id, role="booker", created_at=now))
        session.flush()
        session.expire(stay, ["booker"])
    booker = stay.booker
    if booker is None or booker.erased_at is not None:
        raise Conflict(N_("This stay has ended and cannot be changed."))
    seal_booking(booker, booking, keyring)
    _refuse_wrong(stay, booker, booking, rules, keyring)
    report_booking(session, stay, keyring, now)


def report_booking(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Report the booking as it is now; a record that a registry has is corrected, one not sent yet is replaced."""
    booker = stay.booker
    if booker is None or booker.sealed is None:
        return
    for destination in stay.unit.destinations:
        if takes_bookings(destination):
            group = Group(destination, (booker,))
            withdraw_unsent(session, group, REPLACED, now)
            held = held_record(session, booker, destination, BOOKED)
            report(session, stay, group, booker, "booking", keyring, now, corrects=held)


def annul_booking(session: Session, stay: Stay, keyring: Keyring, now: int) -> None:
    """Take back the booking of a stay that is cancelled, wherever a registry has it."""
    booker = stay.booker
    if booker is None or booker.sealed is None:
        return
    for destination in stay.unit.destinations:
        group = Group(destination, (booker,))
        withdraw_unsent(session, group, CANCELLED, now)
        held = held_record(session, booker, destination, BOOKED)
        if held is not None:
            report(session, stay, group, booker, "annulment", keyring, now, corrects=held)


def _refuse_wrong(stay: Stay, booker: Person, booking: Booking, rules: Mapping[str, Rules], keyring: Keyring) -> None:
    """Raise InputRefused with the fields that a registry's rules refuse."""
    person = person_facts(booker.id, person_fields(booker, keyring))
    period = with_terms(StayFacts(id=stay.id, from_at=stay.from_at, until_at=stay.until_at), booking)
    for destination in stay.unit.destinations:
        known = rules.get(destination.registry_name)
        if known is None or not takes_bookings(destination):
            continue
        unit, landlord = unit_facts(destination), landlord_facts(destination)
        record = Record("", "booking", "", unit, period, (person,), landlord)
        found = known(record)
        if found:
            raise FieldsRefused([(f"booking.{problem.field.rpartition('.')[2]}", problem) for problem in found])
