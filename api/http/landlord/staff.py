"""Routes for an owner to manage the landlord's staff."""

from fastapi import APIRouter

from api.framework.dependencies import Gate, Owner
from api.framework.repeatable_route import RepeatableRoute
from api.services.landlord import staff as service
from api.services.landlord.staff import StaffForm, StaffShown, StaffTakenOn

router = APIRouter(route_class=RepeatableRoute, prefix="/staff", tags=["staff"])


@router.get("")
def list_staff(gateway: Gate, owner: Owner) -> list[StaffShown]:
    """Return the staff of the owner's landlord."""
    return service.list_staff(gateway, owner)


@router.post("", status_code=201)
def add_staff(gateway: Gate, owner: Owner, form: StaffForm) -> StaffTakenOn:
    """Add a team member. The answer holds their first password, which is shown only once."""
    return service.add_staff(gateway, owner, form)


@router.put("/{account_id}/password")
def renew_staff_password(gateway: Gate, owner: Owner, account_id: str) -> StaffTakenOn:
    """Replace a team member's lost or expired password with a first one, shown only once. They are signed out."""
    return service.renew_staff_password(gateway, owner, account_id)


@router.delete("/{account_id}/second-factor", status_code=204)
def remove_staff_factors(gateway: Gate, owner: Owner, account_id: str) -> None:
    """Remove a team member's lost passkeys and authenticator app. They are signed out immediately."""
    service.remove_staff_factors(gateway, owner, account_id)


@router.delete("/{account_id}", status_code=204)
def end_staff(gateway: Gate, owner: Owner, account_id: str) -> None:
    """Remove a team member. They are signed out immediately."""
    service.end_staff(gateway, owner, account_id)
