"""A reader who stalls costs one page of memory and half a minute, however many entries are pending."""

import asyncio
import tracemalloc

import pytest
from sqlalchemy import insert, select
from starlette.types import Message

from api.framework.event_stream import STALLED_SECONDS, FeedStream
from gateway.feed.ring import MAX_BYTES, MAX_ENTRIES, PAGE_BYTES
from gateway.feed.stream import Feed, Reader, always
from gateway.store import Event, Registration
from gateway.supervision import Rounds
from tests.parts.world import AREA, World

ENTRIES, STALLED = 3000, 40


@pytest.fixture
def feed(world: World) -> Feed:
    return Feed(world.database, world.keyring, world.clock)


def publish(world: World, count: int) -> None:
    """Publish this many entries of one tenant's record, numbered from 1."""
    world.tenant()
    with world.database.writing() as session:
        row = session.scalars(select(Registration)).one()
        entry = {"type": "CheckedIn", "at": world.now, "registration_id": row.id, "area": AREA, "data": {}}
        session.execute(insert(Event), [entry | {"for_feed": True, "feed_seq": seq} for seq in range(1, count + 1)])


def reader(number: int = 0) -> Reader:
    return Reader(f"consumer:{number}", "measuring", (AREA[:6],), None, None, always)


class Socket:
    """The ASGI side of a connection: accepts `room` messages, then blocks."""

    def __init__(self, room: int) -> None:
        self.room, self.full = room, asyncio.Event()

    async def send(self, _message: Message) -> None:
        if self.room == 0:
            self.full.set()
            await asyncio.Event().wait()
        self.room -= 1


class AdvancedClock:
    """The event loop's clock, advanced only by the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._loop = asyncio.get_running_loop()
        self._at = self._loop.time()
        monkeypatch.setattr(self._loop, "time", lambda: self._at)

    async def advance(self, seconds: float) -> None:
        """Advance the clock, and run everything that is then due."""
        self._at += seconds
        for _ in range(5):
            await asyncio.sleep(0)


async def test_who_takes_nothing_for_half_a_minute_is_let_go_and_not_sooner(
    world: World, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(world, 1)
    polling = asyncio.create_task(feed.run(Rounds()))
    clock = AdvancedClock(monkeypatch)
    socket = Socket(room=2)  # response head and first line; the page of entries does not fit
    streaming = asyncio.create_task(FeedStream(feed, reader(), 0).stream_response(socket.send))
    await socket.full.wait()
    await clock.advance(STALLED_SECONDS - 0.1)
    assert not streaming.done()
    await clock.advance(0.2)
    assert streaming.done()
    await streaming  # without an error: the reader reconnects at its cursor
    polling.cancel()


async def test_stalled_readers_hold_a_page_each_at_most_however_much_is_pending(world: World, feed: Feed) -> None:
    publish(world, ENTRIES)
    polling = asyncio.create_task(feed.run(Rounds()))
    sockets = [Socket(room=2) for _ in range(STALLED)]
    tracemalloc.start()
    streaming = [
        asyncio.create_task(FeedStream(feed, reader(number), 0).stream_response(socket.send))
        for number, socket in enumerate(sockets)
    ]
    for socket in sockets:
        await socket.full.wait()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    for task in streaming:
        task.cancel()
    await asyncio.gather(*streaming, return_exceptions=True)
    polling.cancel()
    assert held < STALLED * PAGE_BYTES + 2 * MAX_BYTES


async def test_the_shared_entries_stay_within_their_bounds_while_the_feed_grows(world: World, feed: Feed) -> None:
    publish(world, ENTRIES)
    polling = asyncio.create_task(feed.run(Rounds()))
    seen = 0
    async with asyncio.timeout(60):
        async for items in feed.follow(reader(), 0):
            seen += len(items)
            for ring, _ in feed._rings.values():
                assert len(ring) <= MAX_ENTRIES
                assert ring.size <= MAX_BYTES
            if seen == ENTRIES:
                break
    polling.cancel()
    assert len(feed._rings) == 1
