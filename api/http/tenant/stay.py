"""Routes for a holder to end the stay or to request another end. The phone that holds the key signs every request."""

from fastapi import APIRouter, Depends

from api.framework.dependencies import Gate, ours
from api.framework.repeatable_route import RepeatableRoute
from api.services.schemas import DateRequestShown, UnlockForm
from api.services.tenant import erasure
from api.services.tenant import stay as service
from api.services.tenant.erasure import ErasureShown
from api.services.tenant.stay import DateRequestForm, OwnArrivalForm, OwnDepartureForm

router = APIRouter(route_class=RepeatableRoute, prefix="/keys", tags=["holder"], dependencies=[Depends(ours)])


@router.post("/{key_id}/end", status_code=204)
def end_stay(gateway: Gate, key_id: str, form: UnlockForm) -> None:
    """End the stay now, signed over `lodgekey-end`. Its keys are revoked and its check-out is filed."""
    service.end_stay(gateway, key_id, form)


@router.post("/{key_id}/erasure", status_code=202)
def ask_for_erasure(gateway: Gate, key_id: str, form: UnlockForm) -> ErasureShown:
    """Ask for the holder's data to be erased, signed over `lodgekey-erase`; also after the stay has ended.

    Returns what the law keeps and until when. It takes effect when the stay has ended.
    """
    return erasure.ask_for_erasure(gateway, key_id, form)


@router.post("/{key_id}/dates", status_code=202)
def request_dates(gateway: Gate, key_id: str, form: DateRequestForm) -> DateRequestShown:
    """Request another end of the stay from the landlord. A later request replaces an earlier one."""
    return service.request_dates(gateway, key_id, form)


@router.post("/{key_id}/arrival", status_code=204)
def arrive_later(gateway: Gate, key_id: str, form: OwnArrivalForm) -> None:
    """Say when you arrived, if later than the stay began, signed over `lodgekey-arrival`. The change is filed."""
    service.arrive_later(gateway, key_id, form)


@router.post("/{key_id}/departure", status_code=204)
def plan_departure(gateway: Gate, key_id: str, form: OwnDepartureForm) -> None:
    """Say when you leave before the others, signed over `lodgekey-departure`. Your key ends then; others keep theirs.

    The end of the stay takes an earlier departure back.
    """
    service.plan_departure(gateway, key_id, form)
