"""Drivers around the makers' unmodified Bluetooth libraries, with emulated locks on a virtual air."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from bleak.backends.device import BLEDevice
from nacl.public import PrivateKey

from devices.driver import LockAddress
from devices.drivers.nuki_ble import NukiBleDriver
from devices.drivers.sesame import SesameDriver
from devices.drivers.switchbot import SwitchbotDriver
from devices.drivers.vendor import RadioDriver
from devices.drivers.yale import YaleDriver
from devices.link import Received
from devices.links.ble import BleRadio
from devices.links.radio import RadioLink
from firmware_sim.ble.adapter import SimAdapter
from firmware_sim.ble.air import Air
from firmware_sim.ble.backend import SimClient, SimScanner
from firmware_sim.vendors.nuki_ble import SimNukiBle
from firmware_sim.vendors.peripheral import VendorPeripheral
from firmware_sim.vendors.sesame import SimSesameLock
from firmware_sim.vendors.switchbot import SimSwitchbotLock
from firmware_sim.vendors.yale import SimYaleLock
from tests.contract.driver_benches import DriverBench

SITE, DEVICE, ADDRESS = "house-1", "lock-1", "C1:00:00:00:00:01"
KEY: Final = bytes(range(16))
LOCK_KEY, OUR_KEY = PrivateKey(bytes(range(1, 33))), PrivateKey(bytes(range(2, 34)))


@dataclass(frozen=True)
class OnAir:
    """A driver, the maker's emulated lock, and the gateway's address of that lock."""

    driver: type[RadioDriver]
    lock: Callable[[Air, str], VendorPeripheral]
    secrets: Mapping[str, str]


ON_AIR: Final[dict[str, OnAir]] = {
    "nuki-ble": OnAir(
        NukiBleDriver,
        lambda air, at: SimNukiBle(air, at, b"\1\2\3\4", bytes(LOCK_KEY), bytes(OUR_KEY.public_key)),
        {
            "auth_id": "01020304",
            "nuki_public_key": bytes(LOCK_KEY.public_key).hex(),
            "public_key": bytes(OUR_KEY.public_key).hex(),
            "private_key": bytes(OUR_KEY).hex(),
            "app_id": "7",
        },
    ),
    "sesame": OnAir(SesameDriver, lambda air, at: SimSesameLock(air, at, KEY), {"secret_key": KEY.hex()}),
    "switchbot": OnAir(
        SwitchbotDriver,
        lambda air, at: SimSwitchbotLock(air, at, 0x1A, KEY),
        {"key_id": "1a", "encryption_key": KEY.hex()},
    ),
    "yale": OnAir(YaleDriver, lambda air, at: SimYaleLock(air, at, KEY, 3), {"key": KEY.hex(), "slot": "3"}),
}


class AirClient(SimClient):
    """Replaces the libraries' BleakClient: connects through the adapter that the device was seen by."""

    def __init__(self, address_or_ble_device: BLEDevice, **kwargs: Any) -> None:
        super().__init__(address_or_ble_device, dongle=address_or_ble_device.details["adapter"], **kwargs)


class BenchRadioLink(RadioLink):
    """The production link, with inspection for tests."""

    sent: list[bytes]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.sent = []

    @property
    def unacked(self) -> list[Received]:
        """Messages since the last call."""
        said, self._said = self._said, []
        return said

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Record the message, then publish it."""
        self.sent.append(payload)
        await super().publish(site, device, payload, expires_in=expires_in, channel=channel)

    def disconnect(self) -> None:
        """Switch the radio off."""
        self.connected = False

    def reconnect(self) -> None:
        """Switch the radio on."""
        self.connected = True


@dataclass
class There:
    """A bench, the lock on the air, the gateway's address of it, and the gateway's adapter."""

    bench: DriverBench
    lock: VendorPeripheral
    secrets: dict[str, str]
    adapter: SimAdapter


@asynccontextmanager
async def virtual_radio() -> AsyncIterator[tuple[Air, BleRadio]]:
    """An air, and a radio on it that makers' libraries also find when they ask bleak for the platform's adapter."""
    air = Air()
    adapter = await SimAdapter.on_air(air)
    try:
        with patch("bleak.get_platform_client_backend_type", lambda: (AirClient, "air")):
            yield air, BleRadio({"backend": SimScanner, "dongle": adapter}, {"backend": SimClient, "dongle": adapter})
    finally:
        await adapter.close()


@asynccontextmanager
async def on_air(name: str) -> AsyncIterator[There]:
    """Bench of one driver."""
    case = ON_AIR[name]
    async with virtual_radio() as (air, radio):
        lock, secrets = case.lock(air, ADDRESS), {"address": ADDRESS, **case.secrets}
        await lock.power_on()
        link = BenchRadioLink(case.driver.open, lambda _: secrets, radio, asyncio.Lock())
        await link.start()
        driver = case.driver(link, lambda: int(time.time()))
        bench = DriverBench(driver, link, LockAddress(SITE, DEVICE), lambda: lock.bolt, lambda: len(lock.movements))
        try:
            yield There(bench, lock, secrets, radio.scanner["dongle"])
        finally:
            await link.stop()
            await lock.power_off()
