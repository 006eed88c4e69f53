"""Bounds on HTTP connections: how many, how long a header or a body may take. uvicorn bounds the size of headers.

When there is no room, the oldest connection that has not sent a whole request is closed for the new one. A client that
sends its request at once, such as a phone at a door, is therefore served while others hold connections open.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Any, Final

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.framework.pace import Proxies, subscriber, trusted

log = logging.getLogger(__name__)

CONNECTIONS: Final = 2000
CONNECTIONS_PER_ADDRESS: Final = 100


@dataclass(frozen=True, slots=True)
class Bounds:
    """Numbers of connections, and times in seconds.

    A body may take `body_seconds` and a second for each `body_rate` bytes, and no pause longer than `pause_seconds`.
    """

    connections: int = CONNECTIONS
    per_address: int = CONNECTIONS_PER_ADDRESS
    header_seconds: float = 10.0
    pause_seconds: float = 15.0
    body_seconds: float = 30.0
    body_rate: int = 50_000

    @classmethod
    def for_files(cls, handles: int) -> "Bounds":
        """Bounds for a process that may open this many files: connections take at most half of them."""
        return cls(connections=min(CONNECTIONS, handles // 2))


class Phase(IntEnum):
    """What a connection is doing; the lower the number, the sooner it is closed to make room."""

    HEADER = 0
    BODY = 1
    ANSWER = 2


class Connections:
    """The open connections, oldest first. Addresses of trusted proxies have no bound of their own."""

    def __init__(self, bounds: Bounds, proxies: Proxies) -> None:
        self.bounds = bounds
        self._proxies = proxies
        self._open: dict[BoundedProtocol, str] = {}
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, new: "BoundedProtocol", address: str) -> bool:
        """Count a connection, closing another one for it if need be; False if there is no room for it."""
        address = address if address in self._proxies else subscriber(address)
        crowded = self._of[address] >= self.bounds.per_address and address not in self._proxies
        if crowded or len(self._open) >= self.bounds.connections:
            closed = self._oldest_unfinished(address if crowded else None)
            log.warning("too many connections: %s", "a new one is refused" if closed is None else "one is closed")
            if closed is None:
                return False
            self.forget(closed)
            closed.transport.abort()
        self._open[new] = address
        self._of[address] += 1
        return True

    def forget(self, connection: "BoundedProtocol") -> None:
        """No longer count a connection."""
        address = self._open.pop(connection, None)
        if address is not None:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]

    def _oldest_unfinished(self, address: str | None) -> "BoundedProtocol | None":
        found = (one for one, its in self._open.items() if address in (None, its) and one.phase is not Phase.ANSWER)
        return min(found, key=lambda one: one.phase, default=None)


class BoundedProtocol(H11Protocol):
    """A connection that is closed when it takes too long to send a request, or when room is needed."""

    def __init__(self, *args: Any, connections: Connections, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._all = connections
        self.phase = Phase.HEADER
        self._limit: asyncio.TimerHandle | None = None
        self._pause: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept the connection, or close it."""
        super().connection_made(transport)
        if self._all.admit(self, self.client[0] if self.client else ""):
            self._limit = self.loop.call_later(self._all.bounds.header_seconds, self._close)
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Handle data, and limit the time until the rest of it."""
        super().data_received(data)
        self._follow()
        if self.phase is Phase.BODY:
            self._cancel(self._pause)
            self._pause = self.loop.call_later(self._all.bounds.pause_seconds, self._close_if_paused)

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of a body that nobody reads."""
        super().on_response_complete()
        self._follow()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting the connection."""
        self._all.forget(self)
        self._cancel(self._limit, self._pause)
        super().connection_lost(exc)

    def _follow(self) -> None:
        """Set the limit for what the connection does now, if that has changed."""
        phase, bounds = self._now(), self._all.bounds
        if phase is self.phase and self._limit is not None:
            return
        self._cancel(self._limit, self._pause)
        self.phase, self._limit = phase, None
        if phase is Phase.BODY:
            seconds = bounds.body_seconds + self._declared() / bounds.body_rate
            self._limit = self.loop.call_later(seconds, self._close)
        elif phase is Phase.HEADER and self.conn.trailing_data[0]:
            self._limit = self.loop.call_later(bounds.header_seconds, self._close)

    def _now(self) -> Phase:
        if self.conn.their_state is h11.SEND_BODY:
            return Phase.BODY
        return Phase.HEADER if self.conn.our_state is h11.IDLE else Phase.ANSWER

    def _declared(self) -> int:
        length = dict(self.headers).get(b"content-length", b"0")
        return int(length) if length.isdigit() else 0

    def _close_if_paused(self) -> None:
        if self.flow.read_paused:  # the application does not read
            self._pause = self.loop.call_later(self._all.bounds.pause_seconds, self._close_if_paused)
        else:
            self._close()

    def _close(self) -> None:
        log.info("a connection took too long to send its request and is closed")
        self.transport.abort()

    @staticmethod
    def _cancel(*timers: asyncio.TimerHandle | None) -> None:
        for timer in timers:
            if timer is not None:
                timer.cancel()


def bound_connections(config: Config, bounds: Bounds) -> Connections:
    """Have a server use these bounds; return its connections. Call it before the server starts."""
    connections = Connections(bounds, trusted(config.forwarded_allow_ips))
    protocol: Callable[..., asyncio.Protocol] = partial(BoundedProtocol, connections=connections)
    config.http = protocol  # type: ignore[assignment]  # uvicorn only calls it
    return connections
