"""Locks reached through their maker's own Bluetooth library, as messages of a link.

A conversation is short: find, connect, read the state, move the bolt if needed, read again, disconnect. One
conversation at a time per radio. The bolt is read before it is moved, and a move is never repeated: when its outcome
is unknown, the answer says so.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from bleak import BleakScanner
from bleak.backends.device import BLEDevice

from devices.link import LinkDown, Received
from devices.links.ble import BleRadio
from devices.wire.messages import Bolt, Door

log = logging.getLogger(__name__)

Found = BLEDevice
Target = Literal["unlocked", "locked"]
TARGETS: Final[dict[bytes, Target]] = {b"unlock": "unlocked", b"lock": "locked"}
READ_STATE: Final = b"look"
POLL_SECONDS: Final = 0.3  # seconds between looks at a bolt that moves
MOVING: Final = ("locking", "unlocking")


@dataclass(frozen=True, slots=True)
class Seen:
    """State reported by a lock; `battery` in percent."""

    bolt: Bolt
    battery: int | None = None
    door: Door = "unknown"


class LibraryLock(Protocol):
    """One connected lock through its maker's library. Both methods raise whatever the library raises."""

    async def read_state(self) -> Seen:
        """Query the lock itself, never a cached state."""

    async def move_bolt(self, target: Target) -> None:
        """Move the bolt, once."""


Opener = Callable[[Found, Mapping[str, str]], AbstractAsyncContextManager[LibraryLock]]


class RadioLink:
    """A link to the locks of one maker in range of this machine's radio."""

    def __init__(
        self, open_lock: Opener, secrets_of: Callable[[str], Mapping[str, str]], radio: BleRadio, mutex: asyncio.Lock
    ) -> None:
        """`secrets_of` a device id: its address and keys; KeyError when there are none. `mutex`: the radio's lock."""
        self.connected = False
        self._open, self._secrets_of, self._radio, self._mutex = open_lock, secrets_of, radio, mutex
        self._said: list[Received] = []
        self._news = asyncio.Event()

    async def start(self) -> None:
        """Returns at once; conversations begin with the first command."""
        self.connected = True

    async def stop(self) -> None:
        """batches() ends."""
        self.connected = False
        self._news.set()

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Hold one conversation: `unlock`, `lock` or `read_state`. Raises LinkDown only if the bolt was not moved."""
        if not self.connected or channel != "cmd":
            raise LinkDown("the radio is off")
        talk = Conversation(site, device, payload, self._say)
        try:
            async with asyncio.timeout(expires_in), self._mutex:
                secrets = self._secrets_of(device)
                async with self._open(await self._find(site, device, secrets["address"]), secrets) as lock:
                    await talk.hold(lock)
        except Exception as error:  # noqa: BLE001 - a maker's library raises what it likes; what it says may be secret
            log.warning("a conversation over Bluetooth ended early: %s", type(error).__name__)
            if not (talk.bolt_started or talk.ended):
                raise LinkDown(f"no conversation over Bluetooth: {type(error).__name__}") from None
            talk.end("failed", "no_answer")

    async def batches(self) -> AsyncIterator[list[Received]]:
        """Yield the messages of the conversations since the last batch."""
        while self.connected:
            await self._news.wait()
            self._news.clear()
            batch, self._said = self._said, []
            if batch:
                yield batch

    async def _find(self, site: str, device: str, address: str) -> Found:
        found = await BleakScanner.find_device_by_filter(
            lambda seen, _: seen.address.upper() == address.upper(), **self._radio.scanner
        )
        self._say(site, device, "online", b"1" if found else b"0")
        if found is None:
            raise LinkDown("not in range")
        return found

    def _say(self, site: str, device: str, channel: str, payload: bytes) -> None:
        self._said.append(Received(site, device, channel, payload, retained=False, ack=lambda: None))
        self._news.set()


class Conversation:
    """One command to one lock, and the messages that result."""

    def __init__(self, site: str, device: str, asked: bytes, say: Callable[[str, str, str, bytes], None]) -> None:
        self.bolt_started = self.ended = False
        self._place, self._say = (site, device), say
        self._target = TARGETS.get(asked)

    async def hold(self, lock: LibraryLock) -> None:
        """Read the state, move the bolt if needed, read again; report everything."""
        seen = await self._at_rest(lock)
        if self._target and seen.bolt != self._target:
            self.bolt_started = True
            try:
                await lock.move_bolt(self._target)
            except Exception as error:  # noqa: BLE001 - what became of it, the lock says itself
                log.warning("a lock's library says that it did not turn: %s", type(error).__name__)
            seen = await self._at_rest(lock)
            if seen.bolt == self._target:
                self._tell("event", type=self._target)
        self._tell("state", bolt=seen.bolt, battery=seen.battery, door=seen.door)
        done = self._target in (None, seen.bolt)
        self.end("done" if done else "failed", None if done else "jammed" if seen.bolt == "jammed" else "not_moved")

    def end(self, outcome: str, code: str | None) -> None:
        """Report the answer, once."""
        if not self.ended:
            self.ended = True
            self._tell("ack", outcome=outcome, code=code)

    async def _at_rest(self, lock: LibraryLock) -> Seen:
        seen = await lock.read_state()
        while seen.bolt in MOVING:
            await asyncio.sleep(POLL_SECONDS)
            seen = await lock.read_state()
        return seen

    def _tell(self, channel: str, **said: Any) -> None:
        self._say(*self._place, channel, json.dumps(said).encode())
