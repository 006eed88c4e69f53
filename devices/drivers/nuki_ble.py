"""Nuki locks over Bluetooth through pyNukiBT (MIT): with a key pair that was paired with the lock once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from devices.drivers.vendor import RadioDriver, percent
from devices.links.radio import Found, LibraryLock, Seen, Target
from devices.wire.messages import Bolt, Door

BOLTS: Final[dict[str, Bolt]] = {
    "LOCKED": "locked", "UNLOCKING": "unlocking", "UNLOCKED": "unlocked", "LOCKING": "locking",
    "UNLATCHED": "unlocked", "UNLOCKED_LOCK_N_GO": "unlocked", "UNLATCHING": "unlocking", "MOTOR_BLOCKED": "jammed",
}  # fmt: skip
DOORS: Final[dict[str, Door]] = {"DOOR_CLOSED": "closed", "DOOR_OPENED": "open"}


class NukiBleDriver(RadioDriver):
    """One message at a time, without retries: the library would repeat a lock action up to three times."""

    name, extra, library = "nuki-ble", "nuki-ble", "pyNukiBT"
    secrets = ("auth_id", "nuki_public_key", "public_key", "private_key", "app_id")

    @classmethod
    @asynccontextmanager
    async def open_lock(cls, library: Any, found: Found, secrets: Mapping[str, str]) -> AsyncIterator[LibraryLock]:
        """Connect; the library learns the lock's model only by connecting."""
        names = ("auth_id", "nuki_public_key", "public_key", "private_key")
        keys = [bytes.fromhex(secrets[name]) for name in names]
        lock = library.NukiDevice(found.address, *keys, int(secrets["app_id"]), "Lodgekey", ble_device=found)
        lock.send_retry = lock.response_retry = 1
        lock.update_config = _nothing  # its settings (name, place, PIN) are not read
        try:
            await lock.connect()
            yield NukiLock(lock)
        finally:
            await lock.disconnect()


class NukiLock:
    """One lock, connected."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock

    async def read_state(self) -> Seen:
        """Bolt state, battery and door."""
        await self._lock.update_state()
        state = self._lock.last_state
        door = DOORS.get(str(state["door_sensor_state"]), "unknown")
        return Seen(BOLTS.get(str(state["lock_state"]), "unknown"), percent(self._lock.battery_percentage), door)

    async def move_bolt(self, target: Target) -> None:
        """One action, with a challenge of its own."""
        await (self._lock.unlock() if target == "unlocked" else self._lock.lock())


async def _nothing() -> None:
    return None
