"""The relay: order within each lane, faults that affect only their own delivery, and no loss between send and
settlement.
"""

import asyncio
import logging
import threading
from collections.abc import Iterable

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from gateway.outbox import deliveries
from gateway.outbox.deliveries import Done, RetryAt
from gateway.relay import loop
from gateway.relay.loop import Sent
from gateway.store import Delivery, Landlord
from tests.parts.relaying import delivery_rows, relaying, states
from tests.parts.world import World


def enqueue(world: World, lane: str, about: str, *, work: str = "say", expires_in: int | None = None) -> None:
    """Add one delivery."""
    expires = None if expires_in is None else world.now + expires_in
    with world.database.writing() as session:
        deliveries.enqueue(session, party="p", lane=lane, work=work, about=about, now=world.now, expires_at=expires)


class Listener:
    """Records what is sent, in order."""

    def __init__(self) -> None:
        self.received: list[str] = []

    async def say(self, delivery: Delivery) -> Sent:
        self.received.append(delivery.about)
        return Sent(Done())


async def test_a_lane_is_delivered_in_order(world: World) -> None:
    listener = Listener()
    for number in range(6):
        enqueue(world, "a", str(number))
    async with relaying(world, {"say": listener.say}) as commits:
        await commits.until(lambda: states(world) == ["done"] * 6)
    assert listener.received == ["0", "1", "2", "3", "4", "5"]


async def test_lanes_do_not_wait_for_one_that_hangs(world: World) -> None:
    hanging = asyncio.Event()

    async def say(delivery: Delivery) -> Sent:
        if delivery.about == "hang":
            await hanging.wait()
        return Sent(Done())

    enqueue(world, "a", "hang")
    enqueue(world, "a", "behind")
    enqueue(world, "b", "free")
    async with relaying(world, {"say": say}) as commits:
        await commits.until(lambda: states(world) == ["owed", "owed", "done"])
        hanging.set()
        await commits.until(lambda: states(world) == ["done"] * 3)


async def test_what_expired_before_it_could_be_delivered_is_never_sent(world: World) -> None:
    listener = Listener()
    enqueue(world, "a", "late", expires_in=0)
    enqueue(world, "b", "in time", expires_in=1)
    async with relaying(world, {"say": listener.say}) as commits:
        await commits.until(lambda: states(world) == ["expired", "done"])
    assert listener.received == ["in time"]


async def test_a_broken_sender_stops_nobody_and_stays_visible(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async def say(delivery: Delivery) -> Sent:
        if delivery.about == "bad":
            raise ZeroDivisionError("Anna Voorbeeld")
        return Sent(Done())

    enqueue(world, "a", "bad")
    enqueue(world, "b", "good")
    enqueue(world, "c", "nobody", work="unheard_of")
    with caplog.at_level(logging.DEBUG):
        async with relaying(world, {"say": say}) as commits:
            await commits.until(
                lambda: states(world) == ["owed", "done", "owed"] and delivery_rows(world)[2].attempts == 1
            )
    bad = delivery_rows(world)[0]
    assert states(world) == ["owed", "done", "owed"]
    assert (bad.outcome, bad.outcome_args) == ("internal_error", {"error": "ZeroDivisionError"})
    assert bad.due_at == world.now + 30
    assert "Voorbeeld" not in caplog.text


@pytest.mark.parametrize("fault", [IntegrityError("", {}, Exception()), KeyError("x"), AssertionError()])
async def test_one_answer_that_cannot_be_recorded_waits_and_the_rest_of_its_batch_is(
    world: World, fault: Exception
) -> None:
    attempts: list[str] = []
    together = asyncio.Barrier(3)

    async def say(delivery: Delivery) -> Sent:
        attempts.append(delivery.about)
        await together.wait()

        def also(session: Session, _now: int) -> None:
            if delivery.about == "poisoned":
                raise fault
            session.add(Landlord(name=delivery.about, phone="", email=None))

        return Sent(Done(), also)

    for name in ("one", "poisoned", "two"):
        enqueue(world, name, name)
    async with relaying(world, {"say": say}) as commits:
        await commits.until(
            lambda: states(world) == ["done", "owed", "done"] and bool(delivery_rows(world)[1].attempts)
        )
    assert sorted(attempts) == ["one", "poisoned", "two"], "it is not tried again at once"
    assert delivery_rows(world)[1].due_at == world.now + 30
    with world.database.reading() as session:
        names = {row.name for row in session.query(Landlord)}
    assert names >= {"one", "two"}


async def test_a_delivery_from_another_thread_is_delivered_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "POLL_SECONDS", 600.0)  # its own polling interval is longer than the test's time limit
    listener = Listener()
    async with relaying(world, {"say": listener.say}) as commits:
        await commits.until(lambda: True)
        thread = threading.Thread(target=enqueue, args=(world, "a", "from a thread"))
        thread.start()
        await commits.until(lambda: states(world) == ["done"])
        await asyncio.to_thread(thread.join)
    assert listener.received == ["from a thread"]


async def test_what_is_due_later_is_left_until_then(world: World) -> None:
    attempts = 0

    async def say(_: Delivery) -> Sent:
        nonlocal attempts
        attempts += 1
        return Sent(RetryAt(world.now + 60, "not yet") if attempts == 1 else Done())

    enqueue(world, "a", "x")
    async with relaying(world, {"say": say}) as commits:
        await commits.until(lambda: delivery_rows(world)[0].attempts == 1)
        enqueue(world, "b", "y")
        await commits.until(lambda: states(world) == ["owed", "done"])
        world.now += 60
        await commits.until(lambda: states(world) == ["done", "done"])


async def test_delicate_work_is_known_as_begun_before_it_is_sent(world: World) -> None:
    begun: list[int | None] = []

    async def say(delivery: Delivery) -> Sent:
        begun.extend([delivery.started_at, delivery_rows(world)[0].started_at])
        return Sent(Done())

    enqueue(world, "a", "x")
    async with relaying(world, {"say": say}, leased={"say"}) as commits:
        await commits.until(lambda: states(world) == ["done"])
    assert begun == [None, world.now]


async def test_a_database_that_cannot_be_read_for_a_while_ends_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, faults = deliveries.due, [OperationalError("", {}, Exception()), OperationalError("", {}, Exception())]

    def due(session: Session, now: int, limit: int, open_circuits: Iterable[str], under_way: Iterable[int]) -> object:
        if faults:
            raise faults.pop()
        return real(session, now, limit, open_circuits, under_way)

    monkeypatch.setattr(deliveries, "due", due)
    listener = Listener()
    enqueue(world, "a", "x")
    async with relaying(world, {"say": listener.say}) as commits:
        await commits.until(lambda: states(world) == ["done"])
    assert (listener.received, faults) == (["x"], [])
