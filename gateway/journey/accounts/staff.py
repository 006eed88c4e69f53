"""The staff of one landlord: accounts that an owner adds and ends."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.accounts.staff_rights import StaffRole
from gateway.domain.errors import Conflict, NotFound
from gateway.journey.accounts.lost_password import replace_lost_password
from gateway.journey.accounts.sign_in import create_account, forget_sign_in, remove_factors
from gateway.outbox.events import record
from gateway.store import Account
from gateway.texts.marks import N_


def staff_of(session: Session, landlord_id: str) -> Sequence[Account]:
    """The landlord's active accounts, ordered by name."""
    query = select(Account).where(
        Account.role == "landlord", Account.landlord_id == landlord_id, Account.ended_at.is_(None)
    )
    return session.scalars(query.order_by(Account.name, Account.id)).all()


def add_staff(
    session: Session,
    owner: Account,
    login: str,
    name: str,
    staff: StaffRole,
    hashed: Callable[[str], str],
    now: int,
) -> tuple[Account, str]:
    """Add an account for the owner's landlord; returns it and its first password. Conflict if the login is taken."""
    account = Account(role="landlord", login=login, name=name, staff=staff, landlord_id=owner.landlord_id)
    password = create_account(session, account, hashed, now)
    record(session, "StaffAdded", now, data={"account": account.id, "staff": staff, "by": owner.id})
    return account, password


def remove_staff_factors(session: Session, owner: Account, account_id: str, now: int) -> None:
    """Delete the lost passkeys and second factor of a team member. NotFound for another landlord's account."""
    account = _one_of(staff_of(session, owner.landlord_id or "nobody"), account_id)
    remove_factors(session, account, owner.id, now)


def renew_staff_password(
    session: Session, owner: Account, account_id: str, hashed: Callable[[str], str], now: int
) -> tuple[Account, str]:
    """Replace the password of another member of the team; return the member and a first password.

    Raises NotFound for another landlord's account, and Conflict for the owner's own.
    """
    account = _one_of(staff_of(session, owner.landlord_id or "nobody"), account_id)
    if account.id == owner.id:
        raise Conflict(N_("Change your own password on the page of your account."))
    return account, replace_lost_password(session, account, owner.id, hashed, now)


def _one_of(everybody: Sequence[Account], account_id: str) -> Account:
    account = next((row for row in everybody if row.id == account_id), None)
    if account is None:
        raise NotFound(N_("There is no such team member."))
    return account


def end_staff(session: Session, owner: Account, account_id: str, now: int) -> None:
    """End a staff account and its sessions. Conflict for the last owner, NotFound for another landlord's account."""
    everybody = staff_of(session, owner.landlord_id or "nobody")
    account = _one_of(everybody, account_id)
    if account.staff == "owner" and len([row for row in everybody if row.staff == "owner"]) == 1:
        raise Conflict(N_("The last owner cannot be removed."))
    forget_sign_in(session, account, now)
    record(session, "StaffEnded", now, data={"account": account.id, "by": owner.id})
