"""An unreachable party is paused, probed with one delivery, and never delays the others."""

import asyncio

from gateway.outbox.deliveries import Done, RetryAt, enqueue
from gateway.relay.circuit_breaker import CircuitBreaker
from gateway.relay.loop import AT_ONCE, PER_PARTY, Sent
from gateway.store import Delivery
from tests.parts.relaying import relaying, states
from tests.parts.world import World

NOW = 1_000_000


def test_a_party_that_was_not_reached_rests_longer_each_time() -> None:
    breaker, now, waited = CircuitBreaker(), NOW, []
    assert breaker.admit("registry", 1, now)
    for delivery in range(1, 12):
        breaker.record("registry", delivery, down=True, now=now)
        begin = now
        while not breaker.admit("registry", delivery + 1, now):
            now += 1
        waited.append(now - begin)
    assert waited == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_one_delivery_tries_a_party_and_its_success_opens_it_for_all() -> None:
    breaker = CircuitBreaker()
    breaker.record("registry", 1, down=True, now=NOW)
    assert breaker.unavailable(NOW) == {"registry"}
    assert [breaker.admit("registry", name, NOW + 1) for name in (1, 2, 3)] == [True, False, False]
    breaker.record("registry", 1, down=False, now=NOW + 1)
    assert breaker.admit("registry", 2, NOW + 1)
    assert breaker.unavailable(NOW + 1) == set()


def test_late_failures_of_the_same_outage_do_not_lengthen_the_rest() -> None:
    breaker = CircuitBreaker()
    for delivery in range(30):
        breaker.record("registry", delivery, down=True, now=NOW)
    assert breaker.admit("registry", 1, NOW + 1)


def test_a_probe_that_was_settled_elsewhere_leaves_it_to_another() -> None:
    breaker = CircuitBreaker()
    breaker.record("registry", 1, down=True, now=NOW)
    breaker.admit("registry", 1, NOW + 1)
    breaker.release("registry", 1)
    assert breaker.admit("registry", 2, NOW + 1)


async def test_a_lock_is_served_while_a_slow_registry_has_more_pending_than_fits(world: World) -> None:
    stuck, unlocked = asyncio.Event(), asyncio.Event()

    async def file_slowly(_delivery: Delivery) -> Sent:
        await stuck.wait()
        return Sent(Done())

    async def unlock(_delivery: Delivery) -> Sent:
        unlocked.set()
        return Sent(Done())

    with world.database.writing() as session:
        for number in range(4 * PER_PARTY):
            enqueue(session, party="registry:x", lane=f"r{number}", work="file", about="a", now=world.now - 1)
        enqueue(session, party="lock:x", lane="unlock:1", work="unlock", about="b", now=world.now)
    async with relaying(world, {"file": file_slowly, "unlock": unlock}):
        async with asyncio.timeout(10):
            await unlocked.wait()
        stuck.set()


async def test_many_parties_that_all_take_their_time_are_asked_together_up_to_a_bound(world: World) -> None:
    begun, crowded, answer = 0, asyncio.Event(), asyncio.Event()

    async def say(_delivery: Delivery) -> Sent:
        nonlocal begun
        begun += 1
        if begun == AT_ONCE:
            crowded.set()
        await answer.wait()
        return Sent(Done())

    with world.database.writing() as session:
        for number in range(AT_ONCE + 9):
            enqueue(session, party=f"lock:{number}", lane=f"l{number}", work="say", about="a", now=world.now)
    async with relaying(world, {"say": say}) as commits:
        async with asyncio.timeout(10):
            await crowded.wait()
        assert begun == AT_ONCE
        answer.set()
        await commits.until(lambda: set(states(world)) == {"done"})
    assert begun == AT_ONCE + 9


async def test_an_outage_costs_one_attempt_at_a_time_however_much_is_pending(world: World) -> None:
    tried: list[int] = []

    async def file(delivery: Delivery) -> Sent:
        tried.append(delivery.id)
        if world.now < back_at:
            return Sent(RetryAt(world.now + 1, "down", party_down=True))
        return Sent(Done())

    begin = world.now
    back_at = begin + 3600
    with world.database.writing() as session:
        for number in range(200):
            enqueue(session, party="registry:x", lane=f"r{number}", work="file", about="a", now=begin)
    async with relaying(world, {"file": file}) as commits:

        def all_done() -> bool:
            world.now += 400
            return states(world) == ["done"] * 200

        await commits.until(all_done)
    assert len(tried) < 200 + PER_PARTY + 40
