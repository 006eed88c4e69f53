"""HTTP to an authority, with requests certainly not sent kept apart from requests without a usable answer."""

import asyncio
import base64
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from gateway.domain.filings.record import RegistryUnreachable
from gateway.domain.outcomes import CodedFailure
from gateway.outbound.public_addresses import GuardedResolver
from gateway.spans import known_method, span

MAX_ANSWER: Final = 1 << 20  # bytes
CONNECT_S: Final = 10.0
KEPT_OPEN_S: Final = 4.0  # shorter than servers keep idle connections, so that they rarely close one during a request
_NOT_TAKEN_IN: Final = {429: "busy", 503: "out_of_service"}
_NOT_LET_IN: Final = {401: "credentials_refused", 403: "access_refused"}
_NEVER_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


_DATES: ContextVar[Callable[[str, int], None] | None] = ContextVar("_DATES", default=None)


class LostAnswer(CodedFailure):
    """The request was sent and got no usable answer."""


class BadAddress(ValueError):
    """The configured address may not be used for registrations."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete response within the size limit.

    `retry_after`: seconds, 0 if the header is missing or cannot be read. `schemes`: the ways to sign in that it offers
    (WWW-Authenticate). `cookies`: name and value of each cookie that it sets.
    """

    status: int
    body: bytes
    retry_after: int = 0
    schemes: tuple[str, ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()


def checked_address(url: str) -> str:
    """The URL without trailing slash. Raises BadAddress unless https, or loopback (a registry simulated here)."""
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query or parts.fragment or not parts.hostname:
        raise BadAddress("a registry's address is https://host/path, without credentials, query or fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise BadAddress("a registry is reached over https")
    return url.rstrip("/")


def checked_webhook(url: str, networks: str) -> str:
    """The address of a user's webhook without trailing slash. Raises BadAddress as `checked_address` does.

    Also for spaces and control characters, and for a host that is, in any way of writing it that the system's resolver
    takes, an address neither public nor in `networks` (with commas between). Names are judged again at each use.
    """
    if not url.isprintable() or " " in url:
        raise BadAddress("an address has no spaces")
    try:
        url, host = checked_address(url), (urlsplit(url).hostname or "").rstrip(".")
        _ = urlsplit(url).port
    except ValueError:
        raise BadAddress("a registry's address is https://host/path, without credentials, query or fragment") from None
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 §6.3
        host = "127.0.0.1"
    with suppress(OSError):  # 127.1, 0x7f000001 and 2130706433
        host = socket.inet_ntoa(socket.inet_aton(host))
    try:
        GuardedResolver(filter(None, map(str.strip, networks.split(",")))).judge(host)
    except RegistryUnreachable:
        raise BadAddress("it is in a network that is not public") from None
    return url


def is_loopback(host: str) -> bool:
    """Whether the host is written as a loopback address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Client:
    """Connections to one authority, opened at first use. Follows no redirect, uses no proxy, keeps no cookie."""

    def __init__(
        self, open_session: Callable[[], aiohttp.ClientSession], timeout_s: float, guard: GuardedResolver | None
    ) -> None:
        self._open_session, self._whole_s, self._guard = open_session, 2 * timeout_s, guard
        self._session: aiohttp.ClientSession | None = None

    async def exchange(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = MAX_ANSWER,
    ) -> Reply:
        """Send a request and read the response. Raises RegistryUnreachable (nothing was processed) or LostAnswer."""
        return taken_in(await self.send(method, url, json=json, content=content, headers=headers, limit=limit))

    async def send(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = MAX_ANSWER,
    ) -> Reply:
        """As exchange, but every status is a response, including redirects and refused credentials."""
        where = URL(url, encoded=True)
        if self._guard is not None:
            self._guard.judge(where.host or "")
        return await self._connected(method, where, json=json, data=content, headers=dict(headers or {}), limit=limit)

    async def _connected(self, method: str, where: URL, *, headers: dict[str, str], limit: int, **sent: Any) -> Reply:
        """Send over a connection that is kept, opened at first use."""
        if self._session is None:
            self._session = self._open_session()
        with span(known_method(method), "client", http__request__method=known_method(method)) as attributes:
            reply = await self._over(self._session, method, where, headers=headers, limit=limit, **sent)
            attributes["http.response.status_code"] = reply.status
            return reply

    async def _over(self, session: aiohttp.ClientSession, method: str, where: URL, *, limit: int, **sent: Any) -> Reply:
        asked = session.request(method, where, allow_redirects=False, **sent)
        try:
            async with asyncio.timeout(self._whole_s), asked as response:
                tell_date(where, response.headers.get("Date", ""))
                seconds = pause_of(response.headers.get("Retry-After", ""), response.headers.get("Date", ""))
                schemes = tuple(response.headers.getall("WWW-Authenticate", ()))
                cookies = tuple((name, cookie.coded_value) for name, cookie in response.cookies.items())
                return Reply(response.status, await _body(response, limit), seconds, schemes, cookies)
        except _NEVER_SENT as error:
            code, details = _reason(error)
            raise RegistryUnreachable(code, **details) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            code, details = _reason(error)
            raise LostAnswer(code, **details) from None

    async def ask(
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = MAX_ANSWER,
    ) -> Reply:
        """Send a read-only request. Raises RegistryUnreachable for a lost answer too, as repeating it is safe."""
        try:
            return await self.exchange(method, url, content=content, headers=headers, limit=limit)
        except LostAnswer as lost:
            raise RegistryUnreachable(lost.code, **lost.details) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def open_client(
    *,
    ca_file: str = "",
    timeout_s: float = 20.0,
    account: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    guard: GuardedResolver | None = None,
    certificate_file: str = "",
    reuse: bool = True,
) -> Client:
    """A client that trusts ca_file (PEM) instead of the public authorities. account: user name and password.

    certificate_file: the client's own certificate and its key in PEM, for a service that asks for one.
    reuse=False opens a connection for each request: a reused one that the server closes during a request leaves an
    unknown outcome, which is costly where the outcome cannot be queried.
    """
    always = dict(headers or {}) | (_basic(*account) if account else {})
    opener = session_opener(
        ca_file=ca_file,
        timeout_s=timeout_s,
        headers=always,
        guard=guard,
        certificate_file=certificate_file,
        reuse=reuse,
    )
    return Client(opener, timeout_s, guard)


def session_opener(
    *,
    ca_file: str,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
    guard: GuardedResolver | None = None,
    certificate_file: str = "",
    reuse: bool = True,
) -> Callable[[], aiohttp.ClientSession]:
    """A function that opens sessions with the settings of open_client."""
    trusted = ssl.create_default_context(cafile=ca_file or None)
    if certificate_file:
        trusted.load_cert_chain(certificate_file)
    always = {"Accept-Encoding": "identity"} | dict(headers or {})
    connect_s = min(timeout_s, CONNECT_S)

    def open_session() -> aiohttp.ClientSession:
        connections: dict[str, Any] = {"force_close": True} if not reuse else {"keepalive_timeout": KEPT_OPEN_S}
        resolver = guard or aiohttp.ThreadedResolver()
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=trusted, resolver=resolver, use_dns_cache=False, limit=20, **connections
            ),
            headers=always,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(connect=connect_s, sock_connect=connect_s, sock_read=timeout_s),
            auto_decompress=False,  # uncompressed responses only: nothing may expand while it is read
            trust_env=False,
        )

    return open_session


def _basic(user: str, password: str) -> dict[str, str]:
    """The Authorization header of Basic authentication (RFC 7617), in UTF-8."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@contextmanager
def hearing_dates(hear: Callable[[str, int], None]) -> Iterator[None]:
    """Tell `hear` the host and the Date of each answer in this block, from servers that proved their name (TLS).

    Date (RFC 9110 §6.6.1) is when the answer was made, in UTC seconds.
    """
    token = _DATES.set(hear)
    try:
        yield
    finally:
        _DATES.reset(token)


def tell_date(where: URL, date: str) -> None:
    """Tell who listens the time of a server elsewhere: one on this machine has this machine's clock."""
    hear, host, at = _DATES.get(), where.host or "", seconds_of(date)
    if (
        hear is not None
        and at is not None
        and where.scheme == "https"
        and not (host == "localhost" or is_loopback(host))
    ):
        hear(host, at)


def pause_of(after: str, date: str) -> int:
    """The seconds of a Retry-After, given as such or as a date (RFC 9110 §10.2.3); 0 for what cannot be read.

    A date is compared with the answer's own Date (§6.6.1), so that neither clock has to be right.
    """
    if after.isascii() and after.isdecimal() and len(after) < 10:
        return int(after)
    until, at = seconds_of(after), seconds_of(date)
    return 0 if until is None or at is None else max(0, until - at)


def seconds_of(date: str) -> int | None:
    """The UTC seconds of an HTTP-date in any of its three formats (RFC 9110 §5.6.7); None if it is none."""
    try:
        read = parsedate_to_datetime(date)
        return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > limit:
            raise LostAnswer("answer_too_large")
    return bytes(body)


def taken_in(reply: Reply) -> Reply:
    """The response, if the record may have been processed. Raises RegistryUnreachable, or LostAnswer if redirected."""
    if reply.status in _NOT_TAKEN_IN:
        raise RegistryUnreachable(_NOT_TAKEN_IN[reply.status])
    if reply.status in _NOT_LET_IN:
        raise RegistryUnreachable(_NOT_LET_IN[reply.status])
    if 300 <= reply.status < 400:
        raise LostAnswer("redirected")
    return reply


def _reason(error: Exception) -> tuple[str, dict[str, str]]:
    # Class names only: an exception's message may quote the address or the payload.
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "certificate_not_trusted", {}
    return "no_answer", {"error": type(error).__name__}
