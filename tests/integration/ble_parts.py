"""Locks on a simulated air, and the production link with a simulated adapter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from certs.authority.ca import Authority
from certs.credential import KeyCredential, issue_credential
from certs.enrolment.device_folder import read_device_folder, write_device_folder
from certs.keys import new_private_key
from devices.driver import LockAddress
from devices.drivers.native import NativeDriver
from devices.links.ble import BleLink, BleRadio
from devices.reports import Report
from firmware_sim.ble.adapter import SimAdapter
from firmware_sim.ble.air import Air
from firmware_sim.ble.backend import SimClient, SimScanner
from firmware_sim.ble.peripheral import BlePeripheral
from firmware_sim.lock.lock import SimLock
from firmware_sim.station.assembly import assemble

SITE = "house-1"
TIMEOUT_SECONDS = 30.0


def now() -> int:
    return int(time.time())


def radio_of(adapter: SimAdapter, client: type[SimClient] = SimClient) -> BleRadio:
    """Radio of a link that uses this adapter."""
    return BleRadio({"backend": SimScanner, "dongle": adapter}, {"backend": client, "dongle": adapter})


@dataclass
class Street:
    """An air with locks on it, and a gateway within range."""

    authority: Authority
    folder: Path
    air: Air
    adapter: SimAdapter
    locks: dict[str, BlePeripheral] = field(default_factory=dict)
    links: list[BleLink] = field(default_factory=list)

    async def lock(self, device: str) -> BlePeripheral:
        """A lock with its clock set, advertising."""
        path = self.folder / device
        write_device_folder(path, self.authority, SITE, device, "lock", host="127.0.0.1", port=1)
        mind = assemble(read_device_folder(path))
        assert isinstance(mind, SimLock)
        mind.clock.set(now())
        number = len(self.locks) + 1
        lock = self.locks[device] = BlePeripheral(
            self.air, mind, device, f"C0:00:00:00:{number >> 8:02X}:{number & 255:02X}"
        )
        await lock.power_on()
        return lock

    async def link(self, client: type[SimClient] = SimClient, **options: Any) -> BleLink:
        """A started link."""
        link = BleLink(radio_of(self.adapter, client), **options)
        await link.start()
        self.links.append(link)
        return link

    async def vanish(self, device: str) -> None:
        """Move a lock out of range and let the gateway detect it."""
        (connection,) = self.adapter.device.connections.values()
        gone = asyncio.Event()
        connection.on("disconnection", lambda _: gone.set())
        self.locks[device].vanish()
        await asyncio.wait_for(gone.wait(), TIMEOUT_SECONDS)

    def driver(self, link: BleLink) -> NativeDriver:
        """The native driver over this link."""
        return NativeDriver(link, self.authority.command_key, self.public_key_of, now)

    def public_key_of(self, device: str) -> ec.EllipticCurvePublicKey | None:
        return self.locks[device].lock.dialogue.speech.key.public_key() if device in self.locks else None

    def credential(self, device: str, key: bytes) -> bytes:
        """A key for one lock, valid for an hour."""
        window = KeyCredential(key, device, new_private_key().public_key(), now() - 60, now() + 3600)
        return issue_credential(window, self.authority.credential_key)


@asynccontextmanager
async def open_street(folder: Path) -> AsyncIterator[Street]:
    """An air with an adapter; closed with the test."""
    air = Air()
    adapter = await SimAdapter.on_air(air)
    street = Street(Authority.open(folder / "authority", now), folder, air, adapter)
    try:
        yield street
    finally:
        for link in street.links:
            await link.stop()
        for lock in street.locks.values():
            await lock.power_off()
        await adapter.close()


def address(device: str) -> LockAddress:
    return LockAddress(SITE, device)


async def hear_until(link: BleLink, driver: NativeDriver, kind: type[Report], count: int = 1) -> list[Report]:
    """Reports, settled as they arrive, up to the `count`th of a kind."""
    received: list[Report] = []
    async with asyncio.timeout(TIMEOUT_SECONDS):
        async for batch in link.batches():
            for message in batch:
                received += driver.read(message)
                message.ack()
            if len([report for report in received if isinstance(report, kind)]) >= count:
                break
    return received
