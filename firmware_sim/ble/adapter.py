"""Simulated Bluetooth adapter of a gateway: one Bumble host in the central role."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Self

from bumble import core, hci
from bumble.device import Device
from bumble.transport import open_transport
from bumble.transport.common import Transport

from firmware_sim.ble.air import Air, make_device, pair_without_person, random_address

Listener = Callable[[str, Any], None]  # address, Bumble's advertisement


class SimAdapter:
    """Scans for several listeners and makes one connection at a time, as a real controller does."""

    def __init__(self, device: Device, transport: Transport | None = None) -> None:
        self.device = device
        self.seen: dict[str, hci.Address] = {}
        self._transport = transport
        self._listeners: list[Listener] = []
        self._connecting = asyncio.Lock()
        device.on("advertisement", self._on_advertisement)

    @classmethod
    async def on_air(cls, air: Air, address: str = "F0:00:00:00:00:01") -> Self:
        """Create an adapter on an air of this process."""
        adapter = cls(make_device(air, "adapter", address)[0])
        await adapter.device.power_on()
        return adapter

    @classmethod
    async def plugged_in(cls, name: str, address: str = "F0:00:00:00:00:02") -> Self:
        """Create an adapter behind Bumble's transport `name`: tcp-client:host:port, or a real one (usb:0, serial:…)."""
        transport = await open_transport(name)
        device = Device.with_hci("adapter", random_address(address), transport.source, transport.sink)
        pair_without_person(device)
        adapter = cls(device, transport)
        await adapter.device.power_on()
        return adapter

    async def close(self) -> None:
        """Disconnect all links and power off."""
        for connection in list(self.device.connections.values()):
            await connection.disconnect()
        await self.device.power_off()
        if self._transport:
            await self._transport.close()

    async def listen(self, listener: Listener) -> None:
        """Call the listener for every advertisement until hush()."""
        self._listeners.append(listener)
        if not self.device.is_scanning:
            await self.device.start_scanning(filter_duplicates=False)

    async def hush(self, listener: Listener) -> None:
        """Remove the listener."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners and self.device.is_scanning:
            await self.device.stop_scanning()

    async def connect(self, address: hci.Address, seconds: float) -> Any:
        """Return a Bumble connection. Raises TimeoutError, core.ConnectionError."""
        async with asyncio.timeout(seconds), self._connecting:
            attempt = asyncio.ensure_future(self.device.connect(address, timeout=None))
            try:
                return await asyncio.shield(attempt)
            except asyncio.CancelledError:
                await self._give_up(attempt)
                raise

    async def _give_up(self, attempt: asyncio.Future[Any]) -> None:
        """Cancel the connect at the controller, which frees its only connection slot."""
        with contextlib.suppress(hci.HCI_Error):
            await self.device.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
        await asyncio.wait([attempt], timeout=0.5)
        if attempt.done() and not attempt.cancelled() and attempt.exception() is None:
            await attempt.result().disconnect()
        attempt.cancel()
        with contextlib.suppress(asyncio.CancelledError, core.BaseBumbleError):
            await attempt

    def _on_advertisement(self, advertisement: Any) -> None:
        address = advertisement.address.to_string(False)
        self.seen[address] = advertisement.address
        for listener in list(self._listeners):
            listener(address, advertisement)
