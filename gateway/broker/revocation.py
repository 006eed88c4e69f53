"""Keep revoked devices off the broker: its revocation list, and the sessions that were live when it changed.

A broker judges a certificate when a connection begins. One that began before the list was read, whose handshake or TLS
ticket is still good, may get a session afterwards: so a device's session is ended several times.

A second in which nothing is revoked costs one query without a row. The whole list is read when something was revoked,
and in each round of housekeeping, whatever the clocks of other processes said of when they revoked.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence, Set
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
MAX_ENDED: Final = 50  # sessions ended in one look, so that what is revoked meanwhile waits for no more than these


@dataclass(frozen=True, slots=True)
class RevokedDevice:
    """A revoked certificate: its serial number and its device. `enforced`: by an earlier process, if not by this."""

    site: str
    device: str
    serial: int
    enforced: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A device whose session is to be ended. `at`: when, in order, by `elapsed`; never empty."""

    device: RevokedDevice
    at: list[float]


class RevocationList(Protocol):
    """A broker's revocation list."""

    async def replace_crl(self, pem: bytes) -> None:
        """Refuse new connections by the certificates on this list. Raises OSError."""


class Revocation:
    """Applies revocations of the store to the broker. Without `broker`, its list is maintained elsewhere.

    `note` stores that the broker refuses a certificate, by its serial number, and that its session was ended. `fresh`:
    serial numbers that may have been revoked since the last look; None: of all.
    """

    def __init__(
        self,
        revoked: Callable[[], Sequence[RevokedDevice]],
        authority: Callable[[], Authority],
        broker: RevocationList | None,
        address: tuple[str, int],
        note: Callable[[int], None] = lambda _: None,
        *,
        fresh: Callable[[], Set[int]] | None = None,
        elapsed: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._revoked, self._authority, self._broker = revoked, authority, broker
        self._address, self._note, self._elapsed, self._sleep = address, note, elapsed, sleep
        self._fresh = fresh
        self._listed: set[int] | None = None  # serials in the broker's list; None before the first one
        self._pending: dict[int, Pending] = {}  # by serial
        self._ended: set[int] = set()
        self._not_before = 0.0
        self._mutex = asyncio.Lock()

    async def run(self, rounds: Rounds) -> None:
        """Enforce each revocation within seconds, whichever process stored it."""
        while True:
            rounds.begin()
            await self.enforce(whole=False)
            rounds.good()
            await self._sleep(EVERY)

    async def enforce(self, *, renew: bool = False, whole: bool = True) -> None:
        """Refuse and disconnect devices revoked since the last call; `renew` writes a new list in any case.

        Unless `whole`, the store is asked only for what may be new. A session that could not be ended is retried at a
        later call.
        """
        async with self._mutex:
            if self._elapsed() < self._not_before:
                return
            if renew or whole or await self._may_have_changed():
                revoked = await asyncio.to_thread(self._revoked)
                if not await self._listed_all(revoked, renew=renew):
                    return
            await self._end_sessions()

    async def _may_have_changed(self) -> bool:
        if self._fresh is None or self._listed is None:
            return True
        return not await asyncio.to_thread(self._fresh) <= self._listed

    async def _listed_all(self, revoked: Sequence[RevokedDevice], *, renew: bool) -> bool:
        """Whether the broker's list has them all. What expired leaves it when it is written again."""
        serials = {device.serial for device in revoked}
        if self._broker is not None and (renew or not serials <= (self._listed or set())):
            try:
                await self._broker.replace_crl(self._authority().crl(device.serial for device in revoked))
            except OSError as error:
                log.error("the revocation list could not be replaced: %s", error)
                self._not_before = self._elapsed() + RETRY
                return False
        known, self._listed = self._listed or set(), serials
        for device in revoked:
            if device.serial not in known:
                self._pending.setdefault(device.serial, Pending(device, [self._elapsed()]))
        for serial in self._pending.keys() - serials:
            del self._pending[serial]
        self._ended &= serials
        return True

    async def _end_sessions(self) -> None:
        """End the sessions that are due, those of devices that no process has disconnected yet before others."""
        now = self._elapsed()
        due = [pending for pending in self._pending.values() if pending.at[0] <= now]
        for pending in sorted(due, key=self._urgency)[:MAX_ENDED]:
            device = pending.device
            try:
                await end_session(*self._address, self._authority(), device.site, device.device)
            except NotEnded as error:
                log.warning("%s", error)
                pending.at[0] = self._elapsed() + RETRY
                continue
            if not device.enforced and device.serial not in self._ended:
                await asyncio.to_thread(self._note, device.serial)
                pending.at.extend(self._elapsed() + seconds for seconds in AGAIN)
            self._ended.add(device.serial)
            pending.at.pop(0)
            if not pending.at:
                del self._pending[device.serial]

    def _urgency(self, pending: Pending) -> tuple[bool, float]:
        return pending.device.enforced or pending.device.serial in self._ended, pending.at[0]
