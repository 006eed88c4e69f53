"""The list of what has ended for good: erased people, ended stays, accounts and grants, revoked keys and devices.

`ended.jsonl` in the gateway's folder, one JSON object a line: `what`, `id`, `at`. It holds random ids and times only,
and follows the database, so that it has what any process ended there. A restored backup is older: what is in the list
ends in it again before the gateway starts. A copy kept elsewhere serves when the folder is lost.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from certs.files import SECRET, sync_folder
from gateway.store import Account, Device, FeedConsumer, Key, Person, Stay
from gateway.store.database import Database

What = Literal["person", "stay", "key", "device", "account", "consumer"]

ENDED: Final = "ended.jsonl"
OVERLAP: Final = 3600  # seconds read again: a transaction may commit after one that began later
ENDS: Final[dict[What, tuple[InstrumentedAttribute[str], InstrumentedAttribute[int | None]]]] = {
    "person": (Person.id, Person.erased_at),
    "stay": (Stay.id, Stay.ended_at),
    "key": (Key.id, Key.revoking_at),
    "device": (Device.id, Device.revoked_at),
    "account": (Account.id, Account.ended_at),
    "consumer": (FeedConsumer.id, FeedConsumer.ended_at),
}


@dataclass(frozen=True, slots=True)
class End:
    """One entry. `at`: UTC seconds."""

    what: What
    id: str
    at: int


class EndedList:
    """Keeps the list in a folder up to date with a database."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._path, self._database = folder / ENDED, database
        self._known: set[tuple[str, str]] | None = None
        self._newest: dict[str, int] = {}

    def follow(self) -> int:
        """Append what ended since the last call, to disk; returns how many entries. Raises OSError."""
        if self._known is None:
            entries = read_ended(self._path)
            self._known = {(each.what, each.id) for each in entries}
            for each in entries:
                self._newest[each.what] = max(each.at, self._newest.get(each.what, 0))
        with self._database.reading() as session:
            fresh = [each for each in _ended_since(session, self._newest) if (each.what, each.id) not in self._known]
        if fresh or not self._path.exists():  # an empty list can be copied, and says that nothing has ended
            append_ended(self._path, fresh)
            self._known |= {(each.what, each.id) for each in fresh}
            for each in fresh:
                self._newest[each.what] = max(each.at, self._newest.get(each.what, 0))
        return len(fresh)


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
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, SECRET), "ab") as file:
        torn = path.read_bytes()[-1:] not in (b"", b"\n")
        file.write(f"{chr(10) if torn else ''}{lines}".encode())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
