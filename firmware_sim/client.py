"""HTTP from simulated devices and phones to a gateway, and to the control of another simulator."""

import json as json_text
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp


class RequestFailed(Exception):
    """No answer came back, or one with a status that the caller cannot use; the text is the cause."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        return json_text.loads(self.body)

    def require_ok(self) -> Self:
        """This answer; raises RequestFailed unless its status is one of success."""
        if not self.ok:
            raise RequestFailed(f"status {self.status}")
        return self


async def request(
    method: str,
    url: str,
    *,
    timeout_s: float,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    trust_env: bool = False,
) -> Answer:
    """Send one request over a connection of its own and read the whole answer; follows no redirect.

    `timeout_s` bounds, in seconds, connecting and every pause of the answer. Proxies of the environment are used only
    with `trust_env`. Raises RequestFailed.
    """
    timeout = aiohttp.ClientTimeout(total=None, connect=timeout_s, sock_connect=timeout_s, sock_read=timeout_s)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=trust_env) as session,
            session.request(method, url, json=json, headers=headers, allow_redirects=False) as response,
        ):
            return Answer(response.status, await response.read())
    except TimeoutError:
        raise RequestFailed("no answer in time") from None
    except aiohttp.ClientError as error:
        raise RequestFailed(str(error) or type(error).__name__) from error
