"""On both databases: the lane that opens doors commits while the pages hold every connection of theirs."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import text

from gateway.store.database import Database

PAGES = 15  # connections of SQLAlchemy's pool for a server: pool_size 5, max_overflow 10
TIMEOUT_SECONDS = 10


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    with database.writing() as session:
        session.execute(text("CREATE TABLE doors (id INTEGER)"))
    try:
        yield database
    finally:
        database.close()


def _add(lane: Database, number: int) -> str:
    with lane.writing() as session:
        session.execute(text("INSERT INTO doors VALUES (:number)"), {"number": number})
    return threading.current_thread().name


async def test_the_lane_has_connections_when_the_pages_hold_all_of_theirs(database_url: str) -> None:
    with _opened(database_url) as database, ExitStack() as pages:
        lane = database.urgent_lane()
        for _ in range(PAGES):
            pages.enter_context(database.reading()).execute(text("SELECT count(*) FROM doors"))
        names = await asyncio.wait_for(
            asyncio.gather(*(lane.in_thread(_add, lane, n) for n in range(20))), TIMEOUT_SECONDS
        )
        assert all(name.startswith("doors") for name in names)
        with lane.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM doors")) == 20


async def test_both_lanes_write_at_the_same_time_and_no_row_is_lost(database_url: str) -> None:
    with _opened(database_url) as database:
        lane = database.urgent_lane()
        writers = [part.in_thread(_add, part, n) for n in range(30) for part in (database, lane)]
        await asyncio.wait_for(asyncio.gather(*writers), TIMEOUT_SECONDS)
        with database.reading() as session:
            counted = session.execute(text("SELECT id, count(*) FROM doors GROUP BY id")).all()
        assert sorted(tuple(row) for row in counted) == [(n, 2) for n in range(30)]
