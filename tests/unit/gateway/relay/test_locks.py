"""Sending to locks: a key command is repeated until the lock answers, an unlock is sent at most once."""

import asyncio

import pytest

from devices.intents import DropKey, Intent, PutKey, SetTime, Unlock
from gateway.journey.keys import unlock
from gateway.journey.keys.issue import revoke_key
from gateway.outbox.deliveries import Done, Expired, Refused, RetryAt
from gateway.relay.locks import LockSenders
from gateway.relay.loop import Sent
from gateway.store import Device, Key
from tests.parts.driver import MemoryDriver
from tests.parts.relaying import delivery_rows, relaying, states
from tests.parts.world import LOCK, World


def attempt(world: World, driver: MemoryDriver, work: str) -> Sent:
    """One attempt at the newest delivery of this work."""
    senders = LockSenders(world.database, {"native": driver}, world.clock).table()

    async def once() -> Sent:
        return await senders[work](delivery_rows(world, work)[-1])

    return asyncio.run(once())


def revoke(world: World, key: Key) -> None:
    """The landlord revokes the key."""
    with world.database.writing() as session:
        revoke_key(session, session.get_one(Key, key.id), world.now)


def tap(world: World) -> Key:
    """A key confirmed by the lock, and an unlock request."""
    key = world.tenant()
    world.put(key)
    with world.database.writing() as session:
        unlock.request_unlock(session, key.id, "c" * 32, world.proof(key.id, "nonce-001"), world.now)
    return key


def last(driver: MemoryDriver) -> Intent:
    """The last intent sent."""
    return driver.asked[-1][1]


def test_a_key_that_was_sent_is_not_on_the_lock_until_the_lock_says_so(world: World) -> None:
    driver, key = MemoryDriver(), world.tenant()
    sent = attempt(world, driver, "put_key")
    intent = last(driver)
    assert isinstance(intent, PutKey)
    assert (intent.key_id.hex(), intent.credential) == (key.id, key.credential)
    assert sent.decision == RetryAt(world.now + 30, "waiting_for_lock")
    assert world.key(key.id).observed == "unasked"


def test_asking_again_is_another_command_for_a_lock_refuses_an_id_it_knows(world: World) -> None:
    driver = MemoryDriver()
    world.tenant()
    names = []
    for _ in range(2):
        attempt(world, driver, "put_key")
        intent = last(driver)
        assert isinstance(intent, PutKey)
        names.append(intent.command_id)
        world.say(world.answered(intent.command_id.hex(), "refused", "clock_lost"))
    attempt(world, driver, "put_key")
    world.now += 3601
    attempt(world, driver, "put_key")
    names += [intent.command_id for _, intent in driver.asked[-2:] if isinstance(intent, PutKey)]
    assert len(set(names)) == 4


def test_a_key_nobody_wants_on_the_lock_any_more_is_not_sent(world: World) -> None:
    driver, key = MemoryDriver(), world.tenant()
    revoke(world, key)
    assert (attempt(world, driver, "put_key").decision, driver.asked) == (Done("no_longer_wanted"), [])


def test_a_revoked_key_is_asked_away_until_the_lock_says_it_is_gone(world: World) -> None:
    driver, key = MemoryDriver(), world.tenant()
    world.put(key)
    revoke(world, key)
    assert isinstance(attempt(world, driver, "drop_key").decision, RetryAt)
    assert isinstance(last(driver), DropKey)
    world.say(world.happened("key_dropped", key=bytes.fromhex(key.id)))
    assert attempt(world, driver, "drop_key").decision == Done("gone_from_lock")


def test_an_unlock_is_sent_once_and_settled_by_having_been_sent(world: World) -> None:
    driver = MemoryDriver()
    key = tap(world)
    assert attempt(world, driver, "unlock").decision == Done("sent")
    assert last(driver) == Unlock(bytes.fromhex("c" * 32), bytes.fromhex(key.id), world.now + 10, world.now)


def test_an_unlock_sent_again_after_a_kill_is_the_same_command(world: World) -> None:
    driver = MemoryDriver()
    tap(world)
    attempt(world, driver, "unlock")
    world.now += 3  # killed before the delivery was settled
    attempt(world, driver, "unlock")
    assert driver.asked[0] == driver.asked[1]


def test_an_unlock_of_a_key_revoked_meanwhile_is_not_sent(world: World) -> None:
    driver = MemoryDriver()
    revoke(world, tap(world))
    assert (type(attempt(world, driver, "unlock").decision), driver.asked) == (Refused, [])


def test_an_unlock_that_waited_ten_seconds_for_the_link_is_never_sent(world: World) -> None:
    driver = MemoryDriver(down=True)
    tap(world)
    assert isinstance(attempt(world, driver, "unlock").decision, RetryAt)
    world.now += 9
    assert isinstance(attempt(world, driver, "unlock").decision, Expired)


async def test_an_unlock_found_by_the_relay_after_its_time_is_never_sent(world: World) -> None:
    driver = MemoryDriver()
    tap(world)
    world.now += 10
    senders = LockSenders(world.database, {"native": driver}, world.clock).table()
    async with relaying(world, {"unlock": senders["unlock"]}) as commits:
        await commits.until(lambda: states(world, "unlock") == ["expired"])
    assert driver.asked == []


def test_a_link_that_is_down_is_tried_again_later_each_time(world: World) -> None:
    driver = MemoryDriver(down=True)
    world.tenant()
    decision = attempt(world, driver, "put_key").decision
    assert decision == RetryAt(world.now + 1, "link_down")


@pytest.mark.parametrize("work", ["put_key", "unlock"])
def test_a_device_out_of_service_is_sent_nothing(world: World, work: str) -> None:
    driver = MemoryDriver()
    tap(world)
    with world.database.writing() as session:
        session.get_one(Device, LOCK).revoked_at = world.now
        session.get_one(Key, world.issued()[0].id).observed = "unasked"
    assert (type(attempt(world, driver, work).decision), driver.asked) == (Refused, [])


def test_what_a_lock_cannot_do_is_left_for_a_person_to_see(world: World) -> None:
    world.tenant()
    assert isinstance(attempt(world, MemoryDriver(unable=True), "put_key").decision, Refused)


def test_the_time_is_sent_for_the_nonce_the_lock_sent_last(world: World) -> None:
    driver = MemoryDriver()
    world.say(world.state(nonce=b"1" * 16, clock="lost"))
    world.say(world.state(nonce=b"2" * 16, clock="lost"))
    attempt(world, driver, "set_time")
    intent = last(driver)
    assert isinstance(intent, SetTime)
    assert (intent.nonce, intent.now) == (b"2" * 16, world.now)
