"""The form for the own e-mail address, and the page that its link leads to."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import ValidationError

from api.framework.dependencies import Anybody, Gate, Recent
from api.services.account import email as service
from api.services.account.email import EmailForm
from api.web.account.settings import account_again
from api.web.shell.forms import Text, fault_values, refused_by, shown_again
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError
from gateway.store import Account
from gateway.texts.marks import N_

router = APIRouter(prefix="/account/email", route_class=PageRoute, include_in_schema=False)

WRONG: Final = {"email": N_("Enter an email address such as name@example.com, or leave it empty.")}
LinkToken = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,43}$")]


@router.post("")
@shown_again(account_again)
def change_email(request: Request, gateway: Gate, account: Recent, email: Text = "") -> Response:
    """Have a link sent to the address, or remove it."""
    try:
        form = EmailForm(email=email.strip())
    except ValidationError as error:
        raise refused_by(error, WRONG) from None
    sent = service.change_email(gateway, account, form, language_of(request))
    return go(f"/account?done=account.{'email_sent' if sent else 'email_removed'}")


@router.get("/{token}")
def show_form(request: Request, gateway: Gate, account: Anybody, token: LinkToken) -> Response:
    """Show the address and the button that confirms it. Opening the link changes nothing."""
    return confirm_page(request, gateway, account, token)


def confirm_page(
    request: Request, gateway: Gateway, account: Account, token: str, error: LodgekeyError | None = None
) -> Response:
    """Return the page, with an error if there was one. Raises NotFound for a link that is not valid for the account."""
    email = service.email_of_link(gateway, account, token)
    values = {"role": account.role, "login": account.login, "email": email, "token": token}
    values |= fault_values(language_of(request), error)
    return page(request, "account/by_email/confirm.html", values, error.status if error else 200)


def confirm_again(
    error: LodgekeyError, request: Request, gateway: Gate, account: Anybody, token: LinkToken
) -> Response:
    """Return the page with the error of its form."""
    return confirm_page(request, gateway, account, token, error)


@router.post("/{token}")
@shown_again(confirm_again)
def confirm_email(gateway: Gate, account: Anybody, token: LinkToken) -> Response:
    """Use the address from now on."""
    service.confirm_email(gateway, account, token)
    return go("/account?done=account.email_confirmed")
