"""The page where an account with a first password, which somebody else set, chooses its own; it opens no other page."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.framework.dependencies import Gate, Newcomer
from api.web.account import new_password
from api.web.shell.forms import Text, fault_values
from api.web.shell.page_route import PageRoute, go, page_after
from api.web.shell.render import language_of, page
from gateway.domain.accounts.password import MIN_LENGTH
from gateway.domain.errors import LodgekeyError
from gateway.store import Account

router = APIRouter(prefix="/account/first-password", route_class=PageRoute, include_in_schema=False)


@router.get("")
def show_form(request: Request, sign_in: Newcomer) -> Response:
    """Show the form. `?next=` names the page to go to afterwards, at once for who has a password of their own."""
    account, asked = sign_in.account, request.query_params.get("next", "")
    return form_page(request, account, asked) if account.password_is_first else go(page_after(asked, "/"))


def form_page(request: Request, account: Account, asked: str, error: LodgekeyError | None = None) -> Response:
    """Return the form, with an error if there was one."""
    values = {
        "role": account.role,
        "login": account.login,
        "next": page_after(asked, f"/{account.role}"),
        "shortest": MIN_LENGTH,
        **fault_values(language_of(request), error),
    }
    return page(request, "account/first_password.html", values, error.status if error else 200)


@router.post("")
def change_password(
    request: Request,
    gateway: Gate,
    sign_in: Newcomer,
    old: Text = "",
    new: Text = "",
    again: Text = "",
    asked: Annotated[str, Form(alias="next", max_length=1000)] = "",
) -> Response:
    """Change the password and go to the page that was asked for."""
    after = page_after(asked, f"/{sign_in.account.role}")
    try:
        return new_password.change_password(request, gateway, sign_in, after, old=old, new=new, again=again)
    except LodgekeyError as error:
        return form_page(request, sign_in.account, asked, error)
