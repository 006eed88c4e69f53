"""A relay over rows that are owed to a registry in another process, with a clock that is turned by hand."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from api.client import Client
from benchmarks.stages.rows import NOW, Rows, open_rows
from gateway.registries import open_registry
from gateway.relay.loop import Relay, Sender, Sent
from gateway.relay.registries import LEASED, RegistrySenders, prefetch_registrations
from gateway.store import Delivery

TIMEOUT_SECONDS = 120.0


class RelayStage:
    """Rows that are owed, a registry's address, and the time."""

    def __init__(self, rows: Rows, url: str) -> None:
        self.rows, self.url, self.now = rows, url, NOW
        self._counting = sqlite3.connect(rows.database.url.removeprefix("sqlite:///"))

    def close(self) -> None:
        """Let go of the database."""
        self._counting.close()

    async def drain(self, count: int) -> float:
        """Deliveries a second until `count` more are settled, which are all that were sent."""
        registry = open_registry("sandbox", {"url": self.url, "token": "x"}, lambda: self.now)
        quota = Quota(count)
        relay = self.relay(registry, quota)
        goal, news = self.settled() + count, self.settled_news()
        began = time.perf_counter()
        running = asyncio.create_task(relay.run())
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await self.until(news, lambda: quota.spent and self.settled() >= goal)
        took = time.perf_counter() - began
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await registry.close()
        return count / took

    def settled_news(self) -> asyncio.Event:
        """Set at the next commit, and at each after it was cleared."""
        news, loop = asyncio.Event(), asyncio.get_running_loop()
        self.rows.database.after_commit(lambda: signal(loop, news))
        return news

    async def until(self, news: asyncio.Event, good: Callable[[], bool]) -> None:
        """Look after every commit; cleared before looking, so that none is missed."""
        news.clear()
        while not good():
            await news.wait()
            news.clear()

    def relay(self, registry: object, quota: Quota) -> Relay:
        """A relay as the gateway has it, as long as the quota lasts."""
        senders = RegistrySenders(
            self.rows.database,
            self.rows.keyring.vault,
            {"sandbox": registry},  # type: ignore[dict-item]  # one of REGISTRIES
            lambda: self.now,
        )
        table = {"submit": quota.of(senders.submit)}
        return Relay(self.rows.database, table, lambda: self.now, leased=LEASED, prefetch=prefetch_registrations)

    def settled(self) -> int:
        """How many deliveries are done."""
        return self._counted("count(*) FROM deliveries WHERE state = 'done'")

    def attempts(self) -> int:
        """How often anything was tried."""
        return self._counted("sum(attempts) FROM deliveries")

    def _counted(self, what: str) -> int:
        """Asked after commits, so without anything that costs."""
        (count,) = self._counting.execute(f"SELECT {what}").fetchone()
        return int(count)

    async def books(self) -> list[str]:
        """The references the registry has, in the order they came."""
        async with Client(self.url, timeout_s=20) as registry:
            references: list[str] = (await registry.get("/books")).require_ok().json()
        return references

    async def switch(self, word: str) -> None:
        """The registry goes `down` or `up`."""
        async with Client(self.url, timeout_s=20) as registry:
            (await registry.post(f"/{word}")).require_ok()


class Quota:
    """So many attempts; later ones wait until they are cancelled, so that a relay ends between two."""

    def __init__(self, maximum: int = sys.maxsize) -> None:
        self._to_begin = self._to_end = maximum

    @property
    def spent(self) -> bool:
        """Whether all attempts have their answer; before that nothing need be counted in the database."""
        return self._to_end <= 0

    def of(self, sender: Sender) -> Sender:
        """The sender within the quota."""

        async def send(delivery: Delivery) -> Sent:
            self._to_begin -= 1
            if self._to_begin < 0:
                await asyncio.Event().wait()
            sent = await sender(delivery)
            self._to_end -= 1
            return sent

        return send


def signal(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    """Something was committed; a loop that is over hears nothing."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(news.set)


@contextmanager
def open_relay(folder: Path, count: int) -> Iterator[RelayStage]:
    """Rows of their own and a registry process of their own."""
    command = [sys.executable, "-m", "benchmarks.stages.registry_sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sink:
        assert sink.stdout is not None
        url = f"http://127.0.0.1:{int(sink.stdout.readline())}"
        try:
            with open_rows(folder, count, owed=True) as rows:
                stage = RelayStage(rows, url)
                yield stage
                stage.close()
        finally:
            sink.terminate()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
