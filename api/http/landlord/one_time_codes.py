"""Routes for one-time codes of a running stay."""

from fastapi import APIRouter, Response

from api.framework.dependencies import Anybody, Gate, IdempotencyKey, LandlordId
from api.framework.repeatable_route import RepeatableRoute
from api.services.landlord import one_time_codes as service
from api.services.schemas import OnceCodeMade, OnceCodeShown

router = APIRouter(route_class=RepeatableRoute, tags=["landlord"])


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
    """Create a code that opens this lock once, for example for a visitor or a tenant whose phone has no charge.

    Only this answer holds its digits; the same Idempotency-Key returns them again until the code is used or cancelled.
    The tenant sees that the code was created and when it was used.
    """
    made = service.make_once_code(gateway, landlord_id, stay_id, lock_id, account, idempotency_key)
    response.headers["Cache-Control"] = "no-store"
    return made


@router.post("/stays/{stay_id}/one-time-codes/end")
def end_once_codes(gateway: Gate, landlord_id: LandlordId, stay_id: str) -> list[OnceCodeShown]:
    """Cancel every unused one-time code of the stay. Its state is "revoking" until the lock confirms it."""
    return service.end_once_codes(gateway, landlord_id, stay_id)
