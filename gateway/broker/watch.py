"""Watches the broker: whether it answers on the gateway's link and takes new connections.

A process that is stopped or hangs still has its port and its connections, so only an answer proves that it works.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Literal, Protocol

from devices.links.mqtt import BrokerAddress
from gateway.broker.embedded import EmbeddedBroker
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

EVERY: Final = 10.0
AGAIN: Final = 2.0  # seconds until the next round while something is not answered
PROBE_SECONDS: Final = 5.0
FROZEN_AFTER: Final = 4  # rounds in which neither the link nor a new connection is answered: 26 seconds
# Seconds since the last answer, one and a half times a device's keep alive: what the broker knew by then is lost to us
UNANSWERED_AFTER: Final = 30.0
ASK_AFTER: Final = 60.0  # seconds that devices have to connect again by themselves

Answer = Literal["taken", "refused", "silent"]


class AnsweringLink(Protocol):
    """The gateway's own connection to the broker, and how to make another one like it."""

    @property
    def address(self) -> BrokerAddress:
        """The broker's address and the certificates that are presented to it."""

    async def is_answered(self, seconds: float) -> bool:
        """Whether the broker answers a message within these seconds."""


class BrokerWatch:
    """Looks every ten seconds, and more often while it finds no answer.

    It restarts an embedded broker that is frozen; an operator's own is only reported.

    `lose` is called when devices may have come or gone without the gateway being told; `ask` when the broker has
    answered again for a minute, for the devices of which nothing was heard since.
    """

    def __init__(
        self,
        link: AnsweringLink,
        embedded: EmbeddedBroker | None,
        *,
        lose: Callable[[], Awaitable[None]],
        ask: Callable[[], Awaitable[None]],
        elapsed: Callable[[], float] = time.monotonic,
        probe_seconds: float = PROBE_SECONDS,
    ) -> None:
        self.takes_connections = True  # as far as known
        self._link, self._embedded, self._lose, self._ask = link, embedded, lose, ask
        self._elapsed, self._probe_seconds = elapsed, probe_seconds
        self._silent = 0  # rounds without any answer
        self._answered_at = elapsed()
        self._settled = True  # whether the last round found everything answered
        self._lost = False
        self._ask_at: float | None = None
        self._exited = asyncio.Event()
        if embedded is not None:
            embedded.on_exit = self._exited.set

    async def run(self, rounds: Rounds) -> None:
        """Look by the interval, and at once when the embedded broker has exited, until cancelled."""
        while True:
            rounds.begin()
            await self.look()
            rounds.good()
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY if self._settled else AGAIN):
                    await self._exited.wait()

    async def forget_devices(self) -> None:
        """Of no device is it known any more whether it is connected: an embedded broker ends its sessions."""
        await self._lose()
        self._lost, self._ask_at = True, None

    async def look(self) -> None:
        """One round."""
        if self._exited.is_set():
            self._exited.clear()
            await self.forget_devices()
        address, seconds = self._link.address, self._probe_seconds
        answered, connection = await asyncio.gather(
            self._link.is_answered(seconds), try_tls(address.host, address.port, address.tls, seconds)
        )
        self.takes_connections = connection == "taken"
        self._settled = answered and self.takes_connections
        self._silent = self._silent + 1 if connection == "silent" and not answered else 0
        if self._silent >= FROZEN_AFTER and self._embedded is not None:
            self._silent = 0
            self._embedded.kill_frozen()
        if answered:
            await self._answered()
        else:
            await self._unanswered()

    async def _answered(self) -> None:
        self._answered_at = self._elapsed()
        if not self._lost:
            return
        if self._ask_at is None:
            self._ask_at = self._elapsed() + ASK_AFTER
        elif self._elapsed() >= self._ask_at:
            await self._ask()
            self._lost = False

    async def _unanswered(self) -> None:
        silence = self._elapsed() - self._answered_at
        if not self._lost and silence >= UNANSWERED_AFTER:
            log.error("the broker has not answered for %.0f s", silence)
            await self.forget_devices()


async def try_tls(host: str, port: int, context: ssl.SSLContext | None, seconds: float) -> Answer:
    """Whether a server completes a TLS handshake, refuses the connection, or is silent for these seconds."""
    name = host if context is not None else None
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=name)
    except TimeoutError:
        return "silent"
    except OSError:  # of which ssl.SSLError is one
        return "refused"
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(seconds):
            await writer.wait_closed()
    return "taken"
