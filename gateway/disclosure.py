"""The disclosure log: an entry is committed before anything is disclosed; if it cannot be written, nothing is.

Entries are the leaves of a Merkle tree (RFC 9162): anyone with an older signed head can prove that no entry before it
was altered, removed or moved.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from certs.keys import key_id
from gateway.domain.disclosure.merkle import Frontier, consistency_proof, leaf_hash
from gateway.domain.disclosure.tree_head import TreeHead, sign_head
from gateway.domain.errors import DisclosureBlocked, InputRefused, NotFound
from gateway.store import Disclosure
from gateway.store.database import Database
from gateway.texts.marks import N_

CHUNK: Final = 2000
GATEWAY: Final = "gateway"  # the consumer of an entry that the gateway makes about itself
RESTORED: Final = "restored from a backup"  # its purpose; the entries after it are not those that were lost
LOCK_NUMBER: Final = 0x6C6F646765  # arbitrary key of the PostgreSQL advisory lock that serialises appends
_FIRST: Final = ("seq", "at", "consumer", "purpose", "subject", "fields")
_RANGE: Final = ("rows", "first", "last")
# The columns in the leaf, by the entry's `leaf_version`. An entry keeps its version; a new column needs a new one.
LEAF_COLUMNS: Final[Mapping[int, tuple[str, ...]]] = {
    1: _FIRST,
    2: (*_FIRST, *_RANGE),
    3: (*_FIRST, *_RANGE, "leaf_version"),
}
LEAF_VERSION: Final = max(LEAF_COLUMNS)  # of new entries: every column but the leaf itself
NOT_WRITTEN: Final = N_(
    "Records cannot be shown because the disclosure log cannot be written. Contact the system administrator."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One disclosure about to be made: ids and field names only, never a personal value.

    `first` and `last` bound a range of feed numbers, of which `rows` records are disclosed.
    """

    consumer: str
    purpose: str
    subject: str
    fields: str
    rows: int = 1
    first: int | None = None
    last: int | None = None


def disclose(database: Database, *, consumer: str, purpose: str, subject: str, fields: str, now: int) -> int:
    """Commit one entry and return its sequence number (from 0). Raises DisclosureBlocked."""
    return disclose_many(database, [Entry(consumer, purpose, subject, fields)], now)


def disclose_many(database: Database, entries: Sequence[Entry], now: int) -> int:
    """Commit all entries at once; returns the first one's sequence number. Raises DisclosureBlocked and writes none."""
    try:
        with database.writing() as session:
            return append(session, entries, now)
    except SQLAlchemyError as error:
        raise DisclosureBlocked(NOT_WRITTEN) from error


def append(session: Session, entries: Sequence[Entry], now: int) -> int:
    """Append entries within the caller's transaction; returns the first one's sequence number."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
    last = session.scalar(select(func.max(Disclosure.seq)))
    begin = 0 if last is None else last + 1
    session.execute(insert(Disclosure), [_row(begin + place, now, entry) for place, entry in enumerate(entries)])
    return begin


def _row(seq: int, now: int, entry: Entry) -> dict[str, object]:
    columns = {"seq": seq, "at": now, **asdict(entry), "leaf_version": LEAF_VERSION}
    return columns | {"leaf": leaf_bytes(columns)}


def leaf_bytes(columns: Mapping[str, object]) -> bytes:
    """The leaf input of one entry (RFC 9162 §2.1.1): its columns as JSON with sorted keys."""
    return json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def leaf_of(row: Disclosure) -> bytes:
    """The leaf recomputed from the columns, so that a column altered next to its stored leaf is detected too.

    An entry of an earlier release has in its leaf what that release put there. Empty for an unknown version, which
    no leaf is.
    """
    names = LEAF_COLUMNS.get(row.leaf_version)
    return b"" if names is None else leaf_bytes({name: getattr(row, name) for name in names})


class DisclosureLog:
    """The log's Merkle tree. Its right edge is kept in memory, so a head reads only entries added since the last."""

    def __init__(self, database: Database, key: EllipticCurvePrivateKey, now: Callable[[], int]) -> None:
        self._database, self._key, self._now = database, key, now
        self._edge = Frontier()
        self._lock = threading.Lock()

    @property
    def public_key(self) -> EllipticCurvePublicKey:
        """The key that verifies heads."""
        return self._key.public_key()

    def head(self) -> tuple[TreeHead, bytes]:
        """The current head, plain and signed. Raises NotFound while the log is empty."""
        with self._lock:
            self._catch_up()
            if not self._edge.size:
                raise NotFound(N_("Nothing has been disclosed yet, so the log has no tree head."))
            head = TreeHead(self._edge.size, self._edge.root(), self._now())
        return head, sign_head(head, self._key, key_id(self.public_key))

    def consistency(self, old_size: int, size: int) -> list[bytes]:
        """The consistency proof (RFC 9162 §2.1.4.1) that the first `size` entries extend the first `old_size`."""
        if not 0 < old_size <= size:
            raise InputRefused(N_("Give the size of a tree head you hold, at least 1."), field="from")
        with self._database.reading() as session:
            query = select(Disclosure.leaf).where(Disclosure.seq < size).order_by(Disclosure.seq)
            hashes = [leaf_hash(leaf) for leaf in session.scalars(query)]
        if len(hashes) < size:
            raise NotFound(N_("The log has fewer entries than that."))
        return consistency_proof(hashes, old_size)

    def _catch_up(self) -> None:
        while True:
            query = select(Disclosure).where(Disclosure.seq >= self._edge.size).order_by(Disclosure.seq).limit(CHUNK)
            with self._database.reading() as session:
                rows = session.scalars(query).all()
            for row in rows:
                self._edge.append(leaf_of(row))
            if len(rows) < CHUNK:
                return


class SharedCommit:
    """Group commit: entries of concurrent disclosures are written in one transaction."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database, self._now = database, now
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def disclose(self, entry: Entry) -> None:
        """Return once the entry is committed. Raises DisclosureBlocked."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            await asyncio.sleep(0)  # let every task woken by the same commit add its entry to the batch
            batch, self._waiting = self._waiting, []
            blocked: DisclosureBlocked | None = None
            try:
                await asyncio.to_thread(disclose_many, self._database, [entry for entry, _ in batch], self._now())
            except DisclosureBlocked as error:
                blocked = error
            for _, done in batch:
                if done.done():
                    continue
                if blocked is not None:
                    done.set_exception(blocked)
                else:
                    done.set_result(None)
