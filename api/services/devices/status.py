"""What a tester sees: the last report of every device, and deliveries that are pending or failed."""

from typing import Final

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from api.services.presenters import lock_shown
from api.services.schemas import LockShown
from gateway.bootstrap import Gateway
from gateway.store import Delivery, Device
from gateway.texts.outcomes import outcome_text

MAX_DELIVERIES: Final = 200


class DeliveryShown(BaseModel):
    """A pending or failed delivery. `sentence` is `outcome`, a code, with its arguments in English."""

    id: int
    party: str
    work: str
    state: str
    attempts: int
    due_at: int
    outcome: str | None
    outcome_args: dict[str, str | int]
    sentence: str | None


def list_locks(gateway: Gateway) -> list[LockShown]:
    """Return every lock and kiosk, by id."""
    query = select(Device).options(joinedload(Device.unit)).order_by(Device.id)
    with gateway.database.reading() as session:
        return [lock_shown(device) for device in session.scalars(query)]


def list_deliveries(gateway: Gateway) -> list[DeliveryShown]:
    """Return the deliveries that are not done, newest first, at most MAX_DELIVERIES."""
    query = select(Delivery).where(Delivery.state != "done").order_by(Delivery.id.desc()).limit(MAX_DELIVERIES)
    with gateway.database.reading() as session:
        return [
            DeliveryShown(
                id=row.id,
                party=row.party,
                work=row.work,
                state=row.state,
                attempts=row.attempts,
                due_at=row.due_at,
                outcome=row.outcome,
                outcome_args=dict(row.outcome_args or {}),
                sentence=outcome_text("en", row.outcome, row.outcome_args) if row.outcome else None,
            )
            for row in session.scalars(query)
        ]
