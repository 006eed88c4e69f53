"""The Bluetooth LE link (bleak): the same signed messages, for doors in range when the network is down.

A device is found by the tag it advertises. One connection attempt at a time, a fixed number of connections, one
command at a time per device; idle connections are closed. The link never sends a command twice: a repeat is the same
signed command, which the lock executes once. A lock sends nothing to an unauthenticated peer: its stored messages come
after the first command (such as read_back) that it has verified.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError
from bleak_retry_connector import establish_connection

from devices.link import LinkDown, Received
from devices.wire.ble.fragments import Gathering, split
from devices.wire.ble.gatt import INLET, OUTLET, SERVICE, BleMessage, Kind, read_ble_message, tag_of
from devices.wire.errors import BadMessage

log = logging.getLogger(__name__)

WAITING = 1000  # messages kept for the reader; those beyond are not confirmed and are sent again on the next connection
CHANNELS: Final = {Kind.ACK: "ack", Kind.EVENT: "event", Kind.STATE: "state"}
TROUBLE = (
    BleakError,
    BadMessage,
    TimeoutError,
    OSError,
    EOFError,
)  # bleak passes on errors of the operating system


@dataclass(frozen=True, slots=True)
class BleRadio:
    """Adapter selection: keyword arguments for BleakScanner and BleakClient. Empty for the platform's default."""

    scanner: dict[str, Any] = field(default_factory=dict)
    client: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Session:
    """One connection to one device."""

    site: str
    device: str
    client: BleakClient
    gathering: Gathering = field(default_factory=Gathering)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    number: int = 0
    used_at: float = 0.0


class BleLink:
    """A link to the locks in range of this machine's radio."""

    def __init__(
        self, radio: BleRadio | None = None, *, slots: int = 3, idle_seconds: float = 30.0, find_seconds: float = 10.0
    ) -> None:
        """`slots`: simultaneous connections, few as on real adapters; `find_seconds`: for finding and connecting."""
        self.connected = False
        self._radio = radio or BleRadio()
        self._slots, self._idle, self._find = slots, idle_seconds, find_seconds
        self._sessions: dict[str, Session] = {}
        self._mutexes: dict[str, asyncio.Lock] = {}
        self._connecting = asyncio.Lock()
        self._queue: list[Received] = []
        self._arrived = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Returns at once; connections are made when there is something to send."""
        self.connected = True
        self._keep(self._let_go_of_the_idle())

    async def stop(self) -> None:
        """Close all connections; batches() ends."""
        self.connected = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for session in list(self._sessions.values()):
            await self._hang_up(session)
        self._arrived.set()

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Write one command, connecting first if needed. Raises LinkDown.

        A connection lost during the write leaves the command unexecuted: a lock acts on whole messages only, and the
        last fragment either arrived or did not.
        """
        if not self.connected or channel != "cmd":
            raise LinkDown("the radio is off" if not self.connected else "locks have one inlet")
        mutex = self._mutexes.setdefault(device, asyncio.Lock())
        try:
            async with asyncio.timeout(expires_in), mutex:
                session = await self._session(site, device)
                await self._write(session, Kind.CMD, payload)
        except TROUBLE as error:
            raise LinkDown(f"no answer over Bluetooth: {type(error).__name__}") from error

    async def batches(self) -> AsyncIterator[list[Received]]:
        """Yield the messages received since the last batch."""
        while self.connected:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._queue = self._queue, []
            if batch:
                yield batch

    async def _session(self, site: str, device: str) -> Session:
        """The device's connection, opened if there is none."""
        session = self._sessions.get(device)
        if session and session.client.is_connected:
            return session
        async with self._connecting:
            await self._free_a_slot()
            async with asyncio.timeout(self._find):
                found = await self._find_device(device)
            client = await establish_connection(
                BleakClient, found, device, disconnected_callback=partial(self._lost, device), max_attempts=2,
                **self._radio.client,
            )  # fmt: skip
            session = self._sessions[device] = Session(site, device, client)
        session.used_at = asyncio.get_running_loop().time()
        await client.start_notify(OUTLET, partial(self._on_fragment, session))
        return session

    async def _find_device(self, device: str) -> BLEDevice:
        """The device that advertises this tag now: scanned anew, never from a remembered address."""
        tag = tag_of(device)

        def advertises(_: BLEDevice, advertisement: AdvertisementData) -> bool:
            return advertisement.service_data.get(SERVICE) == tag

        found = await BleakScanner.find_device_by_filter(advertises, timeout=self._find, **self._radio.scanner)
        if found is None:
            raise BleakError("not in range")
        return found

    async def _free_a_slot(self) -> None:
        """Close the connection that has been idle longest. Raises BleakError when all are busy."""
        if len(self._sessions) < self._slots:
            return
        idle = [s for s in self._sessions.values() if not s.writing.locked() and not self._mutexes[s.device].locked()]
        if not idle:
            raise BleakError("no free connection slot")
        await self._hang_up(min(idle, key=lambda session: session.used_at))

    async def _write(self, session: Session, kind: Kind, body: bytes = b"", number: int | None = None) -> None:
        async with session.writing:
            session.used_at = asyncio.get_running_loop().time()
            if number is None:
                session.number = number = (session.number + 1) % 65536
            inlet = session.client.services.get_characteristic(INLET)
            if inlet is None:
                raise BleakError("the device has no inlet")
            size = max(20, inlet.max_write_without_response_size)
            for fragment in split(BleMessage(kind, number, body).to_bytes(), size):
                await session.client.write_gatt_char(inlet, fragment, response=True)

    def _on_fragment(self, session: Session, _: Any, fragment: bytearray) -> None:
        session.used_at = asyncio.get_running_loop().time()
        try:
            whole = session.gathering.add(bytes(fragment))
            message = read_ble_message(whole) if whole else None
        except BadMessage as error:
            log.warning("set aside a message over Bluetooth: %s", error)
            return
        if message and message.kind in CHANNELS and len(self._queue) < WAITING:
            ack = partial(self._settle, session, message.number)
            channel = CHANNELS[message.kind]
            self._queue.append(Received(session.site, session.device, channel, message.body, False, ack))
            self._arrived.set()

    def _settle(self, session: Session, number: int) -> None:
        """Confirm a message to the device; on a later connection its number denotes another message."""
        if self._sessions.get(session.device) is session:
            self._keep(self._say_settled(session, number))

    async def _say_settled(self, session: Session, number: int) -> None:
        try:
            await self._write(session, Kind.SETTLED, number=number)
        except TROUBLE as error:
            log.info("a settled message will come again: %s", type(error).__name__)

    def _lost(self, device: str, client: BleakClient) -> None:
        session = self._sessions.get(device)
        if session and session.client is client:
            del self._sessions[device]

    async def _hang_up(self, session: Session) -> None:
        self._sessions.pop(session.device, None)
        try:
            await session.client.disconnect()
        except TROUBLE as error:
            log.info("a connection was gone before it was ended: %s", type(error).__name__)

    async def _let_go_of_the_idle(self) -> None:
        while True:
            await asyncio.sleep(self._idle / 4)
            now = asyncio.get_running_loop().time()
            for session in [s for s in self._sessions.values() if now - s.used_at >= self._idle]:
                if not session.writing.locked():
                    await self._hang_up(session)

    def _keep(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
