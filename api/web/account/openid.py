"""Pages for officers who sign in at their own OpenID provider."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from api.framework.cookies import delete_cookie, read_cookie, set_cookie
from api.framework.dependencies import Gate, caller, origin_of, ours
from api.framework.head import IS_HEAD
from api.framework.session_cookie import set_session_cookie
from api.services.account.openid import begin_sign_on, finish_sign_on
from api.web.account.sign_in import login_page
from api.web.shell.page_route import PageRoute, go, page_after
from api.web.shell.render import page
from gateway.domain.errors import LodgekeyError
from gateway.journey.accounts.sign_in import CEREMONY_SECONDS

router = APIRouter(prefix="/login/officer", route_class=PageRoute, include_in_schema=False)

COOKIE: Final = "lodgekey_sign_on"


@router.post("", dependencies=[Depends(ours)])
async def begin(
    request: Request, gateway: Gate, asked: Annotated[str, Form(alias="next", max_length=1000)] = ""
) -> Response:
    """Begin a sign-in, with a page that goes on to the provider by itself.

    It is not a redirect because browsers apply `form-action 'self'` to the target of a redirect after a form, too.
    """
    try:
        begun = await begin_sign_on(gateway, caller(request), page_after(asked, "/officer"))
    except LodgekeyError as error:
        return login_page(request, gateway, error=error, asked=asked)
    answer = page(request, "account/to_provider.html", {"url": begun.url, "here": "/login"})
    # The browser comes back from the provider's site, and the cookie is good for one answer only.
    set_cookie(request, answer, COOKIE, begun.ceremony, seconds=CEREMONY_SECONDS)
    return answer


@router.get("/return")
async def come_back(request: Request, gateway: Gate) -> Response:
    """Take the provider's answer: begin a session for the officer, or show the login page with the error.

    The browser brings it by GET (RFC 6749 §4.1.2). HEAD does not take it, because it can be used once.
    """
    if request.scope.get(IS_HEAD):
        return go("/login")
    ceremony = read_cookie(request, COOKIE)
    try:
        token, asked = await finish_sign_on(gateway, ceremony, dict(request.query_params), origin_of(request))
    except LodgekeyError as error:
        answer = login_page(request, gateway, error=error)
    else:
        answer = page(request, "account/signed_in.html", {"home": asked, "here": "/login"})
        await asyncio.to_thread(set_session_cookie, gateway, request, answer, token)
    delete_cookie(request, answer, COOKIE)
    return answer
