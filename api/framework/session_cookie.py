"""The cookie that holds the token of a session."""

from typing import Final

from fastapi import Request, Response

from gateway.bootstrap import Gateway

SESSION_COOKIE: Final = "lodgekey_session"


def session_token_of(request: Request) -> str:
    """Return the session token that a request came with; empty if it has none."""
    return request.cookies.get(SESSION_COOKIE, "")


def set_session_cookie(gateway: Gateway, response: Response, token: str) -> None:
    """Set a cookie that scripts cannot read, for as long as a session.

    Lax: browsers send it when a link on another site, or in an e-mail, opens a page here, and with nothing else that
    another site starts. Such a link opens a page by GET, and GET changes nothing; forms are checked by `check_origin`.
    """
    seconds = gateway.settings.session_hours * 3600
    secure = gateway.settings.address.startswith("https:")
    response.set_cookie(SESSION_COOKIE, token, max_age=seconds, httponly=True, samesite="lax", secure=secure, path="/")


def clear_session_cookie(response: Response) -> None:
    """Have the browser delete the session's cookie."""
    response.delete_cookie(SESSION_COOKIE, path="/")
