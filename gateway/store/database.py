"""The database: read and write sessions. SQLite has one writer; every commit is durable on disk."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any, Final, ParamSpec, Protocol, Self, TypeVar

from alembic import command
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from gateway.store.disk_space import RESERVE_BYTES, DiskSpace, is_full
from gateway.store.one_writer import OneWriter
from gateway.store.revisions.kind import UnusableDatabase, kind_of
from gateway.store.revisions.scripts import migrations

URGENT_THREADS: Final = 4
FOLLOWERS: Final = "lodgekey_followers"
P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT: Final = "PRAGMA busy_timeout = 5000"
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    BUSY_TIMEOUT,
    "PRAGMA secure_delete = ON",
)


# What a statement does wrong by itself; every other error of a database means that it takes nothing now.
OWN_FAULTS: Final = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


def is_unavailable(error: Exception) -> bool:
    """Whether the database takes nothing now: it is busy, full, damaged, not reachable or out of connections.

    True for files and memory that ran out as well: no fault of what was to be written.
    """
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or not isinstance(error, OWN_FAULTS)
    return isinstance(error, PoolTimeout | OSError | MemoryError)


def file_of(url: str) -> Path | None:
    """The file of an SQLite database, which may not exist yet; None for a database server."""
    made = make_url(url)
    return Path(made.database) if made.get_backend_name() == "sqlite" and made.database else None


def is_missing(url: str) -> bool:
    """Whether the database is an SQLite file that does not exist yet."""
    file = file_of(url)
    return file is not None and not file.exists()


class Follower(Protocol):
    """Follows what is written, in the writing thread; what it notes of a session is kept in `session.info`."""

    def flushed(self, session: Session) -> None:
        """After each flush, while the session still knows what was changed; the transaction may yet be rolled back."""

    def committed(self, session: Session) -> None:
        """After the commit, before `writing()` returns. Raises nothing: the rows are committed."""


class WritingSession(Session):
    """A session that writes; its `info` holds who follows it."""


class Database:
    """Sessions for one database URL. `reading()` never writes; `writing()` commits if its block succeeds.

    `urgent_lane()` is the same database for what opens doors: whatever the pages hold, it has threads and connections.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._one_writer, self._urgent = OneWriter(), False
        self._threads: Executor | None = None  # None: the event loop's own
        self._lanes: list[Self] = []
        self._committed: list[Callable[[], None]] = []
        self._followers: list[Follower] = []
        self.space: DiskSpace | None = None
        self._connect()

    def urgent_lane(self) -> Self:
        """The same database with threads and connections of its own, whose writers go first; closed with it."""
        lane = type(self).__new__(type(self))
        lane.url, lane._one_writer, lane._committed = self.url, self._one_writer, self._committed
        lane.space, lane._followers = self.space, self._followers
        lane._urgent, lane._lanes, lane._threads = True, [], ThreadPoolExecutor(URGENT_THREADS, "doors")
        lane._connect()
        self._lanes.append(lane)
        return lane

    def _connect(self) -> None:
        url = self.url
        self.is_sqlite = url.startswith("sqlite")
        # SQLite connections are cheap, and no more than the threads; a server's connections are limited
        pool: dict[str, Any] = {"max_overflow": -1} if self.is_sqlite else {"pool_pre_ping": True}
        self._engine = create_engine(url, hide_parameters=True, **pool)
        if self.is_sqlite:
            _prepare_sqlite(self._engine)
        self._readers = sessionmaker(self._engine, expire_on_commit=False)
        writers = self._engine.execution_options(lodgekey_writes=True)
        followed = {FOLLOWERS: self._followers}
        self._writers = sessionmaker(writers, class_=WritingSession, expire_on_commit=False, info=followed)

    async def in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that uses this database in one of its threads."""
        call = partial(copy_context().run, partial(function, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Register a function called after each commit, in the committing thread."""
        self._committed.append(callback)

    def follow(self, follower: Follower) -> None:
        """Have a follower see each transaction that writes, also those of the lanes."""
        self._followers.append(follower)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read session; changes are rolled back."""
        with self._readers() as session:
            yield session

    @contextmanager
    def writing(self, *, essential: bool = False) -> Iterator[Session]:
        """A session in one transaction: commits if the block succeeds, else rolls back.

        `essential`: goes on while the disk is short, as the urgent lane does. Others raise DiskFull then.
        """
        one_writer: AbstractContextManager[None] = nullcontext()
        if self.is_sqlite:
            one_writer = self._one_writer.hold(urgent=self._urgent)
        if self.space is not None:
            self.space.admit(essential=essential or self._urgent)
        try:
            with one_writer, self._writers() as session, session.begin():
                yield session
        except OperationalError as error:
            if self.space is not None and is_full(error):
                self.space.give_back()
            raise
        for follower in self._followers:
            follower.committed(session)
        for callback in self._committed:
            callback()

    def keep_reserve(self, size: int = RESERVE_BYTES) -> None:
        """Hold a reserve on the disk of an SQLite file, given back when the disk is full; before `urgent_lane`."""
        file = self._engine.url.database
        if self.is_sqlite and file:
            self.space = DiskSpace(Path(file).parent, size)
            self.space.admit(essential=True)

    def migrate(self) -> bool:
        """Upgrade the schema to the newest revision (Alembic); whether it was older. A new SQLite file has mode 0600.

        Raises UnusableDatabase, and changes nothing, where this program cannot know what it would change.
        """
        file = self._engine.url.database
        if self.is_sqlite and file:
            Path(file).touch(mode=0o600)
        with self._engine.connect() as connection:
            found = kind_of(connection)
        if not found.opens:
            raise UnusableDatabase(found)
        if found.kind == "newest":
            return False  # without Alembic, which reads every revision first
        config = migrations()
        config.attributes["engine"] = self._engine
        command.upgrade(config, "head")
        return True

    def empty_log(self) -> None:
        """Empty the write-ahead log of an SQLite file, where deleted rows may still be; not while others read it."""
        if not self.is_sqlite:
            return
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 0")  # nobody waits for it
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            cursor.execute(BUSY_TIMEOUT)
        finally:
            connection.close()

    def close(self) -> None:
        """Close all connections, those of its lanes as well, and end the lanes' threads."""
        for lane in self._lanes:
            lane.close()
        if self._threads is not None:
            self._threads.shutdown()
        self._engine.dispose()


@event.listens_for(WritingSession, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    # one listener for all databases: SQLAlchemy never lets go of one, nor of the database that it would hold
    for follower in session.info[FOLLOWERS]:
        follower.flushed(session)


def _prepare_sqlite(engine: Engine) -> None:
    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    def on_begin(connection: Connection) -> None:
        # A deferred transaction that writes late may fail with BUSY at once, so writers take the lock when they begin.
        writes = connection.get_execution_options().get("lodgekey_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
