"""All locks of a building on one air, and dongles over TCP for phones and gateways in range."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from firmware_sim.ble.air import Air
from firmware_sim.ble.dongles import serve_dongles
from firmware_sim.ble.peripheral import BlePeripheral
from firmware_sim.lock.lock import SimLock
from firmware_sim.station.station import Station


@asynccontextmanager
async def on_air(stations: Iterable[Station], port: int) -> AsyncIterator[str]:
    """Power up the Bluetooth side of every lock; yields the dongles' TCP address as `host:port`."""
    air = Air()
    server = await serve_dongles(air, port=port)
    locks: list[BlePeripheral] = []
    for station in stations:
        if isinstance(station.mind, SimLock):
            device = station.folder.device
            station.air = lock = BlePeripheral(air, station.mind, device, address_of(device))
            locks.append(lock)
    await asyncio.gather(*(lock.power_on() for lock in locks))
    host, taken = server.sockets[0].getsockname()[:2]
    try:
        yield f"{host}:{taken}"
    finally:
        server.close()
        await asyncio.gather(*(lock.power_off() for lock in locks))


def address_of(device: str) -> str:
    """Return a device's random static address (Bluetooth Core 5.4, Vol 6 Part B §1.3.2.1), constant per device."""
    digest = bytearray(hashlib.sha256(device.encode()).digest()[:6])
    digest[0] |= 0xC0
    return ":".join(f"{byte:02X}" for byte in digest)
