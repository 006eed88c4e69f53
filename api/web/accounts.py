"""Signing in and out, and where each account's pages begin."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from api.http import accounts as api
from api.http.context import Gate, account_of, check_origin
from api.http.shapes import SignInForm
from api.web.page_route import PageRoute, go
from api.web.render import language_of, page
from api.web.text import say_refusal
from gateway.domain.errors import SignInNeeded

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
def show_start(request: Request, gateway: Gate) -> Response:
    """Whoever is signed in goes to their own pages."""
    return go(f"/{account_of(request, gateway).role}")


@router.get("/login")
def show_login(request: Request) -> Response:
    """The form."""
    return page(request, "login.html", {"login": ""})


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
        problem = say_refusal(language_of(request), error)
        return page(request, "login.html", {"login": login, "problem": problem}, error.status)
    answer.headers["location"] = f"/{account.role}"
    return answer


@router.post("/logout", dependencies=[Depends(check_origin)])
def sign_out(request: Request, gateway: Gate) -> Response:
    """End the session."""
    answer = go("/login")
    api.sign_out(gateway, request, answer)
    return answer
