"""HTTP from simulated devices and phones to a gateway, and to the control of another simulator.

Separate from api.client, which it resembles: a simulator that shares code with what it checks shares its faults.
"""

import json as json_text
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp


class RequestFailed(Exception):
    """The request got no answer, or one with an unusable status; the message is the cause."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete answer."""

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
        """Parse the body as JSON. Raises ValueError."""
        return json_text.loads(self.body)

    def require_ok(self) -> Self:
        """Return this answer. Raises RequestFailed unless its status is 2xx."""
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
    """Send one request on its own connection and read the whole answer; follows no redirect.

    `timeout_s` limits, in seconds, connecting and every pause of the answer. Proxies of the environment are used only
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
