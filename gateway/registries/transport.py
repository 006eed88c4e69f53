"""HTTP to an authority: what was certainly not sent is told apart from what got no usable answer."""

import asyncio
import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from gateway.domain.registration import RegistryUnreachable

MAX_ANSWER = 1 << 20  # bytes
_NOT_TAKEN_IN = {429: "the registry asks for patience", 503: "the registry is out of service"}
_NOT_LET_IN = {401: "the registry refuses our credentials", 403: "the registry refuses us"}


class LostAnswer(Exception):
    """It was sent, and no usable answer came back; the text is a reason without personal data."""


class BadAddress(ValueError):
    """The configured address is not one a registration may be sent to."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer within the size limit."""

    status: int
    body: bytes
    headers: httpx.Headers


def checked_address(url: str) -> str:
    """The URL without a trailing slash; https only, except to a loopback address (a registry simulated here)."""
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query or parts.fragment or not parts.hostname:
        raise BadAddress("a registry's address is https://host/path, without credentials, query or fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise BadAddress("a registry is reached over https")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_client(
    *,
    ca_file: str = "",
    timeout_s: float = 20.0,
    auth: tuple[str, str] | None = None,
    headers: dict[str, str] | None = None,
    guard: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] | None = None,
    reuse: bool = True,
) -> httpx.AsyncClient:
    """A client that follows no redirect and no proxy, and trusts ca_file (PEM) instead of the public authorities.

    reuse=False opens a connection for each request: one that the other side closes while a request is on its way
    leaves an unknown outcome, which is dear where nobody can be asked.
    """
    inner = httpx.AsyncHTTPTransport(
        verify=ssl.create_default_context(cafile=ca_file or None),
        trust_env=False,
        limits=httpx.Limits(max_connections=20, max_keepalive_connections=20 if reuse else 0),
    )
    return httpx.AsyncClient(
        transport=guard(inner) if guard else inner,
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0)),
        follow_redirects=False,
        trust_env=False,
        auth=auth,
        headers=headers,
    )


async def exchange(client: httpx.AsyncClient, request: httpx.Request, *, limit: int = MAX_ANSWER) -> Reply:
    """Send and read the whole answer; raises RegistryUnreachable (nothing was taken in) or LostAnswer."""
    whole_s = (client.timeout.read or 20.0) * 2
    try:
        async with asyncio.timeout(whole_s):
            return _taken_in(await _send(client, request, limit))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise RegistryUnreachable(_reason(error)) from None
    except (httpx.TransportError, TimeoutError) as error:
        raise LostAnswer(_reason(error)) from None


async def ask(client: httpx.AsyncClient, request: httpx.Request, *, limit: int = MAX_ANSWER) -> Reply:
    """Send a question that changes nothing: a lost answer is RegistryUnreachable too, for asking again is safe."""
    try:
        return await exchange(client, request, limit=limit)
    except LostAnswer as lost:
        raise RegistryUnreachable(str(lost)) from None


async def _send(client: httpx.AsyncClient, request: httpx.Request, limit: int) -> Reply:
    response = await client.send(request, stream=True)
    try:
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > limit:
                raise LostAnswer("the answer is larger than any real one")
        return Reply(response.status_code, bytes(body), response.headers)
    finally:
        await response.aclose()


def _taken_in(reply: Reply) -> Reply:
    if reply.status in _NOT_TAKEN_IN:
        raise RegistryUnreachable(_NOT_TAKEN_IN[reply.status])
    if reply.status in _NOT_LET_IN:
        raise RegistryUnreachable(_NOT_LET_IN[reply.status])
    if 300 <= reply.status < 400:
        raise LostAnswer("the answer is a redirect, which is never followed")
    return reply


def _reason(error: Exception) -> str:
    # Class names only: an exception's text may quote the address or the payload.
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "the registry's certificate is not from the authority we trust"
    return f"no answer ({type(error).__name__})"
