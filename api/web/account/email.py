"""The form for the own e-mail address, and the page that its link leads to."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import ValidationError

from api.framework.dependencies import Anybody, Gate, Recent
from api.services.account import email as service
from api.services.account.email import EmailForm
from api.web.account.settings import account_again
from api.web.shell.forms import Text, refused_by, shown_again
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of, page
from gateway.texts.marks import N_

router = APIRouter(prefix="/account/email", route_class=PageRoute, include_in_schema=False)

WRONG: Final = {"email": N_("Enter an email address such as name@example.com, or leave it empty.")}
LinkToken = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]


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
def show_form(request: Request, account: Anybody, token: LinkToken) -> Response:
    """Show the button that confirms the address. Opening the link changes nothing."""
    return page(request, "account/email.html", {"role": account.role, "login": account.login, "token": token})


@router.post("/{token}")
def confirm_email(gateway: Gate, account: Anybody, token: LinkToken) -> Response:
    """Use the address from now on."""
    service.confirm_email(gateway, account, token)
    return go("/account?done=account.email_confirmed")
