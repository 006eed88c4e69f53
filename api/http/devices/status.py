"""Routes for a tester to see devices and deliveries."""

from fastapi import APIRouter

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Gate, Tester
from api.services.devices import status as service
from api.services.devices.status import DeliveryShown
from api.services.schemas import LockShown

router = APIRouter(route_class=CheckedRoute, tags=["tester"])


@router.get("/locks")
def list_locks(gateway: Gate, _account: Tester) -> list[LockShown]:
    """Return every lock and kiosk."""
    return service.list_locks(gateway)


@router.get("/deliveries")
def list_deliveries(gateway: Gate, _account: Tester) -> list[DeliveryShown]:
    """Return the deliveries that are pending or failed, the newest first, at most 200."""
    return service.list_deliveries(gateway)
