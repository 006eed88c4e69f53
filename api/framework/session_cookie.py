"""The cookie that holds the token of a session."""

from typing import Final

from fastapi import Request, Response

from api.framework.cookies import delete_cookie, read_cookie, set_cookie
from api.services.account.sign_in import sign_out
from gateway.bootstrap import Gateway

SESSION_COOKIE: Final = "lodgekey_session"


def session_token_of(request: Request) -> str:
    """Return the session token that a request came with; empty if it has none."""
    return read_cookie(request, SESSION_COOKIE)


def set_session_cookie(gateway: Gateway, request: Request, response: Response, token: str) -> None:
    """Set a cookie that scripts cannot read, for as long as the longest session; end the session it takes the place of.

    ASVS 5.0 V7.2.4: whoever knows the token from before has nothing.
    """
    before = session_token_of(request)
    if before and before != token:
        sign_out(gateway, before)
    set_cookie(
        request,
        response,
        SESSION_COOKIE,
        token,
        seconds=max(map(gateway.settings.session_seconds, ("landlord", "officer"))),
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Have the browser delete the session's cookie."""
    delete_cookie(request, response, SESSION_COOKIE)
