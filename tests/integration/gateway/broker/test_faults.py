"""Faults of the broker and its link: kill -9, a port in use, floods, readers that stall."""

import asyncio
import contextlib
import os
import signal
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest

from devices.link import LinkDown
from devices.links.mqtt import MqttLink
from gateway.broker.certificates import issue_broker_certificates
from gateway.broker.config import MAX_MESSAGE_BYTES, BrokerSettings, broker_user, find_mosquitto
from gateway.broker.embedded import BrokerFailed, EmbeddedBroker
from gateway.operations.resources import raise_file_limit
from tests.integration.broker_parts import (
    TIMEOUT_SECONDS,
    House,
    cut,
    open_house,
    read_until,
    topic,
    until_disconnected,
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    raise_file_limit()  # as `lodgekey serve` does before it starts the broker, which inherits the limit
    async with open_house(tmp_path) as opened:
        yield opened


async def kill_broker(house: House, *links: MqttLink) -> None:
    """kill -9, then wait until the links have reconnected to the new broker."""
    pid = house.broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    for link in links:
        await asyncio.wait_for(until_disconnected(link), TIMEOUT_SECONDS)
        await asyncio.wait_for(link.until_connected(), TIMEOUT_SECONDS)


async def say(house: House, device: str, *payloads: bytes) -> None:
    """Let a device publish events; the broker has acknowledged each on return."""
    async with house.client(house.device(device)) as lock:
        for payload in payloads:
            await lock.publish(topic(device, "event"), payload, qos=1)


async def test_a_device_connects_while_a_stranger_holds_1100_idle_connections(house: House) -> None:
    async with contextlib.AsyncExitStack() as held:
        for _ in range(1100):
            _, writer = await asyncio.open_connection("127.0.0.1", house.broker.settings.port)
            held.callback(writer.close)
        await asyncio.wait_for(say(house, "lock-a", b"here"), TIMEOUT_SECONDS)


FIFTY = [b"%d" % number for number in range(50)]


async def test_a_killed_broker_comes_back_and_the_gateway_loses_nothing_it_acked(house: House) -> None:
    link = await house.link()
    await say(house, "lock-a", *FIFTY)
    old = house.broker.pid
    await kill_broker(house, link)
    assert (house.broker.restarts, house.broker.pid != old) == (1, True)
    await say(house, "lock-a", b"last")
    seen = [m.payload for m in await read_until(link, b"last")]
    assert list(dict.fromkeys(seen)) == [*FIFTY, b"last"]


async def test_a_killed_broker_keeps_what_it_acked_for_a_gateway_that_was_down(house: House) -> None:
    """mosquitto sends a PUBACK a few milliseconds before it stores the message; the message is safe once the broker
    has
    answered anything later. A device that deletes events only then loses none, even to a kill -9 at the worst moment.
    """
    link = await house.link()
    await link.stop()
    async with house.client(house.device("lock-a")) as lock:
        for payload in FIFTY:
            await lock.publish(topic("lock-a", "event"), payload, qos=1)
        await lock.subscribe(topic("lock-a", "cmd"), qos=1)
    again = await house.link()
    assert [m.payload for m in await read_until(again, FIFTY[-1])] == FIFTY


async def test_what_was_not_acked_comes_again_and_what_was_does_not(house: House) -> None:
    link = await house.link()
    await say(house, "lock-a", b"settled", b"open", b"last")
    seen = await read_until(link, b"last", ack=False)
    seen[0].ack()
    await link.stop()
    again = await house.link()
    assert [m.payload for m in await read_until(again, b"last")] == [b"open", b"last"]


async def test_an_ack_from_before_a_reconnect_settles_nothing_of_after(house: House) -> None:
    link = await house.link()
    await say(house, "lock-a", b"one")
    (early,) = await read_until(link, b"one", ack=False)
    await link.stop()
    again = await house.link()
    early.ack()  # acknowledging its packet id on the new connection would settle the redelivery
    assert again.connected
    await again.stop()
    third = await house.link()
    assert [m.payload for m in await read_until(third, b"one")] == [b"one"]


async def test_a_link_that_lost_its_broker_asks_for_the_unacked_again(house: House) -> None:
    link = await house.link()
    await say(house, "lock-a", b"one", b"two")
    early = await read_until(link, b"two", ack=False)
    cut(link._client)
    await asyncio.wait_for(until_disconnected(link), TIMEOUT_SECONDS)
    await asyncio.wait_for(link.until_connected(), TIMEOUT_SECONDS)
    early[0].ack()
    assert [m.payload for m in await read_until(link, b"two")] == [b"one", b"two"]


async def test_a_link_without_a_broker_refuses_commands_at_once(house: House) -> None:
    link = await house.link()
    await house.broker.stop()
    await asyncio.wait_for(until_disconnected(link), TIMEOUT_SECONDS)
    with pytest.raises(LinkDown, match="no connection"):
        await link.publish("house-1", "lock-a", b"x", expires_in=10)


@pytest.mark.slow
async def test_a_flood_makes_the_broker_wait_instead_of_growing_the_gateway(house: House) -> None:
    link = await house.link(receive_maximum=100)
    async with house.client(house.device("lock-b")) as flooder:
        for _ in range(20):
            await asyncio.gather(*(flooder.publish(topic("lock-b", "event"), b"x" * 500, qos=0) for _ in range(100)))
            await asyncio.gather(*(flooder.publish(topic("lock-b", "event"), b"y" * 500, qos=1) for _ in range(15)))
        await flooder.publish(topic("lock-b", "event"), b"end", qos=1)
        assert len(link._queue) <= 200
        assert link.dropped > 0
        seen = [m.payload for m in await read_until(link, b"end")]
    assert seen.count(b"y" * 500) == 300


async def test_a_message_beyond_the_limit_is_not_carried(house: House) -> None:
    link = await house.link()
    async with house.client(house.device("kiosk-a")) as kiosk:
        with pytest.raises(aiomqtt.MqttError):
            await kiosk.publish(topic("kiosk-a", "event"), b"x" * (MAX_MESSAGE_BYTES + 1), qos=1, timeout=1)
    async with house.client(house.device("lock-a")) as lock:
        await lock.publish(topic("lock-a", "event"), b"true", qos=1)
    assert [m.payload for m in await read_until(link, b"true")] == [b"true"]


async def test_topics_no_device_can_have_are_passed_over(house: House) -> None:
    link = await house.link()
    async with house.client(house.device("lock-a")) as lock:
        await lock.publish(topic("lock-a", "event", site="House One"), b"astray", qos=1)
        await lock.publish(topic("lock-a", "event"), b"true", qos=1)
        assert [m.payload for m in await read_until(link, b"true")] == [b"true"]
    assert link.misaddressed == 1


async def test_a_port_in_use_is_said_in_words(house: House, tmp_path: Path) -> None:
    second = EmbeddedBroker(
        tmp_path / "second",
        BrokerSettings(house.port),
        issue_broker_certificates(house.authority),
        binary=find_mosquitto(),
    )
    with pytest.raises(BrokerFailed, match="Address already in use"):
        await second.start()
    await second.stop()


async def test_the_broker_of_a_killed_gateway_is_ended_before_a_new_one_starts(house: House) -> None:
    left = house.broker.pid
    successor = EmbeddedBroker(
        house.folder / "broker",
        house.broker.settings,
        issue_broker_certificates(house.authority),
        binary=find_mosquitto(),
    )
    assert house.broker._watching is not None
    with pytest.raises(BrokerFailed, match="another gateway"):
        await successor.start()
    assert house.broker.pid == left
    house.broker._watching.cancel()  # its gateway no longer runs, so nobody restarts it or holds the folder's lock
    house.broker._release()
    await successor.start()
    try:
        assert successor.pid not in (None, left)
        link = await house.link()
        assert link.connected
    finally:
        await successor.stop()


async def test_only_the_broker_can_read_its_files(house: House) -> None:
    folder = house.folder / "broker"
    for path in [folder, *folder.iterdir()]:
        if path.name != "pid":
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
    if broker_user():
        assert house.broker.pid is not None
        assert _owner(house.broker.pid) != 0


def _owner(pid: int) -> int:
    """User id of a process."""
    return Path(f"/proc/{pid}").stat().st_uid
