"""Pages for an account's password and passkeys and, for an owner, the landlord's team."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from api.framework.dependencies import Anybody, Gate, Newcomer, Owner, Recent
from api.services.account import passkeys as passkey_service
from api.services.account.email import read_email
from api.services.account.second_factor import read_second_factor
from api.services.landlord import staff as service
from api.services.landlord.staff import StaffForm, StaffTakenOn
from api.web.account import new_password
from api.web.shell.forms import Input, Text, fault_values, refuse_incomplete, refused_by, shown_again
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.accounts.password import MIN_LENGTH
from gateway.domain.accounts.staff_rights import RIGHTS
from gateway.domain.errors import LodgekeyError
from gateway.store import Account
from gateway.texts.marks import N_

router = APIRouter(route_class=PageRoute, include_in_schema=False)

WRONG_STAFF: Final = {
    "login": N_("A username has at least three characters: letters, digits, dots or hyphens."),
    "name": N_("Enter a name of at most 120 characters."),
    "staff": N_("Choose one of the permissions."),
}
NEW_MEMBER: Final[Mapping[str, str]] = {"name": "", "login": "", "staff": "viewer"}


@router.get("/account")
def show_account(request: Request, gateway: Gate, account: Anybody) -> Response:
    """Show the account that is signed in, its password and its passkeys."""
    return account_page(request, gateway, account)


def account_page(request: Request, gateway: Gateway, account: Account, error: LodgekeyError | None = None) -> Response:
    """Return the page, with an error about a new password if there was one."""
    values = {
        "role": account.role,
        "name": account.name,
        "login": account.login if account.password_hash else None,
        "shortest": MIN_LENGTH,
        "factor": read_second_factor(gateway, account).added_at is not None,
        "passkeys": passkey_service.list_passkeys(gateway, account),
        "able": passkey_service.relying_party(gateway) is not None,
        "mail": gateway.settings.sends_mail,
        "email": read_email(gateway, account),
        "notice": notice_of(request),
        **fault_values(language_of(request), error),
    }
    return page(request, "account/settings.html", values, error.status if error else 200)


def account_again(error: LodgekeyError, request: Request, gateway: Gate, account: Anybody) -> Response:
    """Return the page with the error of a form on it, and no password."""
    return account_page(request, gateway, account, error)


@router.post("/account/password")
@shown_again(account_again)
def change_password(
    request: Request,
    gateway: Gate,
    sign_in: Newcomer,
    old: Text = "",
    new: Text = "",
    again: Text = "",
) -> Response:
    """Change the password. The session goes on in a new one of its kind."""
    after = "/account?done=account.password_changed"
    return new_password.change_password(request, gateway, sign_in, after, old=old, new=new, again=again)


@router.post("/account/passkeys/{passkey_id}/remove")
@shown_again(account_again)
def remove_passkey(gateway: Gate, account: Recent, passkey_id: str) -> Response:
    """Delete a passkey."""
    passkey_service.remove_passkey(gateway, account, passkey_id)
    return go("/account?done=account.removed")


@router.get("/landlord/staff")
def show_staff(request: Request, gateway: Gate, owner: Owner) -> Response:
    """Show the team and the form for a new member."""
    return staff_page(request, gateway, owner)


def staff_page(
    request: Request,
    gateway: Gateway,
    owner: Account,
    taken_on: StaffTakenOn | None = None,
    error: LodgekeyError | None = None,
    typed: Mapping[str, str] = NEW_MEMBER,
) -> Response:
    """Return the page, with a member just added, or with the error and what was typed of a new one."""
    values = {
        "role": "landlord",
        "me": owner.id,
        "staff": service.list_staff(gateway, owner),
        "roles": tuple(RIGHTS),
        "taken_on": taken_on,
        "days": gateway.settings.first_password_days,
        "typed": typed,
        "notice": notice_of(request),
        **fault_values(language_of(request), error),
    }
    return page(request, "account/staff.html", values, error.status if error else 200)


@router.post("/landlord/staff")
def add_staff(
    request: Request,
    gateway: Gate,
    owner: Owner,
    login: Text = "",
    name: Text = "",
    staff: Text = "",
) -> Response:
    """Add a team member. Their first password is shown on this page only."""
    typed = {"login": login.strip(), "name": name.strip(), "staff": staff}
    try:
        refuse_incomplete(typed, Input("name", 120), Input("login", 80))
        made = service.add_staff(gateway, owner, StaffForm.model_validate(typed))
    except ValidationError as error:
        return staff_page(request, gateway, owner, error=refused_by(error, WRONG_STAFF), typed=typed)
    except LodgekeyError as error:
        return staff_page(request, gateway, owner, error=error, typed=typed)
    return staff_page(request, gateway, owner, taken_on=made)


def staff_again(error: LodgekeyError, request: Request, gateway: Gate, owner: Owner) -> Response:
    """Return the page of the team with the error of a form on it."""
    return staff_page(request, gateway, owner, error=error)


@router.post("/landlord/staff/{account_id}/password")
@shown_again(staff_again)
def renew_staff_password(request: Request, gateway: Gate, owner: Owner, account_id: str) -> Response:
    """Replace a team member's lost or expired password. The first one is shown on this page only."""
    return staff_page(request, gateway, owner, taken_on=service.renew_staff_password(gateway, owner, account_id))


@router.post("/landlord/staff/{account_id}/second-factor/remove")
@shown_again(staff_again)
def remove_staff_factors(gateway: Gate, owner: Owner, account_id: str) -> Response:
    """Remove a team member's lost passkeys and authenticator app."""
    service.remove_staff_factors(gateway, owner, account_id)
    return go("/landlord/staff?done=staff.factors_removed")


@router.post("/landlord/staff/{account_id}/end")
@shown_again(staff_again)
def end_staff(gateway: Gate, owner: Owner, account_id: str) -> Response:
    """Remove a team member."""
    service.end_staff(gateway, owner, account_id)
    return go("/landlord/staff?done=staff.ended")
