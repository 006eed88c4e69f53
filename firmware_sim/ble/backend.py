"""bleak scanner and client over a SimAdapter, for BleakScanner(backend=…) and BleakClient(backend=…).

Both take the keyword `dongle`. Covers what locks need of bleak 3: no pairing, no descriptor writes.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_16
from bumble import att, core
from bumble.core import UUID, AdvertisingData
from bumble.device import Peer

from firmware_sim.ble.adapter import SimAdapter

PROPERTIES = ("broadcast", "read", "write-without-response", "write", "notify", "indicate")
MAX_MTU = 517
SERVICES = (0x02, 0x03, 0x06, 0x07)  # incomplete and complete lists of 16 and 128 bit UUIDs
SERVICE_DATA = (AdvertisingData.SERVICE_DATA_16_BIT_UUID, AdvertisingData.SERVICE_DATA_128_BIT_UUID)


class SimScanner(BaseBleakScanner):
    """Reports the devices that advertise on the adapter's air."""

    def __init__(
        self, detection_callback: Any, service_uuids: list[str] | None, scanning_mode: str, *, dongle: SimAdapter,
        **_: Any,
    ) -> None:  # fmt: skip
        super().__init__(detection_callback, service_uuids)
        self._adapter, self.scanning_mode = dongle, scanning_mode

    async def start(self) -> None:
        """Start scanning."""
        self.seen_devices = {}
        await self._adapter.listen(self._on_advertisement)

    async def stop(self) -> None:
        """Stop scanning."""
        await self._adapter.hush(self._on_advertisement)

    def _on_advertisement(self, address: str, advertisement: Any) -> None:
        data = advertisement.data
        uuids = [text_of(found) for kind in SERVICES for listed in data.get_all(kind) for found in listed]
        service_data = {text_of(name): bytes(value) for kind in SERVICE_DATA for name, value in data.get_all(kind)}
        name = data.get(AdvertisingData.COMPLETE_LOCAL_NAME)
        if not self.is_allowed_uuid([*uuids, *service_data]):
            return
        seen = AdvertisementData(name, {}, service_data, uuids, None, advertisement.rssi, ())
        details = {"adapter": self._adapter, "address": advertisement.address}
        self.call_detection_callbacks(self.create_or_update_device(address, address, name or "", details, seen), seen)


class SimClient(BaseBleakClient):
    """Connection to one scanned device."""

    def __init__(self, address_or_ble_device: BLEDevice | str, *, dongle: SimAdapter, timeout: float, **kwargs: Any):
        super().__init__(address_or_ble_device, timeout=timeout, disconnected_callback=kwargs["disconnected_callback"])
        self._adapter = dongle
        self._device = address_or_ble_device
        self._connection: Any = None
        self._listeners: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        """Advertised name."""
        return (self._device.name if isinstance(self._device, BLEDevice) else None) or self.address

    @property
    def is_connected(self) -> bool:
        """Whether the link is up."""
        return self._connection is not None

    @property
    def mtu_size(self) -> int:
        """MTU of the ATT bearer."""
        return self._connection.att_mtu if self._connection else 23

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        """Connect and discover services. Raises BleakError, TimeoutError."""
        if pair:
            raise BleakError("this backend does not pair")
        target = self._adapter.seen.get(self.address)
        if target is None:
            raise BleakDeviceNotFoundError(self.address, f"Device {self.address} was not found")
        try:
            connection = await self._adapter.connect(target, kwargs.get("timeout", self._timeout))
        except core.ConnectionError as error:
            raise BleakError(f"connect failed: {error}") from error
        self._connection = connection
        connection.on("disconnection", self._on_disconnection)
        try:
            await self._discover(Peer(connection))
        except (core.BaseBumbleError, TimeoutError, asyncio.CancelledError) as error:
            await self.disconnect()
            if isinstance(error, core.BaseBumbleError):
                raise BleakError(str(error)) from error
            raise

    async def _discover(self, peer: Peer) -> None:
        await peer.request_mtu(MAX_MTU)
        found = BleakGATTServiceCollection()
        for service in await peer.discover_services():
            ours = BleakGATTService(service, service.handle, text_of(service.uuid))
            found.add_service(ours)
            for item in await service.discover_characteristics():
                names: Any = [name for bit, name in enumerate(PROPERTIES) if item.properties & (1 << bit)]
                characteristic = BleakGATTCharacteristic(
                    item, item.handle, text_of(item.uuid), names, lambda: self.mtu_size - 3, ours
                )
                found.add_characteristic(characteristic)
                for low in await item.discover_descriptors():
                    found.add_descriptor(BleakGATTDescriptor(low, low.handle, text_of(low.type), characteristic))
        self.services = found

    def _on_disconnection(self, _reason: int) -> None:
        if self._connection is not None:
            self._connection, self.services = None, None
            if self._disconnected_callback:
                self._disconnected_callback()

    async def disconnect(self) -> None:
        """Disconnect."""
        connection = self._connection
        if connection:
            await connection.disconnect()
            self._on_disconnection(0)

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        """Read the value of a characteristic."""
        return bytearray(await self._ask(characteristic.obj.read_value()))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        """Write a characteristic; with `response`, wait for the device's confirmation."""
        await self._ask(characteristic.obj.write_value(bytes(data), with_response=response))

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: Any, **_: Any) -> None:
        """Subscribe to notifications of a characteristic."""

        def listener(value: bytes) -> None:
            callback(bytearray(value))

        self._listeners[characteristic.handle] = listener
        await self._ask(characteristic.obj.subscribe(listener))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Unsubscribe."""
        await self._ask(characteristic.obj.unsubscribe(self._listeners.pop(characteristic.handle)))

    async def _ask(self, operation: Any) -> Any:
        """Run one ATT operation and convert its errors to bleak's."""
        if self._connection is None:
            operation.close()
            raise BleakError("Not connected")
        try:
            return await operation
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except (core.BaseBumbleError, TimeoutError) as error:
            raise BleakError(str(error)) from error
        except asyncio.CancelledError:  # Bumble cancels pending operations when the link is lost
            task = asyncio.current_task()
            if self._connection is None and task is not None and not task.cancelling():
                raise BleakError("disconnected") from None
            raise

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        """Not supported: messages on the link are signed."""
        raise NotImplementedError

    async def unpair(self) -> None:
        """Not supported; see pair()."""
        raise NotImplementedError

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **kwargs: Any) -> bytearray:
        """Not supported: locks have no descriptors to read."""
        raise NotImplementedError

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        """Not supported: locks have no descriptors to write; subscribing writes the CCCD itself."""
        raise NotImplementedError


def text_of(found: UUID) -> str:
    """Return a UUID in bleak's format."""
    if len(found.to_bytes()) == 16:
        return str(uuid.UUID(found.to_hex_str("-")))
    return normalize_uuid_16(int(found.to_hex_str(), 16))
