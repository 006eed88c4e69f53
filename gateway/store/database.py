"""The database: read and write sessions. SQLite has one writer; every commit is durable on disk."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA secure_delete = ON",
)


class Database:
    """Sessions for one database URL. `reading()` never writes; `writing()` commits if its block succeeds."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        # SQLite connections are cheap, and no more than the threads; a server's connections are limited
        pool: dict[str, Any] = {"max_overflow": -1} if self.is_sqlite else {"pool_pre_ping": True}
        self._engine = create_engine(url, hide_parameters=True, **pool)
        if self.is_sqlite:
            _prepare_sqlite(self._engine)
        self._readers = sessionmaker(self._engine, expire_on_commit=False)
        writers = self._engine.execution_options(lodgekey_writes=True)
        self._writers = sessionmaker(writers, expire_on_commit=False)
        self._one_writer: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()
        self._committed: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Register a function called after each commit, in the committing thread."""
        self._committed.append(callback)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read session; changes are rolled back."""
        with self._readers() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one transaction: commits if the block succeeds, else rolls back."""
        with self._one_writer, self._writers() as session, session.begin():
            yield session
        for callback in self._committed:
            callback()

    def migrate(self) -> None:
        """Upgrade the schema to the newest revision (Alembic)."""
        config = _migrations()
        config.attributes["engine"] = self._engine
        command.upgrade(config, "head")

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def newest_revision() -> str | None:
    """The revision that migrate() upgrades to."""
    return ScriptDirectory.from_config(_migrations()).get_current_head()


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("recursive_version_locations", "true")
    return config


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
