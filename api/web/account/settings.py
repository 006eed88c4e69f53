"""Pages around an account: its password and passkeys, and, for an owner, who may sign in for the landlord."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.error_text import error_text
from api.framework.dependencies import Anybody, Gate, Owner
from api.http.account import passkeys as passkeys_api
from api.http.account import passwords as passwords_api
from api.http.landlord import staff as api
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.accounts.password import MIN_LENGTH
from gateway.domain.accounts.staff_rights import RIGHTS
from gateway.domain.errors import Conflict, InputRefused, LodgekeyError, PasswordDiffers, PasswordWrong
from gateway.store import Account
from gateway.texts.marks import N_

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/account")
def show_account(request: Request, gateway: Gate, account: Anybody) -> Response:
    """Who is signed in, their password and their passkeys."""
    return account_page(request, gateway, account)


def account_page(request: Request, gateway: Gateway, account: Account, error: LodgekeyError | None = None) -> Response:
    """The page, with what was wrong with a new password."""
    values = {
        "role": account.role,
        "name": account.name,
        "login": account.login if account.password_hash else None,
        "shortest": MIN_LENGTH,
        "passkeys": passkeys_api.list_passkeys(gateway, account),
        "able": passkeys_api.relying_party(gateway) is not None,
        "notice": notice_of(request),
        "problem": error_text(language_of(request), error) if error else None,
    }
    return page(request, "account/settings.html", values, error.status if error else 200)


@router.post("/account/password")
def change_password(
    request: Request,
    gateway: Gate,
    account: Anybody,
    old: Annotated[str, Form(max_length=1000)],
    new: Annotated[str, Form(max_length=1000)],
    again: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Another password; the page again, with what was wrong, where it is refused."""
    answer = go("/account?done=account.password_changed")
    try:
        if new != again:
            raise PasswordDiffers(N_("The new passwords do not match. Enter them again."))
        form = passwords_api.PasswordForm(old=old, new=new)
        passwords_api.replace_password(gateway, account, form, answer)
    except (PasswordWrong, InputRefused, Conflict) as error:
        return account_page(request, gateway, account, error)
    return answer


@router.post("/account/passkeys/{passkey_id}/remove")
def remove_passkey(gateway: Gate, account: Anybody, passkey_id: str) -> Response:
    """Forget a passkey."""
    passkeys_api.remove_passkey(gateway, account, passkey_id)
    return go("/account?done=account.removed")


@router.get("/landlord/staff")
def show_staff(request: Request, gateway: Gate, owner: Owner) -> Response:
    """Everybody, and a form for one more."""
    return staff_page(request, gateway, owner)


def staff_page(
    request: Request,
    gateway: Gateway,
    owner: Account,
    taken_on: api.StaffTakenOn | None = None,
    error: LodgekeyError | None = None,
) -> Response:
    """The page, with somebody just taken on, or with what was wrong."""
    values = {
        "role": "landlord",
        "me": owner.id,
        "staff": api.list_staff(gateway, owner),
        "roles": tuple(RIGHTS),
        "taken_on": taken_on,
        "notice": notice_of(request),
        "problem": error_text(language_of(request), error) if error else None,
    }
    return page(request, "account/staff.html", values, error.status if error else 200)


@router.post("/landlord/staff")
def add_staff(
    request: Request,
    gateway: Gate,
    owner: Owner,
    login: Annotated[str, Form(max_length=80)],
    name: Annotated[str, Form(max_length=120)],
    staff: Annotated[str, Form(pattern="^(owner|desk|viewer)$")],
) -> Response:
    """Take somebody on; the password is on the answer, and nowhere else."""
    try:
        form = api.StaffForm.model_validate({"login": login.strip(), "name": name, "staff": staff})
        made = api.add_staff(gateway, owner, form)
    except ValueError:
        error = InputRefused(
            N_("A username has at least three characters: letters, digits, dots or hyphens."), field="login"
        )
        return staff_page(request, gateway, owner, error=error)
    except Conflict as error:
        return staff_page(request, gateway, owner, error=error)
    return staff_page(request, gateway, owner, taken_on=made)


@router.post("/landlord/staff/{account_id}/end")
def end_staff(request: Request, gateway: Gate, owner: Owner, account_id: str) -> Response:
    """Let somebody go."""
    try:
        api.end_staff(gateway, owner, account_id)
    except Conflict as error:
        return staff_page(request, gateway, owner, error=error)
    return go("/landlord/staff?done=staff.ended")
