"""Candy House Sesame 5 and later through pysesame-ble (Apache-2.0): the 16 byte secret in the app's share link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from devices.drivers.vendor import RadioDriver
from devices.links.radio import Found, LibraryLock, Seen, Target


class SesameDriver(RadioDriver):
    """The lock reports its state after a login and on each change; it cannot be queried."""

    name = extra = "sesame"
    library = "pysesame_ble"
    secrets = ("secret_key",)

    @classmethod
    @asynccontextmanager
    async def open_lock(cls, library: Any, found: Found, secrets: Mapping[str, str]) -> AsyncIterator[LibraryLock]:
        """Log in: a session key under the lock's token."""
        news = asyncio.Event()
        lock = library.SesameLock(found, None, secrets["secret_key"], lambda *_: news.set())
        try:
            await lock.connect()
            await lock.login()
            yield SesameLock(lock, news)
        finally:
            await lock.disconnect()


class SesameLock:
    """One lock, logged in."""

    def __init__(self, lock: Any, news: asyncio.Event) -> None:
        self._lock, self._news = lock, news

    async def read_state(self) -> Seen:
        """State reported in this session; waits for the first report."""
        while self._lock.is_locked is None:
            self._news.clear()
            await self._news.wait()
        if self._lock.is_moving:
            return Seen("unlocking" if self._lock.is_locked else "locking")
        at_rest = {(True, False): "locked", (False, True): "unlocked"}
        bolt = at_rest.get((self._lock.is_locked, self._lock.is_unlocked), "unknown")
        return Seen(bolt, self._lock.battery_percentage)  # type: ignore[arg-type]

    async def move_bolt(self, target: Target) -> None:
        """One command; states reported before it are discarded."""
        self._lock.is_locked = None
        await (self._lock.unlock("Lodgekey") if target == "unlocked" else self._lock.lock("Lodgekey"))
