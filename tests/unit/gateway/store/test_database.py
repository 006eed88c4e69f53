"""Sessions of one database: readers do not wait for each other."""

from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from gateway.store.database import Database

THREADS = 60  # the server's own for pages, plus those of relay, intake and tenant registration


def test_as_many_may_look_at_once_as_there_are_threads(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'rows.sqlite'}")
    with ExitStack() as open_at_once:
        sessions = [open_at_once.enter_context(database.reading()) for _ in range(THREADS)]
        assert [session.scalar(text("SELECT 1")) for session in sessions] == [1] * THREADS
    database.close()
