"""Signing in and out, and where each account's pages begin."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from api.error_text import error_text
from api.framework.dependencies import Gate, account_of, check_origin
from api.http.account import sign_in as api
from api.http.account.passkeys import relying_party
from api.services.schemas import SignInForm
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError, SignInNeeded

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
def show_start(request: Request, gateway: Gate) -> Response:
    """Whoever is signed in goes to their own pages."""
    return go(f"/{account_of(request, gateway).role}")


@router.get("/login")
def show_login(request: Request, gateway: Gate) -> Response:
    """The form."""
    return login_page(request, gateway)


def login_page(request: Request, gateway: Gateway, login: str = "", error: LodgekeyError | None = None) -> Response:
    """The form, with what was wrong where it is shown again, and the other ways there are to sign in."""
    values = {
        "login": login,
        "single_sign_on": gateway.single_sign_on is not None,
        "passkeys": relying_party(gateway) is not None,
        "problem": error_text(language_of(request), error) if error else None,
    }
    return page(request, "account/sign_in.html", values, error.status if error else 200)


@router.post("/login", dependencies=[Depends(check_origin)])
def sign_in(
    request: Request,
    gateway: Gate,
    login: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Sign in and go to the account's pages; the form again, with what was wrong, where it is refused."""
    answer = go("/login")
    try:
        account = api.sign_in(gateway, SignInForm(login=login, password=password), request, answer)
    except SignInNeeded as error:
        return login_page(request, gateway, login, error)
    answer.headers["location"] = f"/{account.role}"
    return answer


@router.post("/logout", dependencies=[Depends(check_origin)])
def sign_out(request: Request, gateway: Gate) -> Response:
    """End the session."""
    answer = go("/login")
    api.sign_out(gateway, request, answer)
    return answer
