"""Sessions of one database: readers do not wait for each other, and nothing that opens a door waits for pages."""

import asyncio
import gc
import threading
import weakref
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from gateway.store.database import URGENT_THREADS, Database
from gateway.store.one_writer import OneWriter

THREADS = 60  # the server's own for pages, plus those of relay, intake and tenant registration


def test_as_many_may_look_at_once_as_there_are_threads(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'rows.sqlite'}")
    with ExitStack() as open_at_once:
        sessions = [open_at_once.enter_context(database.reading()) for _ in range(THREADS)]
        assert [session.scalar(text("SELECT 1")) for session in sessions] == [1] * THREADS
    database.close()


async def test_the_urgent_lane_has_threads_of_its_own(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'rows.sqlite'}")
    lane, go_on = database.urgent_lane(), threading.Event()
    pages = [asyncio.create_task(database.in_thread(go_on.wait, 10)) for _ in range(THREADS)]

    def write() -> str:
        with lane.writing() as session:
            session.execute(text("CREATE TABLE doors (id INTEGER)"))
        return threading.current_thread().name

    try:
        assert (await asyncio.wait_for(lane.in_thread(write), 5)).startswith("doors")
    finally:
        go_on.set()
        await asyncio.gather(*pages)
        database.close()


def test_the_lane_tells_who_waits_for_commits_of_the_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'rows.sqlite'}")
    lane, reported = database.urgent_lane(), list[str]()
    database.after_commit(lambda: reported.append("committed"))
    with lane.writing() as session:
        session.execute(text("SELECT 1"))
    assert reported == ["committed"]
    database.close()


class Holder:
    """A follower that holds its database, as the list of what ended does."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def flushed(self, session: Session) -> None:
        """Note nothing."""

    def committed(self, session: Session) -> None:
        """Do nothing."""


def test_a_database_that_nobody_uses_leaves_the_memory(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'rows.sqlite'}")
    database.follow(Holder(database))
    with database.writing() as session:
        session.execute(text("SELECT 1"))
    database.close()
    left = weakref.ref(database)
    del database, session
    gc.collect()
    assert left() is None


def test_an_urgent_writer_goes_before_those_who_wait() -> None:
    lock, order = OneWriter(), list[str]()

    def write(name: str, *, urgent: bool) -> None:
        with lock.hold(urgent=urgent):
            order.append(name)

    with lock.hold(urgent=False):
        pages = [threading.Thread(target=write, args=("page",), kwargs={"urgent": False}) for _ in range(5)]
        doors = [threading.Thread(target=write, args=("door",), kwargs={"urgent": True}) for _ in range(2)]
        for thread in (*pages, *doors):
            thread.start()
        while lock.waiting < len(pages) + len(doors):
            threading.Event().wait(0.001)
    for thread in (*pages, *doors):
        thread.join(5)
    assert order == ["door"] * 2 + ["page"] * 5


def test_one_writer_at_a_time() -> None:
    lock, inside, counted = OneWriter(), list[int](), list[int]()

    def write(number: int) -> None:
        for _ in range(100):
            with lock.hold(urgent=number % 2 == 0):
                inside.append(number)
                counted.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2 * URGENT_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert counted == [1] * 100 * 2 * URGENT_THREADS
