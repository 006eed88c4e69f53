"""The delivery loop: sends due lane heads and writes their decisions in batches."""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.domain.outcomes import WAITING_FOR_LOCK
from gateway.outbox import deliveries, events
from gateway.outbox.deliveries import Decision, Expired, RetryAt, retry_delay
from gateway.relay.circuit_breaker import CircuitBreaker
from gateway.spans import span
from gateway.store import Delivery
from gateway.store.database import Database
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

AT_ONCE: Final = 512
POLL_BATCH_SIZE: Final = 128  # leased together while the previous ones are sent; doubled while all found can be sent
PER_PARTY: Final = POLL_BATCH_SIZE // 2  # leaves room for others, however long one party's queue is
REFILL_BELOW: Final = PER_PARTY // 2  # deliveries under way: below this, another poll is worth its queries
POLL_SECONDS: Final = 1.0
SETTLE_TOGETHER: Final = 0.01  # seconds to wait for other attempts to share a commit
TROUBLE_PAUSE: Final = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt's decision, and further writes for the same transaction."""

    decision: Decision
    also: Callable[[Session, int], None] | None = None


Sender = Callable[[Delivery], Awaitable[Sent]]
ANSWER_AFTER: Final = 30  # seconds that a device has to answer a command before it is sent again


def answer_awaited(delivery: Delivery, now: int, *, minimum: int = ANSWER_AFTER, maximum: int | None = None) -> Sent:
    """The command was passed on: only the device's answer settles it; sent again after `minimum` seconds or more."""
    delay = retry_delay(delivery.attempts)
    return Sent(RetryAt(now + max(minimum, delay if maximum is None else min(maximum, delay)), WAITING_FOR_LOCK))


Prefetch = Callable[[Session, Sequence[Delivery]], object]


Prepare = Callable[[Session, Sequence[Delivery], int], None]


def nothing_ahead(_session: Session, _deliveries: Sequence[Delivery]) -> object:
    """The default prefetch: rows are loaded one by one."""
    return None


def nothing_prepared(_session: Session, _deliveries: Sequence[Delivery], _now: int) -> None:
    """The default prepare: nothing is written before an attempt."""


def nobody_listens(_session: Session, _now: int) -> bool:
    """The default for a grown feed: no delivery is queued."""
    return False


class Relay:
    """Takes due deliveries, keeps the order of each lane, and passes each to the sender of its `work`.

    Work in `leased` is committed as started before it is sent. For work in `prepared`, `prepare` first writes what a
    group of attempts needs. `stamped` is called in the transaction in which the feed grew and returns whether it
    queued a delivery; `prefetch` may load the rows that a batch of decisions needs. One relay per database.
    """

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender],
        now: Callable[[], int],
        *,
        leased: Set[str] = frozenset(),
        prepared: Set[str] = frozenset(),
        prepare: Prepare = nothing_prepared,
        stamped: Callable[[Session, int], bool] = nobody_listens,
        prefetch: Prefetch = nothing_ahead,
    ) -> None:
        self._database, self._senders, self._now, self._leased = database, senders, now, leased
        self._prepared, self._prepare = prepared, prepare
        self._stamped, self._prefetch = stamped, prefetch
        self._breaker, self._batch_size = CircuitBreaker(), POLL_BATCH_SIZE
        self._own_commit = threading.local()
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._parties: dict[int, str] = {}
        self._settled: asyncio.Queue[tuple[Delivery, Sent]] = asyncio.Queue()
        self._asleep: dict[int, int] = {}  # delivery -> retry time, after a failed write
        self.idle = asyncio.Event()

    def wake(self) -> None:
        """Poll for due deliveries now; may be called from any thread. Ignored for the relay's own commits."""
        if getattr(self._own_commit, "under_way", False):
            return
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self, rounds: Rounds) -> None:
        """Deliver until cancelled; the next run finishes deliveries under way."""
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.TaskGroup() as both:  # neither goes on without the other
                both.create_task(self._settle_forever())
                both.create_task(self._begin_forever(rounds))
        finally:
            self._loop = None
            await self._abandon()

    async def _abandon(self) -> None:
        """Cancel the attempts under way; an answer that already arrived is settled by the next run."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        for name in [name for name, task in self._under_way.items() if task.cancelled()]:
            del self._under_way[name]
            self._breaker.release(self._parties.pop(name), name)

    async def _begin_forever(self, rounds: Rounds) -> None:
        while True:
            self._woken.clear()
            rounds.begin()
            if await self._begin_due():
                rounds.good()
            await self._pause()

    async def _begin_due(self) -> bool:
        """Begin the due deliveries there is room for; whether the database could be read."""
        room = min(self._batch_size, AT_ONCE - len(self._under_way))
        if room <= 0:
            return True
        try:
            heads = await self._database.in_thread(self._due, room)
        except SQLAlchemyError as error:
            log.error("due deliveries could not be read: %s", type(error).__name__)
            return False
        for delivery in heads:
            self._parties[delivery.id] = delivery.party
            self._under_way[delivery.id] = asyncio.create_task(self._deliver(delivery))
        if self._under_way:
            self.idle.clear()
        else:
            self.idle.set()
        return True

    def _due(self, room: int) -> list[Delivery]:
        """The due lane heads as they were before this attempt; those of leased work are leased first."""
        now = self._now()
        with self._database.reading() as session:
            waiting = {*self._under_way, *(name for name, until in self._asleep.items() if now < until)}
            crowd = Counter(self._parties.values())
            full = {party for party, count in crowd.items() if count >= PER_PARTY}
            found = deliveries.due(session, now, room, full | self._breaker.unavailable(now), waiting)
            heads = self._admitted(found, crowd, now)
            crowded, more = len(heads) < len(found), len(found) == room
            self._batch_size = min(2 * self._batch_size, AT_ONCE) if more and not crowded else POLL_BATCH_SIZE
            if heads and (crowded or more):
                self._poll_soon()
            unstamped = events.feed_waits(session)
        delicate = [row.id for row in heads if row.work in self._leased]
        unready = [row for row in heads if row.work in self._prepared]
        leased: set[int] = set()
        if delicate or unready or unstamped:
            with self._quietly(), self._database.writing(essential=True) as session:
                leased = deliveries.lease(session, delicate, now)
                self._prepare(session, unready, now)
                self._stamp(session, now)
        for lost in [row for row in heads if row.id in set(delicate) - leased]:
            self._breaker.release(lost.party, lost.id)
        return [row for row in heads if row.id in leased or row.work not in self._leased]

    def _admitted(self, free: Sequence[Delivery], crowd: Counter[str], now: int) -> list[Delivery]:
        """The deliveries allowed by the circuit breaker, at most PER_PARTY under way to each party."""
        heads = []
        for row in free:
            if crowd[row.party] < PER_PARTY and self._breaker.admit(row.party, row.id, now):
                crowd[row.party] += 1
                heads.append(row)
        return heads

    def _poll_soon(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):  # Python 3.11's wait_for may swallow the cancellation
                await self._woken.wait()

    async def _deliver(self, delivery: Delivery) -> None:
        now = self._now()
        if delivery.expires_at is not None and now >= delivery.expires_at:
            sent = Sent(Expired())
        else:
            sent = await self._attempt(delivery)
        await self._settled.put((delivery, sent))

    async def _attempt(self, delivery: Delivery) -> Sent:
        try:
            with span("deliver", lodgekey__work=delivery.work):
                return await self._senders[delivery.work](delivery)
        except Exception as error:  # noqa: BLE001 - one broken delivery must not stop the others; it stays visible
            log.error("delivery %s (%s) failed: %s", delivery.id, delivery.work, type(error).__name__)
            return Sent(_trouble(self._now(), error))

    async def _settle_forever(self) -> None:
        while True:
            batch = [await self._settled.get()]
            await asyncio.sleep(SETTLE_TOGETHER if len(self._under_way) > 1 else 0)
            while not self._settled.empty():
                batch.append(self._settled.get_nowait())
            now = self._now()
            for delivery, sent in batch:
                down = isinstance(sent.decision, RetryAt) and sent.decision.party_down
                self._breaker.record(delivery.party, delivery.id, down=down, now=now)
            await self._database.in_thread(self._settle, batch)
            for delivery, _ in batch:
                self._under_way.pop(delivery.id, None)
                self._parties.pop(delivery.id, None)
            if len(self._under_way) <= REFILL_BELOW:
                self._woken.set()

    def _settle(self, batch: list[tuple[Delivery, Sent]]) -> None:
        """Write a batch in one transaction; where that fails, each alone, and the failing one is retried later."""
        try:
            self._write(batch)
        except Exception as error:  # noqa: BLE001 - one answer that cannot be recorded must not stop the others
            log.error("settling %d deliveries failed: %s", len(batch), type(error).__name__)
            if len(batch) > 1:
                for item in batch:
                    self._settle([item])
            elif batch[0][1].also is not None:
                self._settle([(batch[0][0], Sent(_trouble(self._now(), error)))])
            else:
                self._asleep[batch[0][0].id] = self._now() + TROUBLE_PAUSE

    def _write(self, batch: list[tuple[Delivery, Sent]]) -> None:
        now = self._now()
        with self._quietly(), self._database.writing(essential=True) as session:
            deliveries.settle_many(session, [(delivery.id, sent.decision) for delivery, sent in batch], now)
            _held = self._prefetch(session, [delivery for delivery, sent in batch if sent.also is not None])
            for _delivery, sent in batch:
                if sent.also is not None:
                    sent.also(session, now)
            self._stamp(session, now)

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Mark a commit as the relay's own, so that it does not wake the relay."""
        self._own_commit.under_way = True
        try:
            yield
        finally:
            self._own_commit.under_way = False

    def _stamp(self, session: Session, now: int) -> None:
        if events.stamp_feed(session):
            session.flush()
            if self._stamped(session, now):
                self._poll_soon()


def _trouble(now: int, error: Exception) -> RetryAt:
    """The retry after an internal error: the extent of the attempt is unknown, and the delivery stays visible."""
    return RetryAt(now + TROUBLE_PAUSE, "internal_error", {"error": type(error).__name__}, cut_short=True)
