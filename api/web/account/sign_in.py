"""Pages for signing in and out, and the start page."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response

from api.framework.cookies import delete_cookie, read_cookie, set_cookie
from api.framework.dependencies import Anybody, Gate, origin_of, ours
from api.framework.session_cookie import clear_session_cookie, session_token_of, set_session_cookie
from api.services.account import sign_in as service
from api.services.account.passkeys import relying_party
from api.services.account.schemas import SignInForm
from api.web.shell.forms import Input, Text, fault_values, refuse_incomplete
from api.web.shell.page_route import PageRoute, go, notice_of, page_after
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError, SecondFactorNeeded, SignInNeeded
from gateway.journey.accounts.sign_in import CEREMONY_SECONDS

router = APIRouter(route_class=PageRoute, include_in_schema=False)

CODE_COOKIE: Final = "lodgekey_code"


@router.get("/")
def show_start(account: Anybody) -> Response:
    """Redirect to the start page of the account's role."""
    return go(f"/{account.role}")


@router.get("/login")
def show_login(request: Request, gateway: Gate) -> Response:
    """Show the form. `?next=` names the page to go to afterwards."""
    return login_page(request, gateway, asked=request.query_params.get("next", ""))


def login_page(
    request: Request, gateway: Gateway, login: str = "", error: LodgekeyError | None = None, asked: str = ""
) -> Response:
    """Return the form, with an error if there was one, and the other ways to sign in.

    `asked` is the page to go to afterwards; an address that is not one of this site's pages is dropped.
    """
    after = page_after(asked, "")
    values = {
        "login": login,
        "notice": notice_of(request),
        "next": after,
        "here": f"/login?{urlencode({'next': after})}" if after else "/login",
        "single_sign_on": gateway.single_sign_on is not None,
        "passkeys": relying_party(gateway) is not None,
        "mail": gateway.settings.sends_mail,
        **fault_values(language_of(request), error),
    }
    return page(request, "account/sign_in.html", values, error.status if error else 200)


@router.post("/login", dependencies=[Depends(ours)])
def sign_in(
    request: Request,
    gateway: Gate,
    login: Text = "",
    password: Text = "",
    asked: Annotated[str, Form(alias="next", max_length=1000)] = "",
) -> Response:
    """Sign in and redirect to the page asked for, else to the account's; show the form with the error if refused."""
    try:
        refuse_incomplete({"login": login, "password": password}, Input("login"), Input("password", 1000))
        account, token = service.sign_in(gateway, SignInForm(login=login, password=password), origin_of(request))
    except SecondFactorNeeded as error:
        after = page_after(asked, "")
        answer = go(f"/login/code?{urlencode({'next': after})}" if after else "/login/code")
        set_cookie(request, answer, CODE_COOKIE, str(error.extra["ceremony"]), seconds=CEREMONY_SECONDS)
        return answer
    except LodgekeyError as error:
        return login_page(request, gateway, login, error, asked)
    answer = go(page_after(asked, f"/{account.role}"))
    set_session_cookie(gateway, request, answer, token)
    return answer


@router.get("/login/code")
def show_code_form(request: Request) -> Response:
    """Show the form for the code of a second factor. `?next=` names the page to go to afterwards."""
    return code_page(request, request.query_params.get("next", ""))


def code_page(request: Request, asked: str, error: LodgekeyError | None = None) -> Response:
    """Return the form, with an error if there was one."""
    values = {"next": page_after(asked, ""), "here": "/login/code", **fault_values(language_of(request), error)}
    return page(request, "account/sign_in_code.html", values, error.status if error else 200)


@router.post("/login/code", dependencies=[Depends(ours)])
def sign_in_with_code(
    request: Request,
    gateway: Gate,
    code: Text = "",
    asked: Annotated[str, Form(alias="next", max_length=1000)] = "",
) -> Response:
    """Finish the sign-in with a code; show the form again with a wrong one, the sign-in page where it took too long."""
    try:
        refuse_incomplete({"code": code}, Input("code", 100))
        account, token = service.sign_in_with_code(gateway, read_cookie(request, CODE_COOKIE), code, origin_of(request))
    except SignInNeeded as error:
        return login_page(request, gateway, error=error, asked=asked)
    except LodgekeyError as error:
        return code_page(request, asked, error)
    answer = go(page_after(asked, f"/{account.role}"))
    set_session_cookie(gateway, request, answer, token)
    delete_cookie(request, answer, CODE_COOKIE)
    return answer


@router.post("/logout", dependencies=[Depends(ours)])
def sign_out(request: Request, gateway: Gate) -> Response:
    """End the session."""
    service.sign_out(gateway, session_token_of(request))
    answer = go("/login")
    clear_session_cookie(request, answer)
    return answer
