"""The tenant's phone as a Bluetooth central: transports the handshake of phone.offline to a lock in range."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.exc import BleakError

from devices.wire.ble.fragments import Gathering, split
from devices.wire.ble.gatt import INLET, OUTLET, SERVICE, BleMessage, Kind, read_ble_message, tag_of
from devices.wire.errors import BadMessage
from firmware_sim.ble.adapter import SimAdapter
from firmware_sim.ble.backend import SimClient, SimScanner
from firmware_sim.phone.offline import Exchange

FIND_SECONDS = 10.0
ANSWER_SECONDS = 2.0  # limit against relay attacks, which delay the reply


class LockOutOfRange(Exception):
    """No device in range advertises this lock's tag."""


@asynccontextmanager
async def reach(adapter: SimAdapter, lock: str) -> AsyncIterator[Exchange]:
    """Connect to a lock by its id; yields the `exchange` for `ask_lock`. Raises LockOutOfRange, BleakError."""
    tag = tag_of(lock)
    scanner: dict[str, Any] = {"backend": SimScanner, "dongle": adapter}
    found = await BleakScanner.find_device_by_filter(
        lambda _, advertisement: advertisement.service_data.get(SERVICE) == tag, timeout=FIND_SECONDS, **scanner
    )
    if found is None:
        raise LockOutOfRange(lock)
    async with BleakClient(found, backend=SimClient, dongle=adapter) as client:
        replies: asyncio.Queue[bytes] = asyncio.Queue()
        gathering = Gathering()

        def on_fragment(_: object, fragment: bytearray) -> None:
            try:
                whole = gathering.add(bytes(fragment))
                message = read_ble_message(whole) if whole else None
            except BadMessage:
                return
            if message and message.kind is Kind.PHONE:
                replies.put_nowait(message.body)

        await client.start_notify(OUTLET, on_fragment)
        inlet = client.services.get_characteristic(INLET)
        if inlet is None:
            raise BleakError("the lock has no inlet")
        size = inlet.max_write_without_response_size

        async def exchange(message: bytes) -> bytes:
            """Send one message and return the reply; empty after a timeout."""
            for fragment in split(BleMessage(Kind.PHONE, 0, message).to_bytes(), size):
                await client.write_gatt_char(INLET, fragment, response=True)
            try:
                return await asyncio.wait_for(replies.get(), ANSWER_SECONDS)
            except TimeoutError:
                return b""

        yield exchange
