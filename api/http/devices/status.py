"""The tester's view of devices: what each last said of itself, and what is still owed to others."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from api.framework.dependencies import Gate, Tester
from api.services.presenters import lock_shown
from api.services.schemas import LockShown
from gateway.store import Delivery, Device
from gateway.texts.outcomes import outcome_text

router = APIRouter(tags=["tester"])


class DeliveryShown(BaseModel):
    """One thing owed, or not delivered as hoped: the code of its outcome, its arguments, and both in English."""

    id: int
    party: str
    work: str
    state: str
    attempts: int
    due_at: int
    outcome: str | None
    outcome_args: dict[str, str | int]
    sentence: str | None


@router.get("/locks")
def list_locks(gateway: Gate, _account: Tester) -> list[LockShown]:
    """Every lock and kiosk."""
    query = select(Device).options(joinedload(Device.unit)).order_by(Device.id)
    with gateway.database.reading() as session:
        return [lock_shown(device) for device in session.scalars(query)]


@router.get("/deliveries")
def list_deliveries(gateway: Gate, _account: Tester) -> list[DeliveryShown]:
    """What is not delivered yet, or never will be; the newest first, two hundred at most."""
    query = select(Delivery).where(Delivery.state != "done").order_by(Delivery.id.desc()).limit(200)
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
