"""The check-in of somebody who still registers others waits for them, so that the party is filed once and whole."""

from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.journey.filings.parties import party_of
from gateway.registries import REGISTRIES
from gateway.store import Delivery, Registration, Stay

PARTY_WAIT: Final = 900
"""Seconds from the last entry, after which what is there is sent: far below the shortest deadline (six hours)."""


def is_filed_in_parties(stay: Stay) -> bool:
    """Whether a registry of the unit files people together, so that it matters who is still to register."""
    return any(party_of(destination) != "apart" for destination in stay.unit.destinations)


def expect_others(stay: Stay, follow: bool) -> None:
    """Record whether the tenant registers others after themselves."""
    stay.party_open = follow and is_filed_in_parties(stay)


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
