"""A landlord's staff: who may sign in for the landlord, and in which role.

`owner` is the owner who asks; only the staff of their landlord are found.
"""

from typing import Annotated

from pydantic import BaseModel, Field

from api.services.access import hash_password
from api.services.schemas import Strict
from gateway.bootstrap import Gateway
from gateway.domain.accounts.staff_rights import StaffRole
from gateway.journey.accounts import staff as steps
from gateway.store import Account


class StaffForm(Strict):
    """A new team member: username, name, and role (owner, desk or viewer)."""

    login: Annotated[str, Field(pattern=r"^[A-Za-z0-9._@-]{3,80}$")]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    staff: StaffRole


class StaffShown(BaseModel):
    """A team member: somebody who may sign in for the landlord."""

    id: str
    login: str
    name: str
    staff: str


class StaffTakenOn(StaffShown):
    """A team member with a first password, which is shown only once and expires (`first_password_days`)."""

    password: str


def staff_shown(account: Account) -> StaffShown:
    """Present a team member to the owner."""
    return StaffShown(id=account.id, login=account.login, name=account.name, staff=account.staff or "")


def list_staff(gateway: Gateway, owner: Account) -> list[StaffShown]:
    """Return the staff of the owner's landlord."""
    with gateway.database.reading() as session:
        return [staff_shown(row) for row in steps.staff_of(session, owner.landlord_id or "nobody")]


def add_staff(gateway: Gateway, owner: Account, form: StaffForm) -> StaffTakenOn:
    """Create an account for a team member; return it with its first password. Raises Conflict for a taken username."""
    with gateway.database.writing() as session:
        account, password = steps.add_staff(
            session, owner, form.login, form.name.strip(), form.staff, hash_password, gateway.now()
        )
        return StaffTakenOn(**staff_shown(account).model_dump(), password=password)


def renew_staff_password(gateway: Gateway, owner: Account, account_id: str) -> StaffTakenOn:
    """Replace a team member's lost or expired password; their sessions end. Raises NotFound, or Conflict."""
    with gateway.database.writing() as session:
        account, password = steps.renew_staff_password(session, owner, account_id, hash_password, gateway.now())
        return StaffTakenOn(**staff_shown(account).model_dump(), password=password)


def remove_staff_factors(gateway: Gateway, owner: Account, account_id: str) -> None:
    """Remove a team member's lost passkeys and authenticator app; their sessions end. Raises NotFound."""
    with gateway.database.writing() as session:
        steps.remove_staff_factors(session, owner, account_id, gateway.now())


def end_staff(gateway: Gateway, owner: Account, account_id: str) -> None:
    """End a team member's account and its sessions. Raises NotFound, or Conflict for the last owner."""
    with gateway.database.writing() as session:
        steps.end_staff(session, owner, account_id, gateway.now())
