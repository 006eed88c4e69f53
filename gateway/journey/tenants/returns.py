"""Who left and is back within one stay: on the day of leaving, they have not left as the authorities count days."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.journey.filings.destinations import period, takes_back_departures
from gateway.journey.filings.held_records import NOT_DONE, latest_record
from gateway.journey.filings.parties import Group, group_of
from gateway.journey.filings.records import report_anew
from gateway.journey.filings.sealed_records import open_record
from gateway.journey.keys.keyring import Keyring
from gateway.outbox.events import record
from gateway.store import Person, Registration, RegistrationPerson, Stay


def can_come_back(stay: Stay, person: Person, now: int) -> bool:
    """Whether the person left on this day, and a departure that was reported can be taken back."""
    if person.left_at is None or not all(takes_back_departures(one) for one in stay.unit.destinations):
        return False
    zone = ZoneInfo(stay.unit.timezone)
    return datetime.fromtimestamp(person.left_at, zone).date() == datetime.fromtimestamp(now, zone).date()


def come_back(session: Session, stay: Stay, person: Person, keyring: Keyring, now: int) -> None:
    """Who left on this day stays until the stay ends: a registry that has it otherwise gets a change.

    Raises Erased.
    """
    person.left_at = person.leaves_at = None
    session.flush()
    rows = []
    for destination in stay.unit.destinations:
        group, latest = group_of(session, stay, person, destination), latest_record(session, person, destination)
        if latest is None or _has_left_in(session, stay, group, person, latest, keyring):
            latest = report_anew(session, stay, group, person, keyring, now)
        rows.append(latest)
    data = {"registration": rows[0].id}
    record(session, "CheckedIn", now, stay=stay, registration=rows[0], person_id=person.id, data=data)


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
    return (
        open_record(latest.parts, keyring.vault).stay.until_at
        != period(stay, group.people, group.destination, "change").until_at
    )
