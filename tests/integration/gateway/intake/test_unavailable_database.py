"""Whatever a device or a kiosk sends, and whenever the database fails while it is recorded: nothing is lost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import OperationalError

from certs.keys import compressed_point, new_private_key
from certs.sealing import question_context, registration_context, seal, turns_context
from devices.link import Received
from devices.wire.catalog import EVENTS
from devices.wire.envelope import sign_ack, sign_event, sign_state
from devices.wire.kiosk.offer_question import OfferQuestion, encode_question
from devices.wire.kiosk.registration import KioskRegistration, encode_registration
from devices.wire.messages import KIOSK_LIMIT, Ack, Event, State
from gateway.bootstrap import Gateway
from gateway.settings import Settings
from gateway.store import Command, Delivery, Device, Model, SetAside, database
from gateway.supervision import Rounds
from tests.parts.identity import MemoryIdentity
from tests.parts.world import FIELDS, LOCK, World, device

SITE, KIOSK = "house-1", "kiosk-1"
NAMED: Final = bytes(16)
# The bodies of a lock's events; kiosk events are sealed anew each time.
LOCK_EVENTS: Final[dict[str, dict[str, Any]]] = {
    "unlocked": {"means": "knob"},
    "locked": {},
    "key_put": {"key": NAMED},
    "key_dropped": {"key": NAMED},
    "refused": {"code": "bad_signature"},
    "battery": {"percent": 15},
    "jammed": {},
    "door": {"open": True},
    "clock_lost": {},
    "booted": {"nonce": NAMED},
    "revoked": {"epoch": 1},
    "certificate_wanted": {"csr": b"none"},
    "firmware": {"state": "confirmed", "sequence": 1},
}
FAULTS: Final[tuple[Callable[[], Exception], ...]] = (
    lambda: sqlite3.OperationalError("database is locked"),
    lambda: sqlite3.OperationalError("database or disk is full"),
    lambda: sqlite3.OperationalError("unable to open database file"),
    lambda: sqlite3.InterfaceError("connection already closed"),
    lambda: sqlite3.DatabaseError("database disk image is malformed"),
)


class FailingSteps:
    """Fails statements and commits of an engine: from step `first` on, `failures` of them. `steps` counts all."""

    def __init__(self, engine: Engine) -> None:
        self.steps, self.first, self.failures, self.kind = 0, -1, 0, 0
        for name in ("do_execute", "do_executemany", "do_execute_no_params"):
            event.listen(engine, name, self._step)
        commit = engine.dialect.do_commit
        engine.dialect.do_commit = partial(self._commit, commit)  # type: ignore[method-assign]

    def begin(self, first: int = -1, failures: int = 0) -> None:
        """Count from 0 again."""
        self.steps, self.first, self.failures = 0, first, failures

    def _step(self, *_: object) -> None:
        self.steps += 1
        if self.steps > self.first >= 0 and self.failures:
            self.failures -= 1
            self.kind += 1
            raise FAULTS[self.kind % len(FAULTS)]()

    def _commit(self, commit: Callable[[Any], None], connection: Any) -> None:
        self._step()
        commit(connection)


@dataclass
class House:
    """A gateway with the keys of its lock and its kiosk."""

    world: World
    gateway: Gateway
    acked: list[int] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    resume: Callable[[], None] = lambda: None
    seq: int = 0
    key: EllipticCurvePrivateKey = field(default_factory=new_private_key)

    def __post_init__(self) -> None:
        self.gateway.intake._sleep = self.gateway.kiosk_inbox._sleep = self._sleep
        with self.world.database.writing() as session:
            session.add(device(KIOSK, None, "kiosk"))
            session.flush()
            for name in (LOCK, KIOSK):
                session.get_one(Device, name).public_key = compressed_point(self.key.public_key())

    async def _sleep(self, seconds: float) -> None:
        assert self.acked == []
        self.pauses.append(seconds)
        self.resume()

    def received(self, device_id: str, channel: str, payload: bytes) -> Received:
        return Received(SITE, device_id, channel, payload, retained=False, ack=partial(self.acked.append, self.seq))

    def message(self, kind: str) -> Received:
        """The next message of this kind."""
        self.seq, now = self.seq + 1, self.world.now
        match kind:
            case "online" | "offline":
                return self.received(LOCK, "online", b"1" if kind == "online" else b"0")
            case "state":
                state = State(self.seq, now, "locked", "closed", 80, (), "set", bytes(16), 1, "sim")
                return self.received(LOCK, "state", sign_state(state, self.key))
            case "answer":
                return self.received(LOCK, "ack", sign_ack(Ack(self._command(), self.seq, now, "done"), self.key))
        name = LOCK if kind in LOCK_EVENTS else KIOSK
        body = LOCK_EVENTS[kind] if kind in LOCK_EVENTS else {"registration": NAMED, "sealed": self._sealed(kind)}
        signed = sign_event(Event(self.seq, now, kind, body), self.key, limit=KIOSK_LIMIT)
        return self.received(name, "event", signed)

    def _command(self) -> bytes:
        """A command that the lock has to answer."""
        command = self.seq.to_bytes(16, "big")
        with self.world.database.writing() as session:
            expires = self.world.now + 60
            session.add(
                Command(id=command.hex(), device_id=LOCK, type="unlock", issued_at=self.world.now, expires_at=expires)
            )
        return command

    def _sealed(self, kind: str) -> bytes:
        intake = self.gateway.authority.intake_key.public_key()
        token = self.world.offer(unit_id=self.world.add_unit(f"K{self.seq}", f"lock-k{self.seq}")[1])
        match kind:
            case "turns_wanted":
                return seal(token.encode(), intake, context=turns_context(SITE, KIOSK))
            case "offer_shown":
                raw = encode_question(OfferQuestion(token, compressed_point(self.key.public_key())))
                return seal(raw, intake, context=question_context(SITE, KIOSK))
            case _:
                consents = {"registration": True, "face": False, "text_version": "2026-11"}
                raw = encode_registration(KioskRegistration(bytes(16), token, dict(FIELDS), consents, "en"))
                return seal(raw, intake, context=registration_context(SITE, KIOSK))

    async def take(self, *messages: Received) -> None:
        """Receive the messages in one batch, and end what they began."""
        self.acked.clear()
        self.pauses.clear()
        await self.gateway.intake.run(OneBatch(messages), "native", Rounds())  # type: ignore[arg-type]  # all it reads
        await asyncio.gather(*self.gateway.kiosk_inbox._tasks)

    def counted(self) -> dict[str, int]:
        """The number of rows of each table."""
        with self.world.database.reading() as session:
            tables = Model.metadata.sorted_tables
            return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}

    async def added_by(self, message: Received) -> dict[str, int]:
        """How many rows of each table the message added, with the screens it queued by their name."""
        before, screens = self.counted(), len(self.screens())
        await self.take(message)
        after, shown = self.counted(), self.screens()[screens:]
        return {name: after[name] - before[name] for name in after} | dict.fromkeys(shown, 1)

    def screens(self) -> list[str]:
        """What the kiosk was told to show."""
        with self.world.database.reading() as session:
            rows = session.scalars(select(Delivery).where(Delivery.work == "show").order_by(Delivery.id))
            return [str((row.body or {})["screen"]) for row in rows]

    def set_aside(self) -> list[str]:
        with self.world.database.reading() as session:
            return list(session.scalars(select(SetAside.code)))


class OneBatch:
    """A link with one batch, and then nothing more."""

    def __init__(self, messages: Sequence[Received]) -> None:
        self._messages = list(messages)

    async def batches(self) -> AsyncIterator[list[Received]]:
        yield self._messages


@pytest.fixture
def house(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    quick = [each.replace("5000", "5") for each in database.PRAGMAS]  # wait 5 ms for another's write lock, not 5 s
    monkeypatch.setattr(database, "PRAGMAS", quick)
    (world.folder / "offers.secret").write_bytes(world.keyring.offer_secret)
    gateway = Gateway(Settings(folder=world.folder), world.clock, identity=MemoryIdentity())
    yield House(world, gateway)
    gateway.vault.close()
    gateway.database.close()


KINDS: Final = (*EVENTS, "answer", "state", "online", "offline")


def test_every_event_of_the_protocol_is_sent() -> None:
    assert LOCK_EVENTS.keys() | {"registration", "turns_wanted", "offer_shown"} == EVENTS.keys()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_message_is_recorded_once_whichever_step_the_database_fails_at(house: House, kind: str) -> None:
    doors, pages = FailingSteps(house.gateway.doors._engine), FailingSteps(house.gateway.database._engine)
    await house.take(house.message(kind))  # what only the first one of its kind adds
    for engine in (doors, pages):
        message = house.message(kind)
        engine.begin()
        usual = await house.added_by(message)
        steps = engine.steps
        for first in range(steps):
            message = house.message(kind)
            engine.begin(first, failures=1 + first % 3)
            assert await house.added_by(message) == usual, first
            assert (house.acked, engine.failures, house.pauses != []) == ([house.seq], 0, True)
    assert house.set_aside() == []


async def test_messages_wait_while_another_process_holds_the_write_lock(house: House) -> None:
    """A backup or another program can hold it for longer than a statement waits."""
    messages = [house.message(kind) for kind in KINDS]
    holder = sqlite3.connect(house.world.folder / "lodgekey.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    def release_late() -> None:
        if len(house.pauses) == 4:
            holder.execute("ROLLBACK")

    house.resume = release_late
    await house.take(*messages)
    holder.close()
    assert house.pauses == [1.0, 2.0, 4.0, 8.0]
    assert sorted(house.acked) == list(range(1, house.seq + 1))
    assert house.set_aside() == []
    assert sorted(house.screens()) == ["offer", "person_decides", "turn"]


async def test_a_message_of_an_unknown_device_waits_too(house: House) -> None:
    """It is looked up once more by itself; that it failed does not make it a message that cannot be recorded."""
    engine, message = FailingSteps(house.gateway.doors._engine), house.message("online")
    engine.begin(2, failures=1)
    await house.take(Received(SITE, "lock-9", "online", b"1", retained=False, ack=message.ack))
    assert (house.set_aside(), house.acked, house.pauses) == (["unknown_device"], [house.seq], [1.0])


async def test_what_was_recorded_alone_is_not_acknowledged_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a reconnect the number of an acknowledgement denotes another message."""
    intake, write, calls = house.gateway.intake, house.gateway.intake._write, list[int]()
    messages = [house.message("locked"), house.message("registration"), house.message("battery")]

    def interrupted(understood: Sequence[Any], *rest: Any) -> None:
        calls.append(len(understood))
        if len(calls) == 1:
            raise ZeroDivisionError
        if len(calls) == 4:
            raise OperationalError("", {}, Exception("database is locked"))
        write(understood, *rest)

    async def pause(seconds: float) -> None:
        house.pauses.append(seconds)

    intake._sleep = pause
    monkeypatch.setattr(intake, "_write", interrupted)
    await house.take(*messages)
    assert calls == [3, 1, 1, 1, 1]
    assert sorted(house.acked) == [1, 2, 3]
    assert (house.screens(), house.set_aside()) == (["person_decides"], [])


async def test_a_kiosk_message_that_fails_by_itself_is_set_aside_and_the_kiosk_shows_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    message = house.message("registration")
    monkeypatch.setattr(house.gateway.kiosk_inbox, "_enter", broken)
    await house.take(message)
    assert (house.set_aside(), house.acked) == (["cannot_be_recorded"], [house.seq])
    assert house.screens() == ["refused"]


async def test_a_kiosk_message_sent_again_while_it_waits_is_registered_once(house: House) -> None:
    """A reconnect sends it again; only the newest copy can be acknowledged."""
    first = house.message("registration")
    copies = list[str]()
    again = Received(first.site, first.device, first.channel, first.payload, False, partial(copies.append, "newest"))
    old = Received(first.site, first.device, first.channel, first.payload, False, partial(copies.append, "old"))
    await house.take(old, again)
    assert (copies, house.screens(), house.set_aside()) == (["newest"], ["person_decides"], [])
