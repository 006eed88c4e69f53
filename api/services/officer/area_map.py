"""The units of an officer's area, each with one state. Contains no personal data."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from gateway.bootstrap import Gateway
from gateway.domain.stays.stay import OCCUPYING
from gateway.journey.filings.deadlines import pressing
from gateway.store import Account, Registration, Stay, Unit

MAX_UNITS: Final = 5_000
STATES: Final = ("pressing", "registered", "free")


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit and its state: pressing (a filing needs a person or is late), registered (occupied now), or free."""

    area: str
    code: str
    label: str
    state: str


def list_units(gateway: Gateway, officer: Account) -> list[UnitState]:
    """Return the units of the officer's area by dwelling code, at most MAX_UNITS."""
    within, now = Unit.area.startswith(officer.area or "nowhere", autoescape=True), gateway.now()
    registered = select(Stay.unit_id).join(Unit).join(Registration, Registration.stay_id == Stay.id).where(within)
    registered = registered.where(Stay.state.in_(OCCUPYING), Stay.from_at <= now, Stay.until_at > now)
    waiting = select(Stay.unit_id).join(Unit).join(Registration, Registration.stay_id == Stay.id).where(within)
    waiting = waiting.where(pressing(now))
    with gateway.database.reading() as session:
        units = session.scalars(select(Unit).where(within).order_by(Unit.code).limit(MAX_UNITS)).all()
        registered_ids, pressing_ids = set(session.scalars(registered)), set(session.scalars(waiting))

    def state_of(unit_id: str) -> str:
        return "pressing" if unit_id in pressing_ids else "registered" if unit_id in registered_ids else "free"

    return [UnitState(unit.area, unit.code, unit.label, state_of(unit.id)) for unit in units]
