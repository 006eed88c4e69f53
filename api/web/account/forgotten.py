"""Pages for a forgotten password: a link is requested, and the page that it leads to takes a new password."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request, Response

from api.framework.cookies import delete_cookie, read_cookie, set_cookie
from api.framework.dependencies import Gate, origin_of, ours
from api.services.account import forgotten as service
from api.services.account.forgotten import NewPasswordForm
from api.web.account.new_password import refuse_differing
from api.web.shell.forms import Input, Text, fault_values, refuse_incomplete
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.accounts.password import MIN_LENGTH
from gateway.domain.errors import LodgekeyError, NotFound
from gateway.journey.accounts.mails import LINK_SECONDS

router = APIRouter(prefix="/login", route_class=PageRoute, include_in_schema=False)

LINK_COOKIE: Final = "lodgekey_new_password"
LinkToken = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,43}$")]


@router.get("/forgotten")
def show_request(request: Request, gateway: Gate) -> Response:
    """Show the form for the username."""
    return request_page(request, gateway)


def request_page(
    request: Request, gateway: Gateway, login: str = "", error: LodgekeyError | None = None, *, sent: bool = False
) -> Response:
    """Return the form, or what was done; where no mail server is set up, whom to ask."""
    values = {
        "login": login,
        "sent": sent,
        "able": gateway.settings.sends_mail,
        "here": "/login/forgotten",
        **fault_values(language_of(request), error),
    }
    return page(request, "account/by_email/forgotten.html", values, error.status if error else 200)


@router.post("/forgotten", dependencies=[Depends(ours)])
def request_link(request: Request, gateway: Gate, login: Text = "") -> Response:
    """Have a link sent. The answer does not depend on the account."""
    if not gateway.settings.sends_mail:
        return request_page(request, gateway)
    try:
        refuse_incomplete({"login": login}, Input("login"))
        service.request_link(gateway, login, origin_of(request))
    except LodgekeyError as error:
        return request_page(request, gateway, login, error)
    return request_page(request, gateway, sent=True)


@router.get("/forgotten/{token}")
def open_link(request: Request, token: LinkToken) -> Response:
    """Go to the page for a new password, whose address does not hold the token. Nothing is looked up or used up."""
    answer = go("/login/new-password")
    answer.headers["Referrer-Policy"] = "no-referrer"
    set_cookie(request, answer, LINK_COOKIE, token, seconds=LINK_SECONDS)
    return answer


@router.get("/new-password")
def show_form(request: Request, gateway: Gate) -> Response:
    """Show the form, or that the link is not valid."""
    return form_page(request, gateway)


def form_page(request: Request, gateway: Gateway, error: LodgekeyError | None = None) -> Response:
    """Return the form, with an error if there was one; without one if the link is not valid."""
    try:
        login = service.account_of_link(gateway, read_cookie(request, LINK_COOKIE)).login
    except NotFound as invalid:
        login, error = None, invalid
    values = {
        "login": login,
        "shortest": MIN_LENGTH,
        "here": "/login/new-password",
        **fault_values(language_of(request), error),
    }
    return page(request, "account/by_email/new_password.html", values, error.status if error else 200)


@router.post("/new-password", dependencies=[Depends(ours)])
def choose_password(request: Request, gateway: Gate, new: Text = "", again: Text = "") -> Response:
    """Change the password and go to the sign-in page."""
    try:
        refuse_differing(new=new, again=again)
        form = NewPasswordForm(new=new)
        service.choose_password(gateway, read_cookie(request, LINK_COOKIE), form, origin_of(request))
    except LodgekeyError as error:
        return form_page(request, gateway, error)
    answer = go("/login?done=account.password_chosen")
    delete_cookie(request, answer, LINK_COOKIE)
    return answer
