"""The owner's calls: who may sign in for the landlord, and as what."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.framework.dependencies import Gate, Owner
from api.services.access import hash_password
from api.services.schemas import Strict
from gateway.domain.accounts.staff_rights import StaffRole
from gateway.journey.accounts import staff as steps
from gateway.store import Account

router = APIRouter(prefix="/staff", tags=["staff"])


class StaffForm(Strict):
    """Somebody to take on: their login, their name, and owner, desk or viewer."""

    login: Annotated[str, Field(pattern=r"^[A-Za-z0-9._@-]{3,80}$")]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    staff: StaffRole


class StaffShown(BaseModel):
    """Somebody who may sign in for the landlord."""

    id: str
    login: str
    name: str
    staff: str


class StaffTakenOn(StaffShown):
    """The same with the first password, which is shown this once."""

    password: str


def staff_shown(account: Account) -> StaffShown:
    """Somebody, for the owner."""
    return StaffShown(id=account.id, login=account.login, name=account.name, staff=account.staff or "")


@router.get("")
def list_staff(gateway: Gate, owner: Owner) -> list[StaffShown]:
    """Everybody of the owner's landlord."""
    with gateway.database.reading() as session:
        return [staff_shown(row) for row in steps.staff_of(session, owner.landlord_id or "nobody")]


@router.post("", status_code=201)
def add_staff(gateway: Gate, owner: Owner, form: StaffForm) -> StaffTakenOn:
    """Take somebody on; their first password is shown this once."""
    with gateway.database.writing() as session:
        account, password = steps.add_staff(
            session, owner, form.login, form.name.strip(), form.staff, hash_password, gateway.now()
        )
        return StaffTakenOn(**staff_shown(account).model_dump(), password=password)


@router.delete("/{account_id}", status_code=204)
def end_staff(gateway: Gate, owner: Owner, account_id: str) -> None:
    """Let somebody go: they are signed out at once."""
    with gateway.database.writing() as session:
        steps.end_staff(session, owner, account_id, gateway.now())
