"""Routes to read and change an alert subscription: the landlord's, by an owner, or an officer's own."""

from fastapi import APIRouter

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Gate, Subscriber
from api.services.account import alerts as service
from api.services.account.alerts import AlertsForm, AlertsShown

router = APIRouter(route_class=CheckedRoute, prefix="/alerts", tags=["accounts"])


@router.get("")
def read_alerts(gateway: Gate, account: Subscriber) -> AlertsShown:
    """Return the alert subscription."""
    return service.read_alerts(gateway, account)


@router.put("")
def change_alerts(gateway: Gate, account: Subscriber, form: AlertsForm) -> AlertsShown:
    """Change the alert subscription. A new webhook address gets a secret, which only this answer shows."""
    return service.change_alerts(gateway, account, form)
