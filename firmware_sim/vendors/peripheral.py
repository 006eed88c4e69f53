"""Bluetooth peripheral of another maker's lock: one service, writable inlets, notifying outlets."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from bumble.core import UUID, AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Service

from firmware_sim.ble.air import Air, make_device


class VendorPeripheral:
    """Common part of the makers' emulators; a `jammed` one receives and answers, but its bolt does not move."""

    service: ClassVar[str]
    inlets: ClassVar[tuple[str, ...]]
    outlets: ClassVar[tuple[str, ...]]

    def __init__(self, air: Air, address: str) -> None:
        """`address`: a random static Bluetooth address."""
        self.bolt, self.movements, self.jammed = "locked", list[str](), False
        self.radio, self._controller = make_device(air, "vendor", address)
        self._speaking: dict[str, Any] = {outlet: self._outlet(outlet) for outlet in self.outlets}
        both = Characteristic.Properties.WRITE | Characteristic.Properties.WRITE_WITHOUT_RESPONSE
        hearing: list[Any] = [
            Characteristic(inlet, both, Characteristic.WRITEABLE, self._value(inlet))
            for inlet in self.inlets
            if inlet not in self.outlets
        ]
        self.radio.add_service(Service(self.service, [*hearing, *self._speaking.values()]))
        self.radio.advertising_data = bytes(
            AdvertisingData([(AdvertisingData.FLAGS, b"\x06"), self._served()])  # no name: found by its address
        )
        self.radio.on(self.radio.EVENT_CONNECTION, lambda _: self.connected())
        self._connection: Any = None
        self._saying: asyncio.Future[None] | None = None

    def _outlet(self, uuid: str) -> Any:
        """Nuki's characteristics are both inlet and outlet."""
        properties, permissions = Characteristic.Properties.NOTIFY, Characteristic.READABLE
        if uuid in self.inlets:
            properties |= Characteristic.Properties.WRITE
            permissions |= Characteristic.WRITEABLE
        made: Any = Characteristic(uuid, properties, permissions, self._value(uuid))
        made.on(made.EVENT_SUBSCRIPTION, lambda connection, notify, _: self._subscribed(connection, uuid, notify))
        return made

    def _value(self, uuid: str) -> Any:
        async def hear(connection: Any, data: bytes) -> None:
            self._connection = connection
            await self.hear(uuid, bytes(data))

        return CharacteristicValue(write=hear)

    def _served(self) -> tuple[AdvertisingData.Type, bytes]:
        return AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, UUID(self.service).to_bytes(force_128=True)

    def _subscribed(self, connection: Any, outlet: str, notify: bool) -> None:
        self._connection = connection
        if notify:
            self._saying = asyncio.ensure_future(self.subscribed(outlet))

    def connected(self) -> None:
        """Handle a new connection: ends the session of an earlier one."""

    async def subscribed(self, outlet: str, /) -> None:
        """Handle a subscription to this outlet."""

    async def hear(self, inlet: str, data: bytes, /) -> None:
        """Handle one write. Raises ATT_Error, which becomes the answer to that write."""
        raise NotImplementedError

    async def say(self, outlet: str, data: bytes) -> None:
        """Send one notification."""
        await self.radio.notify_subscriber(self._connection, self._speaking[outlet], data)

    def move(self, target: str) -> None:
        """Extend or retract the bolt."""
        if not self.jammed:
            self.bolt = target
            self.movements.append(target)

    async def power_on(self) -> None:
        """Advertise until connected, and again after a disconnect."""
        await self.radio.power_on()
        await self.radio.start_advertising(
            auto_restart=True, advertising_interval_min=100, advertising_interval_max=100
        )

    async def power_off(self) -> None:
        """Remove the lock from the air."""
        self._controller.drop_links()
        await self.radio.stop_advertising()
        await self.radio.power_off()
