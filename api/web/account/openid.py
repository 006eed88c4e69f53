"""Officers sign in at their own OpenID provider and come back with its answer."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Depends, Request, Response

from api.framework.dependencies import Gate, caller, check_origin
from api.http.account.sign_in import begin_session
from api.web.account.sign_in import login_page
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import page
from gateway.bootstrap import Gateway
from gateway.domain.errors import NotFound, SignOnAway, SignOnNotEntitled, SignOnRefused
from gateway.integrations.openid import Begun, KnownOfficer, SingleSignOn
from gateway.journey.accounts.sign_in import (
    CEREMONY_SECONDS,
    admit_officer,
    begin_ceremony,
    end_sessions,
    officer_known,
    take_ceremony,
)
from gateway.texts.marks import N_

router = APIRouter(prefix="/login/officer", route_class=PageRoute, include_in_schema=False)

COOKIE: Final = "lodgekey_sign_on"
KIND: Final = "single_sign_on"


def provider_of(gateway: Gateway) -> SingleSignOn:
    """The provider of officers; NotFound where none was set up."""
    if gateway.single_sign_on is None:
        raise NotFound(N_("Single sign-on is not set up here. Use your username and password."))
    return gateway.single_sign_on


@router.post("", dependencies=[Depends(check_origin)])
async def begin(request: Request, gateway: Gate) -> Response:
    """Begin a sign-in: a page that goes on to the provider by itself, and what its answer will be checked against.

    Not a redirect: browsers apply `form-action 'self'` to where an answer to a form redirects as well.
    """
    provider = provider_of(gateway)
    gateway.attempts.hit("sign_on", caller(request))
    try:
        begun = await provider.begin()
    except SignOnAway as error:
        return login_page(request, gateway, error=error)
    name = await asyncio.to_thread(_begin_ceremony, gateway, begun)
    answer = page(request, "account/to_provider.html", {"url": begun.url, "here": "/login"})
    secure = gateway.settings.address.startswith("https:")
    # Lax, because the browser comes back from the provider's site; it is worth nothing but this one answer.
    path = router.prefix
    answer.set_cookie(COOKIE, name, max_age=CEREMONY_SECONDS, httponly=True, samesite="lax", secure=secure, path=path)
    return answer


@router.get("/return")
async def come_back(request: Request, gateway: Gate) -> Response:
    """The provider's answer: a session for the officer, or the login page with what was wrong.

    The protocol has the browser bring it by GET (RFC 6749 §4.1.2). It is good once, so HEAD does not take it.
    """
    if request.method == "HEAD":
        return go("/login")
    provider = provider_of(gateway)
    gateway.attempts.hit("sign_on", caller(request))
    data = await asyncio.to_thread(_take_ceremony, gateway, request.cookies.get(COOKIE, ""))
    try:
        if data is None:
            raise SignOnRefused(N_("The sign-in took too long or was started in another browser. Start again."))
        claims = await provider.finish(data, dict(request.query_params))
        known = await asyncio.to_thread(officer_for, gateway, provider, claims)
        answer = await asyncio.to_thread(admit, request, gateway, known)
    except (SignOnRefused, SignOnNotEntitled, SignOnAway) as error:
        answer = login_page(request, gateway, error=error)
    answer.delete_cookie(COOKIE, path=router.prefix)
    return answer


def _begin_ceremony(gateway: Gateway, begun: Begun) -> str:
    """The name under which what the answer is checked against is kept."""
    with gateway.database.writing() as session:
        return begin_ceremony(session, KIND, begun.data, gateway.now())


def _take_ceremony(gateway: Gateway, name: str) -> Mapping[str, Any] | None:
    """What was kept under this name; None where nothing is, or no more."""
    with gateway.database.writing() as session:
        return take_ceremony(session, KIND, name, gateway.now())


def officer_for(gateway: Gateway, provider: SingleSignOn, claims: dict[str, Any]) -> KnownOfficer:
    """The officer; whoever is one no more is signed out everywhere before being refused."""
    try:
        return provider.officer_of(claims)
    except SignOnNotEntitled:
        with gateway.database.writing() as session:
            account = officer_known(session, str(claims["iss"]), str(claims["sub"]))
            if account is not None:
                end_sessions(session, account.id)
        raise


def admit(request: Request, gateway: Gateway, known: KnownOfficer) -> Response:
    """Signed in. The next page is one of ours that goes on by itself: a Strict cookie is not sent along a redirect that
    began at another site."""
    answer = page(request, "account/signed_in.html", {"home": "/officer", "here": "/login"})
    with gateway.database.writing() as session:
        account = admit_officer(session, known.issuer, known.subject, known.name, known.area, gateway.now())
        begin_session(gateway, session, account, answer)
    return answer
