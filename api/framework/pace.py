"""How fast one address may ask: requests beyond a rate wait, and connections are closed before they cost anything.

The rate is that of the generic cell rate algorithm (ITU-T I.371): each connection or request moves the address's due
time by one interval; the address has no room while that time lies further ahead than a burst takes.
"""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import Any, Final, Protocol

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

REQUESTS: Final = (50.0, 100)  # a second, and at once
UNLOCKS: Final = (5.0, 20)
KEYS, UNLOCK = "/api/v1/keys/", "/unlock"
LONGEST_WAIT: Final = 5.0  # seconds; a request that had to wait for longer is refused
COSTS: Final = {401: 10, 429: 10}  # of a request, by the status of its answer: guessing is slow for whoever guesses
ACCEPTED_AT_ONCE: Final = 16  # connections between two rounds of the event loop, so that a crowd cannot stop it
REFUSED_AT_ONCE: Final = 256
PENDING: Final = 1024  # connections that the kernel holds until they are accepted
NETWORK_BITS: Final = 64  # of IPv6: what one subscriber has to themselves (RFC 6177)
ADDRESSES: Final = 20_000  # remembered at most


class Proxies(Protocol):
    """Addresses of proxies that are trusted to say where a request came from."""

    def __contains__(self, address: str | None, /) -> bool: ...


def trusted(addresses: list[str] | str | None) -> Proxies:
    """Return the trusted proxies of a list of addresses and networks, or of text with commas between them."""
    nothing: Any = None  # only the list of proxies is wanted
    return ProxyHeadersMiddleware(nothing, addresses or []).trusted_hosts


@dataclass
class Pace:
    """The rate of each address, `burst` at once. Trusted proxies have none. `clock` is monotonic, in seconds."""

    proxies: Proxies
    per_second: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _due: dict[str, float] = field(default_factory=dict)

    def wait(self, address: str) -> float:
        """Return the seconds until the address has room, 0 if it has."""
        ahead = self._due.get(subscriber(address), 0.0) - self.clock()
        return max(0.0, ahead - self.burst / self.per_second)

    def take(self, address: str, cost: int = 1) -> float:
        """Count a connection or request, or several; return the seconds it has to wait."""
        if not cost or address in self.proxies:
            return 0.0
        wait, now, name = self.wait(address), self.clock(), subscriber(address)
        if name not in self._due and len(self._due) >= ADDRESSES:
            self._forget(now)
        self._due[name] = max(self._due.get(name, 0.0), now) + cost / self.per_second
        return wait

    def _forget(self, now: float) -> None:
        """Drop addresses that have their whole burst, and the older half of the others if that is not enough."""
        self._due = {name: due for name, due in self._due.items() if due > now}
        if len(self._due) >= ADDRESSES:
            self._due = dict(sorted(self._due.items(), key=lambda item: item[1])[ADDRESSES // 2 :])


def subscriber(address: str) -> str:
    """Return what is counted as one address: an IPv6 network of 64 bits, else the address as it is given.

    A proxy may name something else than an address, such as one with a port.
    """
    try:
        parsed = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> NETWORK_BITS << NETWORK_BITS))


class Paces:
    """The rates of requests: one for unlocking, so that a door opens beside many pages, and one for the others."""

    def __init__(self, proxies: Proxies, clock: Callable[[], float] = time.monotonic) -> None:
        self.requests = Pace(proxies, *REQUESTS, clock)
        self.unlocks = Pace(proxies, *UNLOCKS, clock)
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def of(self, path: str) -> Pace:
        """Return the rate of requests to a path."""
        return self.unlocks if path.startswith(KEYS) and path.endswith(UNLOCK) else self.requests


class PacedListener(socket.socket):
    """A listening TCP socket that closes connections of addresses without room as it accepts them."""

    pace: Pace | None = None

    def listen(self, _backlog: int = PENDING, /) -> None:
        """Listen; the event loop's own number is that of connections it accepts at once."""
        super().listen(PENDING)

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection that has room. Raises BlockingIOError if there is none."""
        for _ in range(REFUSED_AT_ONCE):
            connection, peer = super().accept()
            if self.pace is None:
                return connection, peer
            if not self.pace.wait(peer[0]):
                self.pace.take(peer[0])
                return connection, peer
            connection.close()
        raise BlockingIOError
