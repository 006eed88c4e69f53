"""Yale and August locks through yalexs-ble (Apache-2.0): an offline key and its slot, from the maker's account."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from devices.drivers.vendor import RadioDriver
from devices.links.radio import Found, LibraryLock, Seen, Target
from devices.wire.messages import Bolt

BOLTS: Final[dict[str, Bolt]] = {
    "LOCKED": "locked", "SECUREMODE": "locked", "UNLOCKED": "unlocked", "UNLATCHED": "unlocked",
    "LOCKING": "locking", "UNLOCKING": "unlocking", "UNLATCHING": "unlocking", "JAMMED": "jammed",
}  # fmt: skip
OPERATIONS: Final[dict[Target, int]] = {"unlocked": 0x0A, "locked": 0x0B}


class YaleDriver(RadioDriver):
    """Queries the bolt only: some models answer battery and door late or never."""

    name = extra = "yale"
    library = "yalexs_ble.lock"
    secrets = ("key", "slot")

    @classmethod
    @asynccontextmanager
    async def open_lock(cls, library: Any, found: Found, secrets: Mapping[str, str]) -> AsyncIterator[LibraryLock]:
        """Connect and exchange keys."""
        lock = library.Lock(lambda: found, secrets["key"], int(secrets["slot"]), "lock", lambda _: None)
        try:
            await lock.connect(max_attempts=1)  # leaves the connection open where the exchange of keys fails
            yield YaleLock(lock)
        finally:
            await lock.disconnect()


class YaleLock:
    """One lock, connected."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock

    async def read_state(self) -> Seen:
        """Bolt state."""
        return Seen(BOLTS.get((await self._lock.lock_status()).name, "unknown"))

    async def move_bolt(self, target: Target) -> None:
        """One command. Not by the library's force_unlock, which writes again when the acknowledgment is late."""
        await self._lock._execute_operation(OPERATIONS[target], 0, target, retry_after_write=False)
