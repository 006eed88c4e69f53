"""SwitchBot Lock through PySwitchbot (MIT): AES-128 with a key that SwitchBot's account hands out once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from devices.drivers.vendor import RadioDriver, percent
from devices.link import LinkDown
from devices.links.radio import Found, LibraryLock, Seen, Target
from devices.wire.messages import Bolt

BOLTS: Final[dict[str, Bolt]] = {
    "LOCKED": "locked", "UNLOCKED": "unlocked", "LOCKING": "locking", "UNLOCKING": "unlocking",
    "LOCKING_STOP": "jammed", "UNLOCKING_STOP": "jammed", "NOT_FULLY_LOCKED": "jammed",
}  # fmt: skip


class SwitchbotDriver(RadioDriver):
    """Reads the lock's basic info; its advertisements may be stale."""

    name = library = extra = "switchbot"
    secrets = ("key_id", "encryption_key")

    @classmethod
    @asynccontextmanager
    async def open_lock(cls, library: Any, found: Found, secrets: Mapping[str, str]) -> AsyncIterator[LibraryLock]:
        """Connects on first use; nothing is sent twice."""
        lock = library.SwitchbotLock(found, secrets["key_id"], secrets["encryption_key"], retry_count=0)
        try:
            yield SwitchbotLock(lock)
        finally:
            await lock._execute_forced_disconnect()  # other calls wait for its idle timer, 8.5 s


class SwitchbotLock:
    """One lock, connected."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock

    async def read_state(self) -> Seen:
        """Bolt state, battery and door."""
        state = await self._lock.get_basic_info()
        if state is None:
            raise LinkDown("the lock did not take the question")
        door = {True: "open", False: "closed"}.get(state.get("door_open"), "unknown")
        return Seen(BOLTS.get(state["status"].name, "unknown"), percent(state["battery"]), door)  # type: ignore[arg-type]

    async def move_bolt(self, target: Target) -> None:
        """One command."""
        await (self._lock.unlock() if target == "unlocked" else self._lock.lock())
