"""Bluetooth side of a device: advertises its tag, receives on its inlet, notifies on its outlet.

A central is unauthenticated until the lock has executed a gateway command from it; only then the lock sends its
state and its stored messages. A stored message stays in flash until the central has settled it, as with the broker.
Phones take part in the offline handshake only.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bumble.core import UUID, AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Service

from devices.wire.ble.fragments import Gathering, split
from devices.wire.ble.gatt import INLET, OUTLET, SERVICE, BleMessage, Kind, read_ble_message, tag_of
from devices.wire.errors import BadMessage
from firmware_sim.ble.air import Air, make_device
from firmware_sim.device.speech import Outgoing
from firmware_sim.lock.lock import SimLock
from firmware_sim.lock.offline import Backoff, OfflineSession

KINDS = {"ack": Kind.ACK, "event": Kind.EVENT, "state": Kind.STATE}


class Visit:
    """Connection of one central."""

    def __init__(self, connection: Any, lock: SimLock, backoff: Backoff) -> None:
        self.connection = connection
        self.known = False
        self.gathering = Gathering()
        self.phone = OfflineSession(lock, backoff)
        self.number = 0
        self.unsettled: dict[int, int] = {}


class BlePeripheral:
    """One lock on the air."""

    def __init__(self, air: Air, lock: SimLock, device: str, address: str) -> None:
        """`address`: a random static Bluetooth address."""
        self.lock = lock
        self.radio, self._controller = make_device(air, device, address)
        self.backoff = Backoff(time.monotonic)
        self._visit: Visit | None = None
        self._hearing = asyncio.Lock()
        self._outlet: Any = Characteristic(OUTLET, Characteristic.Properties.NOTIFY, Characteristic.READABLE, b"")
        properties = Characteristic.Properties.WRITE
        inlet: Any = Characteristic(INLET, properties, Characteristic.WRITEABLE, CharacteristicValue(write=self._hear))
        self.radio.add_service(Service(SERVICE, [inlet, self._outlet]))
        self.radio.advertising_data = advertisement(device)

    async def power_on(self) -> None:
        """Advertise until connected, and again after a disconnect."""
        await self.radio.power_on()
        await self._advertise()

    async def _advertise(self) -> None:
        await self.radio.start_advertising(
            auto_restart=True, advertising_interval_min=100, advertising_interval_max=100
        )

    async def set_in_range(self, near: bool) -> None:
        """Put the device in or out of radio range; out of range, connections end by timeout."""
        if near:
            await self._advertise()
        else:
            await self.radio.stop_advertising()
            self.vanish()

    async def power_off(self) -> None:
        """Remove the device from the air."""
        self.vanish()
        await self.radio.power_off()

    def vanish(self) -> None:
        """Drop every connection without a disconnect, as when the phone leaves the range."""
        self._controller.drop_links()

    async def _hear(self, connection: Any, fragment: bytes) -> None:
        if self._visit is None or self._visit.connection is not connection:
            self._visit = Visit(connection, self.lock, self.backoff)
        visit = self._visit
        async with self._hearing:
            try:
                whole = visit.gathering.add(bytes(fragment))
                message = read_ble_message(whole) if whole else None
            except BadMessage:
                return
            if message:
                await self._answer(visit, message)

    async def _answer(self, visit: Visit, message: BleMessage) -> None:
        if message.kind is Kind.SETTLED:
            self.lock.flash.delivered(visit.unsettled.pop(message.number, -1))
        elif message.kind is Kind.PHONE:
            reply = visit.phone.hear(message.body)
            if reply is not None:
                await self._write(visit, Kind.PHONE, reply)
        elif message.kind is Kind.CMD:
            await self._obey(visit, message.body)

    async def _obey(self, visit: Visit, raw: bytes) -> None:
        """Execute a command. Each ack is sent before the lock continues; all other messages go to the gateway only."""
        kept: list[Outgoing] = []
        was_known = visit.known
        for said in self.lock.receive(raw):
            visit.known |= said.channel == "ack" and said.kind == "done"
            if said.channel == "ack":
                await self._say(visit, said)
            else:
                kept.append(said)
        if visit.known and not was_known:
            kept = [*self.lock.connected(), *self.lock.flash.waiting()]
        for said in kept if visit.known else []:
            if said.seq not in visit.unsettled.values():
                await self._say(visit, said)

    async def _say(self, visit: Visit, said: Outgoing) -> None:
        number = await self._write(visit, KINDS[said.channel], said.payload)
        if said.seq:
            visit.unsettled[number] = said.seq

    async def _write(self, visit: Visit, kind: Kind, body: bytes) -> int:
        visit.number = (visit.number + 1) % 65536
        raw = BleMessage(kind, visit.number, body).to_bytes()
        for fragment in split(raw, visit.connection.att_mtu - 3):
            await self.radio.notify_subscriber(visit.connection, self._outlet, fragment)
        return visit.number


def advertisement(device: str) -> bytes:
    """Return the advertisement, 29 bytes: flags, and the tag as service data. No name."""
    tagged = UUID(SERVICE).to_bytes() + tag_of(device)
    return bytes(
        AdvertisingData([(AdvertisingData.FLAGS, b"\x06"), (AdvertisingData.SERVICE_DATA_128_BIT_UUID, tagged)])
    )
