"""Records of a simulated registry, in its own SQLite file."""

import sqlite3
import threading
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

Alteration = Literal["cancelled", "lost", "restored", "rewritten"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    number INTEGER PRIMARY KEY, lot TEXT NOT NULL, person TEXT NOT NULL, receipt TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL, code TEXT NOT NULL, sentence TEXT NOT NULL, digest TEXT NOT NULL,
    received_at REAL NOT NULL, decided_at REAL NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS records_by_lot ON records (lot);
CREATE INDEX IF NOT EXISTS records_by_person ON records (person);
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: a person or a communication of a lot; times in UTC seconds."""

    lot: str
    person: str
    state: str  # accepted | refused | annulled
    digest: str
    received_at: float
    decided_at: float
    body: str
    code: str = ""
    sentence: str = ""
    receipt: str = ""


class RecordStore:
    """Record store: rows are added once and only their state changes."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_SCHEMA)

    def add(self, rows: list[Row]) -> list[Row]:
        """Store a lot in one transaction; return the rows with their receipts."""
        entered = [_with_receipt(row) for row in rows]
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO records (lot, person, receipt, state, code, sentence, digest, received_at, decided_at,"
                " body) VALUES (:lot,:person,:receipt,:state,:code,:sentence,:digest,:received_at,:decided_at,:body)",
                [asdict(row) for row in entered],
            )
            self._db.execute("COMMIT")
        return entered

    def lot(self, lot: str) -> list[Row]:
        """Return the rows of a lot in order of arrival."""
        return self._read("WHERE lot = ? ORDER BY number", lot)

    def of_person(self, person: str) -> list[Row]:
        """Return the rows of a person, by what the registry knows people by, in order of arrival."""
        return self._read("WHERE person = ? ORDER BY number", person)

    def by_receipt(self, receipt: str) -> Row | None:
        """Return the row with this receipt."""
        return next(iter(self._read("WHERE receipt = ?", receipt)), None)

    def every(self) -> list[Row]:
        """Return all rows."""
        return self._read("WHERE ? ORDER BY number", 1)

    def annul(self, receipt: str) -> bool:
        """Mark a row as annulled; False if there is none, True again if it already was."""
        with self._lock:
            done = self._db.execute(
                "UPDATE records SET state = 'annulled' WHERE receipt = ? AND state IN ('accepted', 'annulled')",
                (receipt,),
            )
            return done.rowcount == 1

    def has(self, digest: str) -> bool:
        """Return whether a row with this digest was ever stored."""
        with self._lock:
            return self._db.execute("SELECT 1 FROM records WHERE digest = ? LIMIT 1", (digest,)).fetchone() is not None

    def alter(self, receipt: str, done: Alteration, old: str = "", new: str = "") -> None:
        """Change a record as somebody else at the authority: cancel it, lose its lot, restore it, or replace a text."""
        lot = "lot = (SELECT lot FROM records WHERE receipt = ?)"
        match done:
            case "cancelled":
                self.annul(receipt)
            case "lost":
                self._change(f"DELETE FROM records WHERE {lot}", receipt)  # noqa: S608 - fixed texts
            case "restored":
                self._change("UPDATE records SET state = 'accepted' WHERE receipt = ? AND state = 'annulled'", receipt)
            case "rewritten":
                self._change(f"UPDATE records SET body = replace(body, ?, ?) WHERE {lot}", old, new, receipt)  # noqa: S608

    def _change(self, statement: str, *arguments: str) -> None:
        with self._lock:
            self._db.execute(statement, arguments)

    def decide(self, now: float) -> None:
        """Decide every pending row now."""
        with self._lock:
            self._db.execute("UPDATE records SET decided_at = ? WHERE decided_at > ?", (now, now))

    def _read(self, where: str, argument: object) -> list[Row]:
        columns = "lot, person, state, digest, received_at, decided_at, body, code, sentence, receipt"
        with self._lock:
            found = self._db.execute(f"SELECT {columns} FROM records {where}", (argument,))  # noqa: S608 - fixed texts
            return [Row(*line) for line in found]


def _with_receipt(row: Row) -> Row:
    if row.receipt:
        return row
    return replace(row, receipt=str(uuid.uuid4()))
