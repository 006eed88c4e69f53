"""A landlord's pages for one-time codes: a new code, shown once, and cancelling unused ones."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Anybody, Gate, LandlordId
from api.services.landlord import one_time_codes as service
from api.services.landlord.stays import read_stay
from api.services.landlord.units import get_unit
from api.web.landlord.pages import stay_again
from api.web.shell.forms import shown_again
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import page

router = APIRouter(prefix="/landlord", route_class=PageRoute, include_in_schema=False)
Once = Annotated[str, Form(max_length=64)]


@router.post("/stays/{stay_id}/locks/{lock_id}/code")
@shown_again(stay_again)
def make_code(
    request: Request,
    gateway: Gate,
    landlord_id: LandlordId,
    account: Anybody,
    stay_id: str,
    lock_id: str,
    idempotency_key: Once,
) -> Response:
    """Show a new code on a page of its own; a reload shows the same code until it is used or cancelled."""
    made = service.make_once_code(gateway, landlord_id, stay_id, lock_id, account, idempotency_key)
    stay = read_stay(gateway, landlord_id, stay_id, account)
    unit = get_unit(gateway, landlord_id, stay.unit)
    (label,) = [lock.label or lock.id for lock in unit.locks if lock.id == lock_id]
    values = {"role": "landlord", "stay": stay, "made": made, "lock": label, "zone": unit.timezone}
    return page(request, "landlord/one_time_codes.html", values | {"here": f"/landlord/stays/{stay_id}"})


@router.post("/stays/{stay_id}/codes/end")
@shown_again(stay_again)
def end_codes(gateway: Gate, landlord_id: LandlordId, stay_id: str) -> Response:
    """Cancel the unused codes; the page shows them as ending until the lock confirms it."""
    service.end_once_codes(gateway, landlord_id, stay_id)
    return go(f"/landlord/stays/{stay_id}?done=staypage.once_ended")
