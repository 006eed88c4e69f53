"""Cookies that only this host's pages set: `__Host-` names over HTTPS, plain ones over HTTP (RFC 6265bis §4.1.3.2)."""

from typing import Final

from fastapi import Request, Response
from fastapi.security import APIKeyCookie
from starlette.requests import HTTPConnection

PREFIX: Final = "__Host-"


def is_secure(request: HTTPConnection) -> bool:
    """Whether the browser sent the request by HTTPS (`Guard` has set its scheme by then)."""
    return request.scope.get("scheme") == "https"


def cookie_name(request: HTTPConnection, name: str) -> str:
    """Return the cookie's name for the request's scheme: browsers take the prefix over HTTPS only."""
    return PREFIX + name if is_secure(request) else name


def read_cookie(request: HTTPConnection, name: str) -> str:
    """Return the cookie's value; empty if there is none. Over HTTPS a cookie without the prefix is not ours."""
    return request.cookies.get(cookie_name(request, name), "")


def set_cookie(request: Request, response: Response, name: str, value: str, *, seconds: int) -> None:
    """Set a cookie that scripts cannot read, without a Domain and for every path, which the prefix requires.

    Lax: browsers send it when a link on another site, or in an e-mail, opens a page here, and with nothing else that
    another site starts. Such a link opens a page by GET, and GET changes nothing; forms are checked by `check_origin`.
    """
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
        path="/",
    )


def delete_cookie(request: Request, response: Response, name: str) -> None:
    """Have the browser delete the cookie."""
    response.delete_cookie(
        cookie_name(request, name), path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


class CookieOfScheme(APIKeyCookie):
    """A security scheme of the API's description whose cookie is read by the name for the request's scheme."""

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the cookie's value, if there is one."""
        return read_cookie(request, self.model.name) or None
