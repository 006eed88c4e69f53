"""A landlord's units and their locks."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from api.services.presenters import lock_shown, unit_shown
from api.services.schemas import LockShown, UnitForm, UnitShown
from gateway.bootstrap import Gateway
from gateway.domain.errors import NotFound
from gateway.journey.stays import landlord as steps
from gateway.store import Unit
from gateway.texts.marks import N_


def list_units(gateway: Gateway, landlord_id: str) -> list[UnitShown]:
    """Return the landlord's units with their locks, by label."""
    rows = (selectinload(Unit.devices), selectinload(Unit.destinations))
    query = select(Unit).where(Unit.landlord_id == landlord_id).options(*rows).order_by(Unit.label)
    with gateway.database.reading() as session:
        return [unit_shown(unit) for unit in session.scalars(query)]


def get_unit(gateway: Gateway, landlord_id: str, unit_id: str) -> UnitShown:
    """Return one of the landlord's units. Raises NotFound, also for another landlord's unit."""
    query = select(Unit).where(Unit.id == unit_id, Unit.landlord_id == landlord_id)
    with gateway.database.reading() as session:
        unit = session.scalars(query).one_or_none()
        if unit is None:
            raise NotFound(N_("There is no such unit. Choose one from your list."))
        return unit_shown(unit)


def change_unit(gateway: Gateway, landlord_id: str, unit_id: str, form: UnitForm) -> UnitShown:
    """Change how the unit's tenants prove that they are present; applies to later registrations. Raises NotFound."""
    with gateway.database.writing() as session:
        unit = steps.unit_of(session, unit_id, landlord_id)
        unit.liveness_level = form.liveness_level
        session.flush()
        return unit_shown(unit)


def request_lock_state(gateway: Gateway, landlord_id: str, lock_id: str) -> LockShown:
    """Have a lock asked for its whole state until it reports it; return the last one. Raises NotFound or Conflict."""
    with gateway.database.writing() as session:
        lock = steps.lock_of(session, lock_id, landlord_id)
        steps.read_back(session, lock, gateway.now())
        return lock_shown(lock)
