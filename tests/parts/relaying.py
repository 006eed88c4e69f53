"""A relay running over a world's rows, and waiting for its commits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Set
from contextlib import asynccontextmanager

from sqlalchemy import select

from gateway.relay.loop import Relay, Sender
from gateway.store import Delivery
from gateway.supervision import Rounds
from tests.parts.world import World

TIMEOUT_SECONDS = 10.0


class Commits:
    """Wakes all waiters after each commit."""

    def __init__(self, world: World) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        world.database.after_commit(self._tell)

    def _tell(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    async def until(self, good: Callable[[], bool]) -> None:
        """Evaluate after each commit; TimeoutError after 10 s."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not good():
                await self._news.wait()
                self._news.clear()


@asynccontextmanager
async def relaying(
    world: World, senders: Mapping[str, Sender], *, leased: Set[str] = frozenset()
) -> AsyncIterator[Commits]:
    """One relay, until the block ends."""
    commits = Commits(world)
    relay = Relay(world.database, senders, world.clock, leased=leased)
    world.database.after_commit(relay.wake)
    running = asyncio.create_task(relay.run(Rounds()))
    try:
        yield commits
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def delivery_rows(world: World, work: str = "") -> list[Delivery]:
    """All deliveries, in order."""
    query = select(Delivery).order_by(Delivery.id)
    with world.database.reading() as session:
        return list(session.scalars(query.where(Delivery.work == work) if work else query))


def states(world: World, work: str = "") -> list[str]:
    """States of all deliveries, in order."""
    return [row.state for row in delivery_rows(world, work)]
