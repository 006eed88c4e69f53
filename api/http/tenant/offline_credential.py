"""Route for the credential with which a phone opens a lock nearby without a network."""

from fastapi import APIRouter, Depends

from api.framework.dependencies import Gate, ours
from api.framework.repeatable_route import RepeatableRoute
from api.services.tenant.offline_credential import NearForm, NearShown, issue_offline_credential

router = APIRouter(route_class=RepeatableRoute, prefix="/keys", tags=["holder"], dependencies=[Depends(ours)])


@router.post("/{key_id}/near")
def vouch_for_near(gateway: Gate, key_id: str, form: NearForm) -> NearShown:
    """Issue a credential for the lock nearby. It expires like the phone's own, so request a new one in time."""
    return issue_offline_credential(gateway, key_id, form)
