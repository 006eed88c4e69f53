"""Routes for an owner to read and change the landlord's alert subscription."""

from fastapi import APIRouter

from api.framework.dependencies import Gate, Owner
from api.services.landlord import alerts as service
from api.services.landlord.alerts import AlertsForm, AlertsShown

router = APIRouter(prefix="/alerts", tags=["landlord"])


@router.get("")
def read_alerts(gateway: Gate, owner: Owner) -> AlertsShown:
    """Return the alert subscription."""
    return service.read_alerts(gateway, owner)


@router.put("")
def change_alerts(gateway: Gate, owner: Owner, form: AlertsForm) -> AlertsShown:
    """Change the alert subscription. A new webhook address gets a secret, which only this answer shows."""
    return service.change_alerts(gateway, owner, form)
