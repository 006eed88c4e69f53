"""A device's Bluetooth side: it advertises its tag, hears commands on its inlet, speaks on its outlet.

What it says is kept in its flash until the other side has settled it, as with the broker.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bumble.core import UUID, AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Service

from devices.wire.ble import INLET, OUTLET, SERVICE, BleMessage, Kind, Reassembly, cut, read_ble_message, tag_of
from devices.wire.errors import BadMessage
from firmware_sim.ble.air import Air, make_device
from firmware_sim.dialogue import Spoken
from firmware_sim.lock import SimLock
from firmware_sim.speech import Outgoing

KINDS = {"ack": Kind.ACK, "event": Kind.EVENT, "state": Kind.STATE}


class BlePeripheral:
    """One lock on the air."""

    def __init__(self, air: Air, lock: SimLock, device: str, address: str) -> None:
        """`address`: a random static Bluetooth address."""
        self.lock = lock
        self.radio, self._controller = make_device(air, device, address)
        self._reassembly = Reassembly()
        self._unsettled: dict[int, int] = {}
        self._number = 0
        self._speaking = asyncio.Lock()
        self._outlet: Any = Characteristic(OUTLET, Characteristic.Properties.NOTIFY, Characteristic.READABLE, b"")
        properties = Characteristic.Properties.WRITE
        inlet: Any = Characteristic(INLET, properties, Characteristic.WRITEABLE, CharacteristicValue(write=self._hear))
        self.radio.add_service(Service(SERVICE, [inlet, self._outlet]))
        self.radio.advertising_data = advertisement(device)
        self.radio.on("connection", self._begin)
        self._outlet.on("subscription", self._subscribed)

    async def power_on(self) -> None:
        """Advertise until connected, and again after."""
        await self.radio.power_on()
        await self.radio.start_advertising(
            auto_restart=True, advertising_interval_min=100, advertising_interval_max=100
        )

    async def power_off(self) -> None:
        """Leave the air."""
        self.vanish()
        await self.radio.power_off()

    def vanish(self) -> None:
        """Lose every connection without a word, as when somebody walks away."""
        self._controller.drop_links()

    def _begin(self, _connection: Any) -> None:
        """A new central: numbers and fragments of the former one mean nothing any more."""
        self._reassembly, self._unsettled = Reassembly(), {}

    def _subscribed(self, connection: Any, notified: bool, _indicated: bool) -> None:
        if notified:
            self._greeting = asyncio.create_task(self._greet(connection))

    async def _greet(self, connection: Any) -> None:
        await self.play(connection, self.lock.connected())
        for message in self.lock.flash.waiting():
            await self._say(connection, message)

    async def _hear(self, connection: Any, fragment: bytes) -> None:
        whole = self._reassembly.take(bytes(fragment))
        if whole is None:
            return
        try:
            message = read_ble_message(whole)
        except BadMessage:
            return
        if message.kind is Kind.SETTLED:
            self.lock.flash.delivered(self._unsettled.pop(message.number, -1))
        elif message.kind is Kind.CMD:
            await self.play(connection, self.lock.receive(message.body))

    async def play(self, connection: Any, spoken: Spoken) -> None:
        """Send what the lock says, each message before the lock goes on."""
        async with self._speaking:
            for message in spoken:
                await self._say(connection, message)

    async def _say(self, connection: Any, message: Outgoing) -> None:
        self._number = (self._number + 1) % 65536
        if message.seq:
            self._unsettled[self._number] = message.seq
        for fragment in cut(BleMessage(KINDS[message.channel], self._number, message.payload), connection.att_mtu - 3):
            await self.radio.notify_subscriber(connection, self._outlet, fragment)


def advertisement(device: str) -> bytes:
    """29 bytes: flags, and the tag as the service's data. No name."""
    tagged = UUID(SERVICE).to_bytes() + tag_of(device)
    return bytes(
        AdvertisingData([(AdvertisingData.FLAGS, b"\x06"), (AdvertisingData.SERVICE_DATA_128_BIT_UUID, tagged)])
    )
