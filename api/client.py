"""An HTTP client for commands, the tester's console and benchmarks: requests to a gateway or a simulator's control."""

import json as json_text
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import aiohttp

KEEPALIVE_SECONDS: Final = 4.0  # less than servers keep idle connections, so that they rarely close one in use
MAX_LINE_BYTES: Final = 1 << 20
File = tuple[str, bytes, str]  # name, content, media type


class RequestFailed(Exception):
    """No answer came, or one whose status the caller cannot use; the text is the cause."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer."""

    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        return json_text.loads(self.body)

    def require_ok(self) -> Self:
        """Return this answer. Raises RequestFailed unless its status is 2xx."""
        if not self.ok:
            raise RequestFailed(f"status {self.status}")
        return self


class Client:
    """Requests to the server at `base_url`, inside `async with`. Keeps cookies and connections, follows no redirect.

    `timeout_s` bounds, in seconds, connecting and every pause of an answer. `headers` are sent with each request and
    may be changed between two. Proxies of the environment are used only with `trust_env`.
    """

    def __init__(
        self, base_url: str, *, timeout_s: float, headers: Mapping[str, str] | None = None, trust_env: bool = False
    ) -> None:
        self.headers = dict(headers or {})
        self._base_url, self._timeout_s, self._trust_env = base_url.rstrip("/"), timeout_s, trust_env

    async def __aenter__(self) -> Self:
        seconds = self._timeout_s
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(keepalive_timeout=KEEPALIVE_SECONDS),
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # cookies of a server that is named by its IP address, too
            timeout=aiohttp.ClientTimeout(total=None, connect=seconds, sock_connect=seconds, sock_read=seconds),
            trust_env=self._trust_env,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str | int] | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, File] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and return its complete answer, whatever the status. Raises RequestFailed without one."""
        data = _form_data(form or {}, files or {}) if form or files else None
        sent = self._session.request(
            method,
            self._base_url + path,
            json=json,
            params=params,
            data=data,
            headers=self.headers | dict(headers or {}),
            allow_redirects=False,
        )
        try:
            async with sent as response:
                return Answer(response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RequestFailed(_cause(error)) from error

    async def get(self, path: str, *, params: Mapping[str, str | int] | None = None) -> Answer:
        """Send GET. Raises RequestFailed."""
        return await self.request("GET", path, params=params)

    async def post(
        self,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, File] | None = None,
    ) -> Answer:
        """Send POST with JSON, or with a form and files. Raises RequestFailed."""
        return await self.request("POST", path, json=json, form=form, files=files)

    async def lines(self, path: str) -> AsyncGenerator[str, None]:
        """Yield the lines of an answer to GET as they arrive. Raises RequestFailed, also unless the status is 200."""
        try:
            async with self._session.get(
                self._base_url + path, headers=self.headers, allow_redirects=False, read_bufsize=MAX_LINE_BYTES
            ) as response:
                if response.status != 200:
                    raise RequestFailed(f"status {response.status}")
                async for line in response.content:
                    yield line.decode().rstrip("\r\n")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RequestFailed(_cause(error)) from error


def _form_data(form: Mapping[str, str], files: Mapping[str, File]) -> aiohttp.FormData:
    data = aiohttp.FormData(default_to_multipart=bool(files))
    for name, value in form.items():
        data.add_field(name, value)
    for name, (filename, content, media_type) in files.items():
        data.add_field(name, content, filename=filename, content_type=media_type)
    return data


def _cause(error: Exception) -> str:
    """Return the cause for a person to read; for a certificate error, what is wrong with the certificate."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"its certificate is not trusted: {error.certificate_error}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
