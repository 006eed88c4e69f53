"""Checks of a message that the gateway makes independently of the driver's signature check."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from certs.keys import new_private_key
from devices.driver import Ability, LockAddress, Unreadable
from devices.intents import Intent
from devices.link import Received
from devices.reports import Happened, Reachable, Report
from gateway.intake.awaited_answers import AwaitedAnswers
from gateway.intake.batches import Intake
from gateway.journey.devices.certificates import set_device_key
from gateway.store import Device, ReceivedMessage, SetAside
from gateway.supervision import Rounds
from tests.parts.world import LOCK, World


class TrustingDriver:
    """A driver that accepts every byte, so that only the intake can refuse."""

    name = "trusting"
    abilities = frozenset[Ability]()

    async def send(self, lock: LockAddress, intent: Intent) -> None:
        raise Unreadable("unknown_type")

    def read(self, message: Received) -> Sequence[Report]:
        return [Reachable(message.device, online=True)]


@pytest.mark.parametrize(
    ("site", "device", "code"),
    [("house-1", LOCK, None), ("house-2", LOCK, "wrong_site"), ("house-1", "lock-of-nobody", "unknown_device")],
)
async def test_a_device_is_accepted_under_its_own_site_only(
    world: World, site: str, device: str, code: str | None
) -> None:
    acked = asyncio.Event()
    intake = Intake(world.database, {"native": TrustingDriver()}, AwaitedAnswers(), lambda _r, _m: None, world.clock)
    await intake.take([Received(site, device, "online", b"1", retained=False, ack=acked.set)])
    with world.database.reading() as session:
        set_aside = list(session.scalars(select(SetAside.code)))
    assert set_aside == ([code] if code else [])
    assert world.device().online is (None if code else True)
    assert acked.is_set()  # a set-aside message is not redelivered


class OvertakenDriver(TrustingDriver):
    """A driver during whose reading the device is enrolled again with another key."""

    def __init__(self, world: World) -> None:
        self._world, self.overtaken = world, True

    def read(self, message: Received) -> Sequence[Report]:
        if self.overtaken:
            with self._world.database.writing() as session:
                set_device_key(session, session.get_one(Device, LOCK), new_private_key().public_key(), self._world.now)
        return [Happened(LOCK, 7, self._world.now, "locked", {})]


async def test_what_was_verified_with_a_key_that_is_no_longer_the_devices_is_set_aside(world: World) -> None:
    """Its sequence numbers would count for the new key, and block the device until it had passed them."""
    driver, acked = OvertakenDriver(world), asyncio.Event()
    intake = Intake(world.database, {"native": driver}, AwaitedAnswers(), lambda _r, _m: None, world.clock)
    message = Received("house-1", LOCK, "event", b"signed with the old key", retained=False, ack=acked.set)
    await intake.take([message])
    with world.database.reading() as session:
        assert list(session.scalars(select(SetAside.code))) == ["old_key"]
        assert session.scalars(select(ReceivedMessage)).all() == []
    assert (acked.is_set(), world.device().reported_seq, world.device().bolt) == (True, -1, "unknown")
    driver.overtaken = False
    await intake.take([message])  # the same number is the first one under the new key
    assert (world.device().reported_seq, world.device().bolt) == (7, "locked")


class OneBatch:
    """A link with one batch, and then nothing more."""

    def __init__(self, messages: Sequence[Received]) -> None:
        self._messages = list(messages)

    async def batches(self) -> AsyncIterator[list[Received]]:
        yield self._messages


AWAY = [
    OperationalError("", {}, Exception("database is locked")),
    OperationalError("", {}, Exception("database or disk is full")),
    InterfaceError("", {}, Exception("connection already closed")),
    PoolTimeout("QueuePool limit reached"),
]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: str(error.args[0])[:40])
@pytest.mark.parametrize("where", ["_write", "_device_lookup"])
async def test_a_message_waits_while_the_database_takes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, where: str
) -> None:
    """Nothing is set aside for a fault that is not its own, and nothing is acknowledged that was not committed."""
    acked, pauses = asyncio.Event(), list[float]()

    async def sleep(seconds: float) -> None:
        assert not acked.is_set()
        pauses.append(seconds)
        if len(pauses) == 6:
            monkeypatch.undo()

    def away(*_: object) -> None:
        raise error

    intake = Intake(
        world.database, {"native": TrustingDriver()}, AwaitedAnswers(), lambda _r, _m: None, world.clock, sleep=sleep
    )
    target, name = (intake, "_write") if where == "_write" else (intake._device_lookup, "batch")
    monkeypatch.setattr(target, name, away)
    message = Received("house-1", LOCK, "online", b"1", retained=False, ack=acked.set)
    await intake.run(OneBatch([message]), "native", Rounds())  # type: ignore[arg-type]  # all of a link that is read
    assert pauses == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    with world.database.reading() as session:
        assert session.scalars(select(SetAside)).all() == []
    assert (acked.is_set(), world.device().online) == (True, True)


class BrokenDriver(TrustingDriver):
    """A driver with a fault: one payload breaks it."""

    def read(self, message: Received) -> Sequence[Report]:
        if message.payload == b"odd":
            raise ZeroDivisionError
        return super().read(message)


@pytest.mark.parametrize("where", ["driver", "record"])
async def test_a_message_that_breaks_something_by_itself_is_set_aside_and_the_next_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    taken: list[bytes] = []
    driver = BrokenDriver() if where == "driver" else TrustingDriver()
    intake = Intake(world.database, {"native": driver}, AwaitedAnswers(), lambda _r, _m: None, world.clock)
    write = intake._write

    def picky(understood: Sequence[tuple[Received, object]], *rest: object) -> None:
        if where == "record" and any(message.payload == b"odd" for message, _ in understood):
            raise IntegrityError("", {}, Exception("constraint"))
        write(understood, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "_write", picky)
    messages = [
        Received("house-1", LOCK, "online", payload, retained=False, ack=partial(taken.append, payload))
        for payload in (b"odd", b"1")
    ]
    await intake.run(OneBatch(messages), "native", Rounds())  # type: ignore[arg-type]
    with world.database.reading() as session:
        assert list(session.scalars(select(SetAside.code))) == ["cannot_be_recorded"]
    assert sorted(taken) == [b"1", b"odd"]
    assert world.device().online is True
