"""The Bluetooth link with simulated locks: bleak and Bumble are real, the radio is simulated."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from bleak.exc import BleakError

from certs.keys import new_private_key
from devices.driver import LockAddress
from devices.drivers.native import NativeDriver
from devices.intents import PutKey, ReadBack, Unlock
from devices.link import LinkDown, Received
from devices.links.ble import BleLink
from devices.reports import Answered, Happened, StateReported
from firmware_sim.ble.adapter import SimAdapter
from firmware_sim.ble.backend import SimClient
from firmware_sim.ble.dongles import serve_dongles
from tests.integration.ble_parts import SITE, TIMEOUT_SECONDS, Street, address, hear_until, now, open_street, radio_of

KEY = bytes(range(16))


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with open_street(tmp_path) as opened:
        yield opened


def put_key(street: Street, device: str = "lock-1") -> PutKey:
    return PutKey(secrets.token_bytes(16), KEY, street.credential(device, KEY), now() + 60)


def unlock() -> Unlock:
    return Unlock(secrets.token_bytes(16), KEY, now() + 10)


async def test_a_key_is_put_and_opens_the_door_with_no_network(street: Street) -> None:
    lock, link = await street.lock("lock-1"), await street.link()
    driver = street.driver(link)
    await driver.send(address("lock-1"), put_key(street))
    intent = unlock()
    await driver.send(address("lock-1"), intent)
    received = await hear_until(link, driver, Answered, count=2)
    assert [r.outcome for r in received if isinstance(r, Answered)] == ["done", "done"]
    assert lock.lock.door.bolt == "unlocked"


def read_back() -> ReadBack:
    return ReadBack(secrets.token_bytes(16), now() + 10)


async def test_the_lock_tells_the_gateway_its_state_and_what_it_has_kept(street: Street) -> None:
    lock, link = await street.lock("lock-1"), await street.link()
    driver = street.driver(link)
    list(lock.lock.turn_knob())
    await driver.send(address("lock-1"), read_back())
    received = await hear_until(link, driver, Happened)
    assert [r.type for r in received if isinstance(r, Happened)] == ["unlocked"]
    assert [r.state.bolt for r in received if isinstance(r, StateReported)] == ["unlocked"]


async def test_a_stranger_who_listens_hears_nothing_of_the_door(street: Street) -> None:
    lock, link = await street.lock("lock-1"), await street.link()
    stranger, driver = NativeDriver(link, new_private_key(), street.public_key_of, now), street.driver(link)
    list(lock.lock.turn_knob())
    await stranger.send(address("lock-1"), read_back())
    await driver.send(
        address("lock-1"), read_back()
    )  # a barrier: anything received before this answer belongs to the stranger
    received = await hear_until(link, driver, Answered)
    assert isinstance(received[0], Answered)


async def test_what_was_settled_is_not_sent_again_and_what_was_not_is(street: Street) -> None:
    lock, link = await street.lock("lock-1"), await street.link()
    driver = street.driver(link)
    list(lock.lock.turn_knob())
    await driver.send(address("lock-1"), read_back())
    first = await asyncio.wait_for(_events(link, 1), TIMEOUT_SECONDS)
    await street.vanish("lock-1")
    list(lock.lock.turn_knob())
    await driver.send(address("lock-1"), read_back())
    again = await asyncio.wait_for(_events(link, 2), TIMEOUT_SECONDS)
    assert again[0].payload == first[0].payload
    first[0].ack()  # of the previous connection: settles nothing
    again[0].ack()
    for _ in range(2):  # the second is written after the first was settled, whatever its outcome
        await driver.send(address("lock-1"), read_back())
        await hear_until(link, driver, Answered)
    waiting = [message.payload for message in lock.lock.flash.waiting()]
    assert again[0].payload not in waiting
    assert again[1].payload in waiting


async def _events(link: BleLink, count: int) -> list[Received]:
    seen: list[Received] = []
    async for batch in link.batches():
        seen += [message for message in batch if message.channel == "event"]
        if len(seen) >= count:
            break
    return seen


async def test_a_lock_out_of_range_is_said_to_be(street: Street) -> None:
    link = await street.link(find_seconds=0.3)
    with pytest.raises(LinkDown, match="Bluetooth"):
        await link.publish(SITE, "lock-9", b"x", expires_in=5)


async def test_a_command_that_takes_too_long_is_given_up(street: Street) -> None:
    link = await street.link(find_seconds=60)
    with pytest.raises(LinkDown, match="TimeoutError"):
        await link.publish(SITE, "lock-9", b"x", expires_in=1)


async def test_a_link_that_is_off_takes_no_command(street: Street) -> None:
    link = await street.link()
    await link.stop()
    with pytest.raises(LinkDown, match="off"):
        await link.publish(SITE, "lock-1", b"x", expires_in=5)


class Faltering(SimClient):
    """A client that loses the connection before it sends the n-th fragment."""

    left = 0

    async def write_gatt_char(self, characteristic: Any, data: Any, response: bool) -> None:
        """Write, unless this is the fragment at which the connection breaks."""
        if Faltering.left == 0:
            await self.disconnect()
            raise BleakError("disconnected")
        Faltering.left -= 1
        await super().write_gatt_char(characteristic, data, response)

    @property
    def mtu_size(self) -> int:
        """The minimum, so that messages have many fragments."""
        return 23


async def went_through(driver: NativeDriver, intent: PutKey) -> bool:
    try:
        await driver.send(address("lock-1"), intent)
    except LinkDown:
        return False
    return True


async def test_dropped_at_any_fragment_the_key_is_there_or_not_and_never_half(street: Street) -> None:
    lock, link = await street.lock("lock-1"), await street.link(Faltering)
    driver = street.driver(link)
    intent = put_key(street)
    Faltering.left = 0
    for fragments in range(1, 100):
        if await went_through(driver, intent):
            break
        assert lock.lock.flash.held_keys() == ()
        Faltering.left = fragments
    assert fragments > 10
    Faltering.left = 1000
    assert lock.lock.flash.held_keys() == (KEY,)
    await driver.send(address("lock-1"), intent)
    again = [r for r in await hear_until(link, driver, Answered) if isinstance(r, Answered)]
    assert [(r.command_id, r.outcome) for r in again][-1] == (intent.command_id, "done")


async def test_a_repeated_unlock_after_a_lost_connection_moves_the_bolt_once(street: Street) -> None:
    lock, link = await street.lock("lock-1"), await street.link()
    driver = street.driver(link)
    await driver.send(address("lock-1"), put_key(street))
    await hear_until(link, driver, Answered)
    intent = unlock()
    await driver.send(address("lock-1"), intent)
    await street.vanish("lock-1")
    await driver.send(address("lock-1"), intent)
    await hear_until(link, driver, Answered)
    assert len(lock.lock.door.movements) == 1


async def test_commands_for_one_lock_do_not_mingle(street: Street) -> None:
    lock, link = await street.lock("lock-1"), await street.link()
    driver = street.driver(link)
    await asyncio.gather(*(driver.send(address("lock-1"), put_key(street)) for _ in range(5)))
    received = await hear_until(link, driver, Answered, count=5)
    assert {r.outcome for r in received if isinstance(r, Answered)} == {"done"}
    assert lock.lock.flash.held_keys() == (KEY,)


async def test_more_locks_than_slots_take_turns(street: Street) -> None:
    names = [f"lock-{number}" for number in range(1, 6)]
    locks = [await street.lock(name) for name in names]
    link = await street.link(slots=2)
    driver = street.driver(link)
    for name in names:
        await driver.send(address(name), put_key(street, name))
        await hear_until(link, driver, Answered)
        assert len(street.adapter.device.connections) <= 2
    assert [lock.lock.flash.held_keys() for lock in locks] == [(KEY,)] * 5


async def test_a_lock_that_is_not_talked_to_is_let_go(street: Street) -> None:
    await street.lock("lock-1")
    link = await street.link(idle_seconds=0.2)
    await street.driver(link).send(address("lock-1"), read_back())
    (connection,) = street.adapter.device.connections.values()
    gone = asyncio.Event()
    connection.on("disconnection", lambda _: gone.set())
    await asyncio.wait_for(gone.wait(), TIMEOUT_SECONDS)
    assert not street.adapter.device.connections


async def test_a_stranger_on_the_air_cannot_answer_for_a_lock(street: Street) -> None:
    """Advertising another lock's tag attracts its commands, but a stranger can neither execute one nor sign an
    answer.
    """
    impostor, link = await street.lock("lock-2"), await street.link()
    assert impostor.lock.flash.held_keys() == ()
    await street.driver(link).send(LockAddress(SITE, "lock-2"), put_key(street, "lock-1"))
    received = await hear_until(link, street.driver(link), Answered)
    assert [(r.outcome, r.code) for r in received if isinstance(r, Answered)] == [("refused", "wrong_lock")]


async def test_a_gateway_in_another_process_uses_a_dongle_over_tcp(street: Street) -> None:
    lock = await street.lock("lock-1")
    server = await serve_dongles(street.air)
    port = server.sockets[0].getsockname()[1]
    adapter = await SimAdapter.plugged_in(f"tcp-client:127.0.0.1:{port}")
    street.adapter, near = adapter, street.adapter
    link = await street.link()
    try:
        driver = street.driver(link)
        await driver.send(address("lock-1"), put_key(street))
        await hear_until(link, driver, Answered)
        assert lock.lock.flash.held_keys() == (KEY,)
        assert radio_of(adapter).client["dongle"] is adapter
    finally:
        await link.stop()
        await adapter.close()
        street.adapter = near
        server.close()
        await server.wait_closed()
