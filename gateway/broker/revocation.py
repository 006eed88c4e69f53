"""Keep revoked devices off the broker: its revocation list, and the sessions that were live when it changed.

A broker judges a certificate when a connection begins. One that began before the list was read, whose handshake or TLS
ticket is still good, may get a session afterwards: so a device's session is ended several times.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from certs.authority.ca import Authority
from gateway.broker.disconnect import NotEnded, end_session
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

EVERY: Final = 1.0  # seconds between looks at the store
RETRY: Final = 10.0  # seconds after a broker that did not answer
# Seconds after the first end of a session at which it is ended again: an operator's broker reads a new list within half
# a minute, and mosquitto keeps a connection that has sent no CONNECT for 90 seconds.
AGAIN: Final = (5.0, 40.0, 120.0)


@dataclass(frozen=True, slots=True)
class RevokedDevice:
    """A revoked certificate: its serial number and its device. `enforced`: by an earlier process, if not by this."""

    site: str
    device: str
    serial: int
    enforced: bool = False


class RevocationList(Protocol):
    """A broker's revocation list."""

    async def replace_crl(self, pem: bytes) -> None:
        """Refuse new connections by the certificates on this list. Raises OSError."""


class Revocation:
    """Applies revocations of the store to the broker. Without `broker`, its list is maintained elsewhere.

    `note` stores that the broker refuses a certificate, by its serial number, and that its session was ended.
    """

    def __init__(
        self,
        revoked: Callable[[], Sequence[RevokedDevice]],
        authority: Callable[[], Authority],
        broker: RevocationList | None,
        address: tuple[str, int],
        note: Callable[[int], None] = lambda _: None,
        *,
        elapsed: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._revoked, self._authority, self._broker = revoked, authority, broker
        self._address, self._note, self._elapsed, self._sleep = address, note, elapsed, sleep
        self._listed: set[int] = set()
        self._due: dict[int, list[float]] = {}  # serial → when its session is to be ended, in order
        self._ended: set[int] = set()
        self._not_before = 0.0
        self._mutex = asyncio.Lock()

    async def run(self, rounds: Rounds) -> None:
        """Enforce each revocation within seconds, whichever process stored it."""
        while True:
            rounds.begin()
            await self.enforce()
            rounds.good()
            await self._sleep(EVERY)

    async def enforce(self, *, renew: bool = False) -> None:
        """Refuse and disconnect devices revoked since the last call; `renew` writes a new list in any case.

        A session that could not be ended is retried at a later call.
        """
        async with self._mutex:
            revoked = await asyncio.to_thread(self._revoked)
            if self._elapsed() >= self._not_before and await self._listed_all(revoked, renew=renew):
                await self._end_sessions(revoked)

    async def _listed_all(self, revoked: Sequence[RevokedDevice], *, renew: bool) -> bool:
        """Whether the broker's list has them all."""
        serials = {device.serial for device in revoked}
        if self._broker is not None and (renew or not serials <= self._listed):
            try:
                await self._broker.replace_crl(self._authority().crl(device.serial for device in revoked))
            except OSError as error:
                log.error("the revocation list could not be replaced: %s", error)
                self._not_before = self._elapsed() + RETRY
                return False
        self._listed = serials
        return True

    async def _end_sessions(self, revoked: Sequence[RevokedDevice]) -> None:
        for device in revoked:
            due = self._due.setdefault(device.serial, [self._elapsed()])
            if not due or self._elapsed() < due[0]:
                continue
            try:
                await end_session(*self._address, self._authority(), device.site, device.device)
            except NotEnded as error:
                log.warning("%s", error)
                due[0] = self._elapsed() + RETRY
                continue
            due.pop(0)
            if device.serial not in self._ended:
                self._ended.add(device.serial)
                await self._first_end(device, due)

    async def _first_end(self, device: RevokedDevice, due: list[float]) -> None:
        if not device.enforced:
            await asyncio.to_thread(self._note, device.serial)
            due += [self._elapsed() + seconds for seconds in AGAIN]
