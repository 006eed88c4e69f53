"""The feed with concurrent writers: entries are numbered without gaps and read without gaps or duplicates."""

import asyncio
import threading

from sqlalchemy import select

from gateway.feed.stream import Feed, FeedItem, Reader, always
from gateway.outbox import events
from gateway.store import Disclosure, Event, Registration
from gateway.supervision import Rounds
from tests.parts.world import AREA, World

WRITERS, EACH = 4, 12
OFFICER = Reader("officer:1", "registration_feed", (AREA[:6],), None, None, always)


def write(world: World, number: int) -> None:
    """Commit a dozen records, each in its own transaction; every other writer also numbers, as relay and intake do."""
    for _ in range(EACH):
        with world.database.writing() as session:
            row = session.scalars(select(Registration)).first()
            assert row is not None
            events.record(session, "CheckedIn", world.now, stay=row.stay, registration=row)
            if number % 2:
                events.stamp_feed(session)


def start_writers(world: World) -> list[threading.Thread]:
    """Start all writers at once."""
    writers = [threading.Thread(target=write, args=(world, number)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    return writers


def number_the_rest(world: World) -> None:
    """Number the entries that no writer numbered."""
    with world.database.writing() as session:
        events.stamp_feed(session)


def logged(world: World) -> int:
    """Highest feed number disclosed to the officer, by the disclosure log."""
    with world.database.reading() as session:
        lasts = session.scalars(select(Disclosure.last).where(Disclosure.consumer == OFFICER.id)).all()
    return max((last for last in lasts if last is not None), default=0)


def finish(world: World, writers: list[threading.Thread]) -> None:
    """Wait for the writers, and number the remaining entries."""
    for writer in writers:
        writer.join(30)
    number_the_rest(world)


def test_numbers_have_no_gap_and_follow_the_order_of_commit(world: World) -> None:
    world.tenant()
    finish(world, start_writers(world))
    with world.database.reading() as session:
        query = select(Event.feed_seq, Event.id).where(Event.for_feed).order_by(Event.feed_seq)
        rows = [(row.feed_seq, row.id) for row in session.execute(query)]
    assert [seq for seq, _ in rows] == list(range(1, WRITERS * EACH + 2))
    assert [name for _, name in rows] == sorted(name for _, name in rows)


async def read_some(feed: Feed, world: World, cursor: int, maximum: int) -> list[FeedItem]:
    """Connect at a cursor, read until there are enough entries, then lose the connection."""
    taken: list[FeedItem] = []
    async with asyncio.timeout(30):
        async for items in feed.follow(OFFICER, cursor):
            assert not items or items[-1].seq <= logged(world), "the log has it before it is shown"
            taken += items
            if len(taken) >= maximum or cursor + len(taken) > WRITERS * EACH:
                return taken
    return taken


async def test_a_reader_that_is_cut_off_again_and_again_misses_nothing_and_sees_nothing_twice(world: World) -> None:
    world.tenant()
    feed = Feed(world.database, world.keyring, world.clock)
    world.database.after_commit(feed.wake)
    polling = asyncio.create_task(feed.run(Rounds()))
    writers = start_writers(world)
    finishing = asyncio.create_task(asyncio.to_thread(finish, world, writers))
    seen: list[int] = []
    while len(seen) < WRITERS * EACH + 1:
        seen += [item.seq for item in await read_some(feed, world, len(seen), 5)]
    await finishing
    polling.cancel()
    assert seen == list(range(1, WRITERS * EACH + 2))
