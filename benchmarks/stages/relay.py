"""A relay over pending deliveries to a registry in another process, with an injected clock."""

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
from gateway.supervision import Rounds

TIMEOUT_SECONDS = 120.0


class RelayStage:
    """Pending deliveries, a registry's address, and the time."""

    def __init__(self, rows: Rows, url: str) -> None:
        self.rows, self.url, self.now = rows, url, NOW
        self._counting = sqlite3.connect(rows.database.url.removeprefix("sqlite:///"))

    def close(self) -> None:
        """Close the database."""
        self._counting.close()

    async def drain(self, count: int) -> float:
        """Settle `count` deliveries and send no more; return deliveries a second."""
        registry = open_registry("sandbox", {"url": self.url, "token": "x"}, lambda: self.now)
        quota = Quota(count)
        relay = self.relay(registry, quota)
        goal, news = self.settled() + count, self.settled_news()
        began = time.perf_counter()
        running = asyncio.create_task(relay.run(Rounds()))
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await self.until(news, lambda: quota.spent and self.settled() >= goal)
        took = time.perf_counter() - began
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await registry.close()
        return count / took

    def settled_news(self) -> asyncio.Event:
        """Return an event set at the next commit, and at each after it was cleared."""
        news, loop = asyncio.Event(), asyncio.get_running_loop()
        self.rows.database.after_commit(lambda: signal(loop, news))
        return news

    async def until(self, news: asyncio.Event, good: Callable[[], bool]) -> None:
        """Wait for a condition, checked after every commit; the event is cleared first, so that none is missed."""
        news.clear()
        while not good():
            await news.wait()
            news.clear()

    def relay(self, registry: object, quota: Quota) -> Relay:
        """Return a relay as the gateway runs it, limited by the quota."""
        senders = RegistrySenders(
            self.rows.database,
            self.rows.keyring.vault,
            {"sandbox": registry},  # type: ignore[dict-item]  # one of REGISTRIES
            lambda: self.now,
        )
        table = {"submit": quota.of(senders.submit)}
        return Relay(self.rows.database, table, lambda: self.now, leased=LEASED, prefetch=prefetch_registrations)

    def settled(self) -> int:
        """Number of settled deliveries."""
        return self._counted("count(*) FROM deliveries WHERE state = 'done'")

    def attempts(self) -> int:
        """Number of attempts."""
        return self._counted("sum(attempts) FROM deliveries")

    def _counted(self, what: str) -> int:
        """Run a count; called after every commit, so it must be cheap."""
        (count,) = self._counting.execute(f"SELECT {what}").fetchone()
        return int(count)

    async def books(self) -> list[str]:
        """Return the registry's references in order of arrival."""
        async with Client(self.url, timeout_s=20) as registry:
            references: list[str] = (await registry.get("/books")).require_ok().json()
        return references

    async def switch(self, word: str) -> None:
        """Switch the registry `down` or `up`."""
        async with Client(self.url, timeout_s=20) as registry:
            (await registry.post(f"/{word}")).require_ok()


class Quota:
    """Limits the attempts; later ones wait until they are cancelled, so that a relay ends between two attempts."""

    def __init__(self, maximum: int = sys.maxsize) -> None:
        self._to_begin = self._to_end = maximum

    @property
    def spent(self) -> bool:
        """Whether all attempts have their answer; until then the database need not be queried."""
        return self._to_end <= 0

    def of(self, sender: Sender) -> Sender:
        """Return the sender limited by the quota."""

        async def send(delivery: Delivery) -> Sent:
            self._to_begin -= 1
            if self._to_begin < 0:
                await asyncio.Event().wait()
            sent = await sender(delivery)
            self._to_end -= 1
            return sent

        return send


def signal(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    """Set the event in its loop after a commit; does nothing once the loop is closed."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(news.set)


@contextmanager
def open_relay(folder: Path, count: int) -> Iterator[RelayStage]:
    """Open a stage with its own rows and registry process."""
    command = [sys.executable, "-m", "benchmarks.stages.registry_sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sink:
        assert sink.stdout is not None
        url = f"http://127.0.0.1:{int(sink.stdout.readline())}"
        try:
            with open_rows(folder, count, pending=True) as rows:
                stage = RelayStage(rows, url)
                yield stage
                stage.close()
        finally:
            sink.terminate()


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
