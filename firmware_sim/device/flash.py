"""A device's durable memory: one SQLite file in WAL mode with synchronous FULL, so that a commit is one fdatasync.

Tables: used (command ids, with their answer once there is one), keys, barred (keys that must not open), outbox
(messages the broker has not confirmed), facts (durable numbers), heads (the log's last and held entry), boot (what
the boot loader reads, which a factory reset keeps).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from devices.wire.chain import Head
from devices.wire.topics import Channel
from firmware_sim.device.speech import Outgoing

HELD = "held-"
SEQ_BLOCK = 64  # sequence numbers reserved at a time: most messages need no write for theirs
_SCHEMA = """
create table if not exists used(id blob primary key, digest blob not null, expires integer not null, answer blob);
create table if not exists keys(id blob primary key, credential blob not null, expires integer not null);
create table if not exists barred(id blob primary key, why text not null, until integer not null);
create table if not exists outbox(seq integer primary key, channel text not null, payload blob not null);
create table if not exists facts(name text primary key, value blob not null);
create table if not exists heads(name text primary key, seq integer not null, digest blob not null);
create table if not exists boot(name text primary key, value blob not null);
"""
Why = Literal["dropped", "revoked"]


class Flash:
    """Durable memory at `path` (":memory:" forgets). Not shared between processes."""

    def __init__(self, path: Path | str) -> None:
        """Open or create the file; sequence numbers reserved by an earlier run are skipped, so none is reused."""
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.execute("pragma wal_autocheckpoint=4000")
        self._db.executescript(_SCHEMA)
        self._seq = self._reserved = self.number("seq", 0)
        self._head = self._kept("last")
        self._taken: set[int] = set()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """Commit all writes inside together, or none of them."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("begin immediate")
        head = self._head
        try:
            self._db.executemany("delete from outbox where seq = ?", [(seq,) for seq in self._taken])
            yield
        except BaseException:
            self._db.execute("rollback")
            self._reserved = self._seq  # a rollback may have undone a reservation: reserve again
            self._head = head
            raise
        self._db.execute("commit")
        self._taken.clear()

    def next_seq(self) -> int:
        """Return the next sequence number; never reused, not even after a power cut."""
        if self._seq >= self._reserved:
            self._reserved = self._seq + SEQ_BLOCK
            self.set_fact("seq", self._reserved)
        self._seq += 1
        return self._seq

    # last entry of the log
    def head(self) -> Head:
        """Return the entry that the next one refers to; as durable as the entry itself."""
        return self._head

    def follow(self, entry: Outgoing) -> None:
        """Record this entry as the log's last; durable with the surrounding write."""
        self._head = Head(entry.seq, entry.digest)

    def _keep(self, name: Literal["last", "held"], head: Head) -> None:
        self._db.execute("insert or replace into heads values(?, ?, ?)", (name, head.seq, head.digest))

    def _kept(self, name: Literal["last", "held"]) -> Head:
        row = self._db.execute("select seq, digest from heads where name = ?", (name,)).fetchone()
        return Head(*row) if row else Head()

    # facts
    def number(self, name: str, default: int) -> int:
        """Return a stored integer."""
        row = self._db.execute("select value from facts where name = ?", (name,)).fetchone()
        return int(row[0]) if row else default

    def set_fact(self, name: str, value: int) -> None:
        """Store an integer."""
        self._db.execute("insert or replace into facts values(?, ?)", (name, value))

    # what the boot loader reads
    def boot_number(self, name: str, default: int) -> int:
        """Return an integer of the boot loader's."""
        row = self._db.execute("select value from boot where name = ?", (name,)).fetchone()
        return int(row[0]) if row else default

    def boot_octets(self, name: str) -> bytes:
        """Return bytes of the boot loader's; empty if there are none."""
        row = self._db.execute("select value from boot where name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else b""

    def set_boot(self, **values: int | bytes) -> None:
        """Store values for the boot loader."""
        self._db.executemany("insert or replace into boot values(?, ?)", list(values.items()))

    # used commands
    def used(self, command_id: bytes) -> tuple[bytes, bytes | None] | None:
        """Return (digest, answer) of a known command; the answer is None while it is executed."""
        row = self._db.execute("select digest, answer from used where id = ?", (command_id,)).fetchone()
        return (row[0], row[1]) if row else None

    def use(self, command_id: bytes, digest: bytes, expires: int) -> None:
        """Record that a command was started."""
        self._db.execute("insert into used values(?, ?, ?, null)", (command_id, digest, expires))

    def answer(self, command_id: bytes, answer: bytes) -> None:
        """Record the answer to a command."""
        self._db.execute("update used set answer = ? where id = ?", (answer, command_id))

    def interrupted(self) -> list[bytes]:
        """Return commands without an answer: power was lost while they were executed."""
        return [row[0] for row in self._db.execute("select id from used where answer is null order by expires")]

    def forget_used_before(self, moment: int) -> None:
        """Delete ids of commands that are refused for their age in any case."""
        self._db.execute("delete from used where expires < ? and answer is not null", (moment,))

    # keys
    def held_keys(self) -> tuple[bytes, ...]:
        """Return the ids of the stored keys, in order."""
        return tuple(row[0] for row in self._db.execute("select id from keys order by id"))

    def credential(self, key: bytes) -> bytes | None:
        """Return the stored credential of a key."""
        row = self._db.execute("select credential from keys where id = ?", (key,)).fetchone()
        return row[0] if row else None

    def put_key(self, key: bytes, credential: bytes, expires: int) -> None:
        """Store a key; a newer credential replaces an older one."""
        self._db.execute("insert or replace into keys values(?, ?, ?)", (key, credential, expires))

    def drop_key(self, key: bytes) -> bool:
        """Delete a key; return whether it was stored."""
        return self._db.execute("delete from keys where id = ?", (key,)).rowcount > 0

    def bar(self, key: bytes, why: Why, until: int) -> None:
        """Block a key until `until`; a later drop does not weaken a revocation."""
        self._db.execute(
            "insert into barred values(?, ?, ?) on conflict(id) do update set"
            " why = case when barred.why = 'revoked' then 'revoked' else excluded.why end,"
            " until = max(barred.until, excluded.until)",
            (key, why, until),
        )

    def barred(self, key: bytes) -> Why | None:
        """Return why a key is blocked, or None."""
        row = self._db.execute("select why from barred where id = ?", (key,)).fetchone()
        return row[0] if row else None

    def unbar_dropped(self, key: bytes) -> None:
        """Unblock a key that was only dropped; a revoked one stays blocked."""
        self._db.execute("delete from barred where id = ? and why = 'dropped'", (key,))

    # outbox
    def queue(self, message: Outgoing) -> None:
        """Store a message until the broker has confirmed it."""
        row = (message.seq, message.channel, message.payload)
        self._db.execute("insert or replace into outbox values(?, ?, ?)", row)
        self.follow(message)
        self._keep("last", self._head)

    def hold(self, message: Outgoing, to: str) -> None:
        """Store a message, and the log's last entry, as held: they become valid only with a coming movement."""
        self._db.execute("insert into outbox values(?, ?, ?)", (message.seq, HELD + to, message.payload))
        self._keep("held", Head(message.seq, message.digest))

    def release(self, seqs: list[int]) -> None:
        """The movement was made: queue the held messages."""
        with self.write():
            self._db.executemany("update outbox set channel = 'event' where seq = ?", [(seq,) for seq in seqs])
            if seqs:
                self._head = self._kept("held")
                self._keep("last", self._head)

    def discard(self, seqs: list[int]) -> None:
        """The movement was not made: delete the held messages."""
        with self.write():
            self._db.executemany("delete from outbox where seq = ?", [(seq,) for seq in seqs])

    def held(self, to: str) -> list[int]:
        """Return held messages of movements to `to`, after a power cut before the movement was confirmed."""
        return [row[0] for row in self._db.execute("select seq from outbox where channel = ?", (HELD + to,))]

    def waiting(self, limit: int = 500) -> list[Outgoing]:
        """Return the messages the broker has not confirmed, oldest first."""
        query = "select seq, channel, payload from outbox where channel in ('ack', 'event') order by seq limit ?"
        rows = self._db.execute(query, (limit,))
        return [Outgoing(_channel(row[1]), row[0], row[2]) for row in rows if row[0] not in self._taken]

    def waiting_events(self) -> list[int]:
        """Return the numbers of the events the broker has not confirmed, oldest first."""
        rows = self._db.execute("select seq from outbox where channel = 'event' order by seq")
        return [row[0] for row in rows if row[0] not in self._taken]

    def payload(self, seq: int) -> bytes:
        """Return a queued message. Raises KeyError if it is not queued."""
        row = self._db.execute("select payload from outbox where seq = ?", (seq,)).fetchone()
        if row is None:
            raise KeyError(seq)
        return bytes(row[0])

    def waiting_count(self) -> int:
        """Number of queued messages."""
        return int(self._db.execute("select count(*) from outbox").fetchone()[0]) - len(self._taken)

    def delivered(self, seq: int) -> None:
        """Mark a message as confirmed. It is deleted with the next write: a power cut may cause a second sending."""
        if self._db.execute("select 1 from outbox where seq = ?", (seq,)).fetchone():
            self._taken.add(seq)

    def sweep(self) -> None:
        """Delete confirmed messages that no write has deleted yet."""
        if self._taken:
            with self.write():
                pass

    def reset(self) -> None:
        """Wipe everything but the sequence number, which goes on rising; the log starts anew."""
        with self.write():
            for table in ("used", "keys", "barred", "outbox", "heads"):
                self._db.execute(f"delete from {table}")  # noqa: S608 - the names stand one line above
            self._db.execute("delete from facts where name != 'seq'")
            self._head = Head()


def _channel(name: str) -> Channel:
    return "ack" if name == "ack" else "event"
