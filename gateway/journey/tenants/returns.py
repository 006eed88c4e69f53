"""Who left and is back within one stay.

On the day of leaving they have not left, as the authorities count days; later they arrive anew.
"""

from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict
from gateway.journey.filings.destinations import (
    party_of,
    period,
    profile_at,
    takes_back_departures,
    takes_departures,
)
from gateway.journey.filings.held_records import NOT_DONE, latest_record
from gateway.journey.filings.parties import Group, group_of, registered
from gateway.journey.filings.records import report_anew, report_own_dates
from gateway.journey.filings.sealed_records import open_record
from gateway.journey.keys.keyring import Keyring
from gateway.outbox.events import record
from gateway.store import Person, Registration, RegistrationPerson, Stay


def can_come_back(stay: Stay, person: Person, now: int) -> bool:
    """Whether the person left on this day, and a departure that was reported can be taken back."""
    if person.left_at is None or not all(takes_back_departures(one) for one in stay.unit.destinations):
        return False
    return _day(stay, person.left_at) == _day(stay, now)


def come_back(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> None:
    """Who left on this day stays until the stay ends, with the declared children who left at the same moment.

    A registry that has it otherwise gets a change. Raises Erased.
    """
    left_at = person.left_at
    left = [one for one in registered(session, stay) if one.head_id == person.id and one.left_at == left_at]
    back = [person, *left]
    for one in back:
        one.left_at = one.leaves_at = None
    session.flush()
    for destination in stay.unit.destinations:
        said: set[str] = set()
        for one in back:
            group = group_of(session, stay, one, destination)
            latest = latest_record(session, one, destination)
            if one.id not in said and (latest is None or _has_left_in(session, stay, group, one, latest, keyring)):
                report_anew(session, stay, group, one, keyring, now)
                said |= {other.id for other in group.people}
    for one in back:
        _tell_of_return(session, stay, one, now)


def _tell_of_return(session: Session, stay: Stay, person: Person, now: int) -> None:
    row = latest_record(session, person, stay.unit.destinations[0])
    data = {"registration": row.id} if row else {}
    record(session, "CheckedIn", now, stay=stay, registration=row, person_id=person.id, data=data)


def say_when_left(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> None:
    """Who left on an earlier day arrives now: a registry that has them here on later days hears when they had left.

    And so had the children declared by them; in rows they are with this person. A form that is kept says on arrival
    when they meant to leave. Raises Erased.
    """
    others = registered(session, stay)
    gone = [person, *(one for one in others if one.head_id == person.id and one.left_at is not None)]
    for destination in stay.unit.destinations:
        latest = latest_record(session, person, destination)
        needs_nothing = takes_departures(destination) or profile_at(destination).kept
        if needs_nothing or latest is None or _day(stay, _ends(latest, keyring)) <= _day(stay, now):
            continue
        people = [person] if party_of(destination) == "rows" else gone
        with suppress(Conflict):  # a minor cannot be parted from the adult, into whose record they return
            report_own_dates(session, stay, people, keyring, now, [destination])


def _has_left_in(
    session: Session, stay: Stay, group: Group, person: Person, latest: Registration, keyring: Keyring
) -> bool:
    """Whether this registry was told of the departure, or of another end of the stay than there is now."""
    departure = (
        select(Registration.id)
        .join(RegistrationPerson, RegistrationPerson.registration_id == Registration.id)
        .where(
            RegistrationPerson.person_id == person.id,
            Registration.registry_name == latest.registry_name,
            Registration.kind == "check_out",
            Registration.state.not_in(NOT_DONE),
            Registration.number > latest.number,
        )
    )
    if session.scalar(departure.limit(1)) is not None:
        return True
    return _ends(latest, keyring) != period(stay, group.people, group.destination, "change").until_at


def _ends(row: Registration, keyring: Keyring) -> int:
    """When the stay ends in this record. Raises Erased."""
    return open_record(row.parts, keyring.vault).stay.until_at


def _day(stay: Stay, at: int) -> date:
    return datetime.fromtimestamp(at, ZoneInfo(stay.unit.timezone)).date()
