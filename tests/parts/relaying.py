"""A relay running over a world's rows, waiting for its commits, and what it would settle done at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Set
from contextlib import asynccontextmanager

from sqlalchemy import select

from gateway.domain.filings.record import Accepted
from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.stays.landlord import end_stay
from gateway.outbox.events import stamp_feed
from gateway.relay.loop import Relay, Sender
from gateway.store import Delivery, Key, Registration, Stay
from gateway.store.database import Database
from gateway.store.sealing import Vault
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


def leave(world: World, stay_id: str, *, filed: bool = True) -> None:
    """The stay ends now; its keys are off their locks, and what is owed is delivered, but no filing unless `filed`."""
    with world.database.writing() as session:
        end_stay(session, session.get_one(Stay, stay_id), world.keyring, world.now)
    settle(world.database, world.keyring.vault, world.now, filed=filed)


def settle(database: Database, vault: Vault, now: int, *, filed: bool = True) -> None:
    """Registries accept, locks drop keys, people's keys are destroyed, the feed is numbered."""
    with database.writing() as session:
        for row in session.scalars(select(Registration).where(Registration.state == "queued")) if filed else ():
            record_registry_answer(session, row.id, Accepted("R-1", "00", now), now)
        for delivery in session.scalars(select(Delivery).where(Delivery.state == "owed")):
            if delivery.work == "destroy_key":
                vault.erase(delivery.about)
            if filed or delivery.work != "submit":
                delivery.state, delivery.settled_at = "done", now
        for key in session.scalars(select(Key).where(Key.desired == "absent")):
            key.observed = "absent"
        stamp_feed(session)
