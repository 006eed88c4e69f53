"""The list of what has ended for good: erased people, ended stays, accounts and grants, revoked keys and devices.

An account's means to sign in end when one of them is replaced or removed, each time anew.

`ended.jsonl` in the gateway's folder, one JSON object a line: `what`, `id`, `at`. It holds random ids and times only,
is written before an end is answered, and has what any process ended. A restored backup is older: what is in the list
ends in it again before the gateway starts. A copy kept elsewhere serves when the folder is lost.
"""

import errno
import json
import logging
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session

from certs.files import SECRET, sync_folder
from gateway.store import Account, Device, FeedConsumer, Key, Person, Stay
from gateway.store.database import Database
from gateway.store.disk_space import DiskSpace

log = logging.getLogger(__name__)

What = Literal["person", "stay", "key", "device", "account", "consumer", "sign_in"]

ENDED: Final = "ended.jsonl"
OWN_RESERVE: Final = 1 << 20  # bytes kept on the folder's disk where the database is a server
OVERLAP: Final = 3600  # seconds read again: a transaction may commit after one that began later
ENDS: Final[dict[What, tuple[InstrumentedAttribute[str], InstrumentedAttribute[int | None]]]] = {
    "person": (Person.id, Person.erased_at),
    "stay": (Stay.id, Stay.ended_at),
    "key": (Key.id, Key.revoking_at),
    "device": (Device.id, Device.revoked_at),
    "account": (Account.id, Account.ended_at),
    "consumer": (FeedConsumer.id, FeedConsumer.ended_at),
    "sign_in": (Account.id, Account.sign_in_changed_at),
}
REPEATED: Final = frozenset[What]({"sign_in"})
COLUMNS: Final = [(name.class_, what, at.key) for what, (name, at) in ENDS.items()]


@dataclass(frozen=True, slots=True)
class End:
    """One entry. `at`: UTC seconds."""

    what: What
    id: str
    at: int

    @property
    def name(self) -> tuple[What, str, int]:
        """What tells it from all others: what ends once is named by its id."""
        return self.what, self.id, self.at if self.what in REPEATED else 0


class EndedList:
    """Keeps the list in a folder up to date with a database.

    Once `watch` was called, what a transaction of this process ends is in the list, on disk, before `writing()`
    returns. The commit comes first, so that the list never names what goes on. What is missing then, because the
    process was killed in between or the disk was full, is appended by the next `follow`.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._path, self._database = folder / ENDED, database
        self._space = database.space or DiskSpace(folder, OWN_RESERVE)
        self._known: set[tuple[What, str, int]] | None = None
        self._newest: dict[str, int] = {}
        self._lock = threading.Lock()

    def watch(self) -> None:
        """Append from now on what each transaction ends."""
        self._database.follow(self)

    def flushed(self, session: Session) -> None:
        """Note in the session which rows may have ended: what is rolled back to a savepoint is noted all the same."""
        for row in (*session.dirty, *session.new):
            for kind, what, at in COLUMNS:
                if type(row) is kind and any(inspect(row).attrs[at].history.added or ()):
                    session.info.setdefault(ENDED, set()).add((what, row.id))

    def committed(self, session: Session) -> None:
        """Append those rows of a committed session that have ended."""
        noted = session.info.pop(ENDED, None)
        if not noted:
            return
        try:
            with self._lock:
                self._append(_ended_of(self._database, noted))
        except (OSError, SQLAlchemyError) as error:  # the end holds; the list is behind until the next round
            log.error("what has ended could not be written to %s: %s", ENDED, type(error).__name__)

    def follow(self) -> int:
        """Append what ended since the last call, by any process; returns how many entries. Raises OSError."""
        self._space.admit(essential=True)
        with self._lock:
            self._read()
            with self._database.reading() as session:
                return self._append(list(_ended_since(session, self._newest)))

    def _read(self) -> set[tuple[What, str, int]]:
        """The entries that are in the file; it is read once."""
        if self._known is None:
            entries = read_ended(self._path)
            self._known = {each.name for each in entries}
            self._count(entries)
        return self._known

    def _append(self, entries: Sequence[End]) -> int:
        known = self._read()
        fresh = [each for each in entries if each.name not in known]
        if fresh or not self._path.exists():  # an empty list can be copied, and says that nothing has ended
            self._write(fresh)
            known |= {each.name for each in fresh}
            self._count(fresh)
        return len(fresh)

    def _write(self, entries: Sequence[End]) -> None:
        """Append to the file; where the disk is full, with the space of the reserve."""
        try:
            append_ended(self._path, entries)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            self._space.give_back()
            append_ended(self._path, entries)

    def _count(self, entries: Iterable[End]) -> None:
        for each in entries:
            self._newest[each.what] = max(each.at, self._newest.get(each.what, 0))


def _ended_of(database: Database, noted: Collection[tuple[What, str]]) -> list[End]:
    """The entries of those rows that have ended, as committed."""
    with database.reading() as session:
        return [
            End(what, found, when)
            for what, (name, at) in ENDS.items()
            if (ids := [each for kind, each in noted if kind == what])
            for found, when in session.execute(select(name, at).where(name.in_(ids)))
            if when is not None
        ]


def _ended_since(session: Session, newest: dict[str, int]) -> Iterator[End]:
    for what, (name, at) in ENDS.items():
        query = select(name, at).where(at.is_not(None), at >= newest.get(what, OVERLAP) - OVERLAP)
        yield from (End(what, found, when or 0) for found, when in session.execute(query))


def read_ended(path: Path) -> list[End]:
    """The entries of a list; none where there is no file. A line cut short by a power failure is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = End(**json.loads(line))
        except (ValueError, TypeError):
            continue
        if entry.what in ENDS and type(entry.id) is str and type(entry.at) is int:
            found.append(entry)
    return found


def append_ended(path: Path, entries: Iterable[End]) -> None:
    """Append entries to a list, to disk. They begin on a line of their own, whatever the last one was cut to."""
    lines = "".join(f"{json.dumps(asdict(each))}\n" for each in entries)
    new = not path.exists()
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, SECRET), "ab") as file:
        size = os.fstat(file.fileno()).st_size
        torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
        file.write(f"{chr(10) if torn else ''}{lines}".encode())
        file.flush()
        os.fsync(file.fileno())
    if new:
        sync_folder(path.parent)
