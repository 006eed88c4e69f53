"""One-time codes of a running stay: the landlord's staff who may act ask for them, and end those that are unused."""

from fastapi import APIRouter, Response

from api.framework.dependencies import Anybody, Gate, IdempotencyKey, LandlordId
from api.services.idempotency import once
from api.services.presenters import once_codes_of
from api.services.schemas import OnceCodeMade, OnceCodeShown
from gateway.journey.keys import one_time_codes as steps
from gateway.journey.stays.landlord import stay_of
from gateway.store import OnceCode

router = APIRouter(tags=["landlord"])


@router.post("/stays/{stay_id}/locks/{lock_id}/one-time-codes", status_code=201)
def make_once_code(
    gateway: Gate,
    landlord_id: LandlordId,
    stay_id: str,
    lock_id: str,
    response: Response,
    account: Anybody,
    idempotency_key: IdempotencyKey = None,
) -> OnceCodeMade:
    """A code that opens this lock once: for a visitor, a craftsman, a tenant whose phone is flat.

    Its digits are in this answer and nowhere else; the same Idempotency-Key gets them again while nobody used them. The
    tenant sees that it was handed out, and when it was used.
    """
    now, requested_by = gateway.now(), account.id
    with gateway.database.writing() as session:
        stay = steps.held_stay(session, stay_id, landlord_id)
        gateway.attempts.hit("once_code", stay.id)
        owner, request = f"landlord:{landlord_id}", f"once/{stay_id}/{lock_id}"
        code_id, _ = once(
            session,
            owner,
            idempotency_key,
            request,
            now,
            lambda: steps.issue_once(session, stay, lock_id, requested_by, now).id,
        )
        made = steps.show_once(session, session.get_one(OnceCode, code_id), gateway.keyring)
    response.headers["Cache-Control"] = "no-store"
    return OnceCodeMade(id=made.id, digits=made.digits, lock=made.lock, issued_at=made.issued_at, on_lock=made.on_lock)


@router.post("/stays/{stay_id}/one-time-codes/end")
def end_once_codes(gateway: Gate, landlord_id: LandlordId, stay_id: str) -> list[OnceCodeShown]:
    """End every unused one-time code of the stay. It says "revoking" until the lock itself has heard it."""
    now = gateway.now()
    with gateway.database.writing() as session:
        stay = stay_of(session, stay_id, landlord_id)
        steps.end_once(session, stay, now)
        session.flush()
        return once_codes_of(session, stay, now)
