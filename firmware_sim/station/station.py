"""Runs one device: its logic (SimLock or SimKiosk), its connection, its faults, and a log.

A message is sent at once, stored in flash until the broker has confirmed it, and sent again after a reconnect or a
loss. Input is not handled while messages are being sent.
"""

import asyncio
import logging
import random
import sqlite3
import time
from collections import Counter, deque
from typing import Any, Protocol

import aiomqtt

from certs.enrolment.device_folder import DeviceFolder
from firmware_sim.device.dialogue import Spoken
from firmware_sim.device.radio import Radio, listen_for_commands, make_radio, topic_of
from firmware_sim.device.speech import Outgoing
from firmware_sim.firmware.update import PowerLost
from firmware_sim.lock.lock import SimLock
from firmware_sim.lock.offline import Backoff, OfflineSession
from firmware_sim.station.assembly import keypad_of
from firmware_sim.station.faults import Faults
from firmware_sim.station.kiosk import SimKiosk

log = logging.getLogger(__name__)
RETRY = 2.0  # seconds until an unconfirmed message is sent again
STATE_EVERY = 3600.0  # seconds between periodic states, which reveal drift
LET_OUT = 4  # event loop iterations until aiomqtt has written a message to the socket
BACK_OFF = (0.2, 10.0)  # seconds: first and longest wait before a reconnect


class AirSide(Protocol):
    """Bluetooth side of a device, if it has one."""

    async def set_in_range(self, near: bool) -> None:
        """Put the device in or out of radio range."""


class Station:
    """Runs one device until cancelled."""

    def __init__(self, folder: DeviceFolder, mind: SimLock | SimKiosk, *, auto_lock: float = 0.0) -> None:
        """`auto_lock`: seconds until an opened lock locks itself; 0 for never."""
        self.folder, self.mind, self.faults = folder, mind, Faults()
        self.counters: Counter[str] = Counter()
        self.log: deque[dict[str, Any]] = deque(maxlen=200)
        self.online = asyncio.Event()
        self.air: AirSide | None = None
        self.keypad = keypad_of(folder, mind) if isinstance(mind, SimLock) else None
        self._backoff = Backoff(mind.clock.ticks)
        self._auto_lock, self._auto_lock_at = auto_lock, time.monotonic() + auto_lock
        self._ask_at = 0.0
        self._radio: Radio | None = None
        self._allowed, self._speaking = asyncio.Event(), asyncio.Lock()
        self._allowed.set()
        self._in_flight: set[int] = set()
        self._lost: set[int] = set()
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Power up, then stay connected as far as the faults allow."""
        async with asyncio.TaskGroup() as group:
            await self.play(self.mind.boot())
            group.create_task(self._tend())
            wait = BACK_OFF[0]
            while True:
                await self._allowed.wait()
                began = time.monotonic()
                try:
                    await self._be_connected()
                except (aiomqtt.MqttError, OSError, sqlite3.Error) as error:
                    log.info("device %s is not connected: %s", self.folder.device, type(error).__name__)
                wait = BACK_OFF[0] if time.monotonic() - began > RETRY else min(wait * 2, BACK_OFF[1])
                await asyncio.sleep(wait * (0.5 + random.random()))

    async def play(self, spoken: Spoken) -> None:
        """Send the device's messages, each before the next is generated."""
        async with self._speaking:
            for message in spoken:
                self._send(message)
                for _ in range(LET_OUT):
                    await asyncio.sleep(0)

    async def enter_code(self, code: str) -> str | None:
        """Type a passcode; None if it opened, else the reason. Raises KeyError if this is not a lock."""
        if self.keypad is None:
            raise KeyError(self.folder.device)
        refusal = self.keypad.enter(code)
        await self.play(iter(self.keypad.said))
        return refusal

    def meet(self) -> OfflineSession:
        """Open a session with a phone in range; its messages go to hear_near. Raises KeyError for a kiosk."""
        if not isinstance(self.mind, SimLock):
            raise KeyError(self.folder.device)
        return OfflineSession(self.mind, self._backoff)

    async def hear_near(self, session: OfflineSession, message: bytes) -> bytes | None:
        """Return the reply to a message of a phone in range; resulting events are sent to the gateway too."""
        reply = session.hear(message)
        said, session.said = session.said, []
        await self.play(iter(said))
        return reply

    async def set_offline(self, offline: bool) -> None:
        """Cut the connection without DISCONNECT (the broker publishes the will), or restore it."""
        if not offline:
            self._allowed.set()
            return
        self._allowed.clear()
        if self._radio is not None:
            self._radio.cut()

    async def _be_connected(self) -> None:
        async with make_radio(self.folder) as radio:
            self.counters["connects"] += 1
            self._radio = radio
            try:
                await listen_for_commands(radio, self.folder)  # first: the messages below may be answered at once
                await radio.publish(topic_of(self.folder, "online"), b"1", qos=1)
                await self.play(self.mind.connected())
                self._say_waiting()
                self.online.set()
                await self._ask_for_certificate()
                async for message in radio.messages:
                    await self._hear(message)
            finally:
                self._radio = None
                self.online.clear()

    async def _hear(self, message: aiomqtt.Message) -> None:
        raw = message.payload
        self.counters["heard"] += 1
        self._log("in", Outgoing("cmd", 0, raw, "retained" if message.retain else ""))
        try:
            await self.play(self.mind.receive(raw, bool(message.retain)))
        except PowerLost:
            await self._restart()
            return
        await self._tend_firmware()

    def _send(self, message: Outgoing) -> None:
        if self._radio is None or not self._allowed.is_set():
            return
        if message.seq in self._in_flight:
            return
        lost = message.seq in self._lost or self.faults.loses_answer(message)
        delays = [] if lost else self.faults.delays()
        if lost:
            self._lost.add(message.seq)  # a message stored after it was sent is dropped once more
            self.mind.flash.delivered(message.seq)
        self.counters["lost" if lost or not delays else "said"] += 1
        self._log("out" if delays else "lost", message)
        for delay in delays:
            self._in_flight.add(message.seq)
            task = asyncio.create_task(self._publish(self._radio, message, delay))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _publish(self, radio: Radio, message: Outgoing, delay: float) -> None:
        try:
            if delay:
                await asyncio.sleep(delay)
            await radio.publish(topic_of(self.folder, message.channel), message.payload, qos=1)
        except (aiomqtt.MqttError, OSError):
            self.counters["not_taken"] += 1  # a stored message stays in flash
        else:
            if message.channel != "state" and message.seq:
                self.mind.flash.delivered(message.seq)
        finally:
            self._in_flight.discard(message.seq)

    async def _tend(self) -> None:
        """Send unconfirmed messages again, send the state periodically, and lock after the auto-lock time."""
        said_at = time.monotonic()
        while True:
            await asyncio.sleep(min(RETRY, self._auto_lock or RETRY) / 2)
            self._say_waiting()
            self.mind.flash.sweep()
            if time.monotonic() - said_at > STATE_EVERY:
                said_at = time.monotonic()
                await self.play(self.mind.connected())
            await self._ask_for_certificate()
            self._reconnect_with_new_certificates()
            await self._lock_after_a_while()
            await self._tend_firmware()

    async def _tend_firmware(self) -> None:
        """Confirm or give up a trial; boot where that is due and nobody waits at the door."""
        if not isinstance(self.mind, SimLock):
            return
        await self.play(self.mind.tend_firmware())
        if self.mind.firmware.reboot_due and not self._in_flight:
            await self._restart()

    async def _restart(self) -> None:
        """Lose power for a moment: the connection is cut, and the device boots."""
        if self._radio is not None:
            self._radio.cut()
        await self.play(self.mind.restart())

    async def _ask_for_certificate(self) -> None:
        """Request a certificate once due, and again every hour until it has arrived."""
        if time.monotonic() >= self._ask_at and self._radio is not None and self.mind.certificates.due:
            self._ask_at = time.monotonic() + STATE_EVERY
            request = {"csr": self.mind.certificates.request()}
            await self.play(self.mind.dialogue.tell("certificate_wanted", request))

    def _reconnect_with_new_certificates(self) -> None:
        if self.mind.certificates.changed and self._radio is not None and not self._in_flight:
            self.mind.certificates.changed = False
            self._radio.cut()

    def _say_waiting(self) -> None:
        for message in self.mind.flash.waiting():
            self._send(message)

    async def _lock_after_a_while(self) -> None:
        if not self._auto_lock or not isinstance(self.mind, SimLock) or self.mind.door.position == "locked":
            self._auto_lock_at = time.monotonic() + self._auto_lock
        elif time.monotonic() >= self._auto_lock_at:
            await self.play(self.mind.auto_lock())

    def _log(self, way: str, message: Outgoing) -> None:
        entry = {"at": self.mind.clock.now(), "way": way, "channel": message.channel, "kind": message.kind}
        self.log.append(entry | {"seq": message.seq, "bytes": len(message.payload)})
