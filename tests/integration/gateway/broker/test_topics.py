"""What a device with a valid certificate may not do. A SUBACK proves nothing, so these tests assert deliveries."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest

from tests.integration.broker_parts import TIMEOUT_SECONDS, House, cut, hear_until, open_house, read_until, topic


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("pattern", ["#", "lodgekey/v1/#", "lodgekey/v1/+/+/cmd", topic("lock-a", "cmd"), "$SYS/#"])
async def test_a_device_hears_nothing_meant_for_another(house: House, pattern: str) -> None:
    link = await house.link()
    async with house.client(house.device("lock-a")) as owner, house.client(house.device("lock-b")) as stranger:
        await owner.subscribe(topic("lock-a", "cmd"), qos=1)
        await stranger.subscribe(pattern, qos=1)
        await stranger.subscribe(topic("lock-b", "cmd"), qos=1)
        await owner.publish(topic("lock-a", "state"), b"told by a", qos=1, retain=True)
        await link.publish("house-1", "lock-a", b"for a", expires_in=10)
        await link.publish("house-1", "lock-b", b"for b", expires_in=10)
        assert set(await hear_until(stranger, b"for b")) == {(topic("lock-b", "cmd"), b"for b")}
        assert await hear_until(owner, b"for a") == [(topic("lock-a", "cmd"), b"for a")]


async def test_a_device_cannot_speak_as_another_nor_command_one(house: House) -> None:
    link = await house.link()
    async with house.client(house.device("lock-a")) as victim, house.client(house.device("lock-b")) as attacker:
        await victim.subscribe(topic("lock-a", "cmd"), qos=1)
        for channel in ("ack", "event", "state", "online", "cmd"):
            for qos in (0, 1):
                await _try_to_publish(attacker, topic("lock-a", channel), b"forged", qos=qos)
        await _try_to_publish(attacker, topic("lock-b", "cmd"), b"forged", qos=1)
        await attacker.publish(topic("lock-b", "event"), b"own", qos=1)
        await link.publish("house-1", "lock-a", b"true", expires_in=10)
        assert [(m.device, m.payload) for m in await read_until(link, b"own")] == [("lock-b", b"own")]
        assert await hear_until(victim, b"true") == [(topic("lock-a", "cmd"), b"true")]


async def test_a_device_cannot_leave_retained_messages_on_anothers_topics(house: House) -> None:
    async with house.client(house.device("lock-b")) as attacker:
        for channel in ("state", "online", "cmd"):
            await _try_to_publish(attacker, topic("lock-a", channel), b"forged", retain=True)
        await _try_to_publish(attacker, topic("lock-b", "cmd"), b"forged", retain=True)
        await attacker.publish(topic("lock-b", "state"), b"own", qos=1, retain=True)
    link = await house.link("gateway-1")
    async with house.client(house.device("lock-b")) as attacker:
        await attacker.publish(topic("lock-b", "event"), b"last", qos=1)
    seen = [(m.device, m.payload, m.retained) for m in await read_until(link, b"last")]
    assert seen == [("lock-b", b"own", True), ("lock-b", b"last", False)]
    async with house.client(house.device("lock-a")) as victim, house.client(house.device("lock-b")) as itself:
        for device, client in (("lock-a", victim), ("lock-b", itself)):
            await client.subscribe(topic(device, "cmd"), qos=1)
            await link.publish("house-1", device, b"true", expires_in=10)
            assert await hear_until(client, b"true") == [(topic(device, "cmd"), b"true")]


async def test_a_device_cannot_leave_a_will_on_anothers_topic(house: House) -> None:
    link = await house.link()
    for channel in ("online", "state", "event"):
        will = aiomqtt.Will(topic("lock-a", channel), b"forged", qos=1, retain=True)
        await _vanish(house.client(house.device("lock-b"), will=will))
    await _vanish(house.client(house.device("lock-c"), will=aiomqtt.Will(topic("lock-c", "online"), b"own", qos=1)))
    assert [(m.device, m.payload) for m in await read_until(link, b"own")] == [("lock-c", b"own")]


async def test_a_borrowed_client_id_takes_nothing_over(house: House) -> None:
    link = await house.link()
    async with house.client(house.device("lock-a")) as victim:
        await victim.subscribe(topic("lock-a", "cmd"), qos=1)
        attacker = house.client(house.device("lock-b"), identifier="lock-a", clean_start=False)
        async with attacker:
            await attacker.subscribe(topic("lock-b", "cmd"), qos=1)
            await link.publish("house-1", "lock-a", b"for a", expires_in=10)
            await link.publish("house-1", "lock-b", b"for b", expires_in=10)
            assert await hear_until(victim, b"for a") == [(topic("lock-a", "cmd"), b"for a")]
            assert await hear_until(attacker, b"for b") == [(topic("lock-b", "cmd"), b"for b")]


async def test_a_command_waits_for_nobody_who_comes_later(house: House) -> None:
    link = await house.link()
    with pytest.raises(Exception, match="no session"):
        await link.publish("house-1", "lock-a", b"early", expires_in=10)
    async with house.client(house.device("lock-a")) as late:
        await late.subscribe(topic("lock-a", "cmd"), qos=1)
        await link.publish("house-1", "lock-a", b"now", expires_in=10)
        assert await hear_until(late, b"now") == [(topic("lock-a", "cmd"), b"now")]


async def test_a_gateway_itself_cannot_speak_as_a_device(house: House) -> None:
    link = await house.link()
    async with house.client(house.gateway("gateway-1")) as gateway, house.client(house.device("lock-a")) as lock:
        await _try_to_publish(gateway, topic("lock-a", "ack"), b"forged")
        await lock.publish(topic("lock-a", "ack"), b"true", qos=1)
        assert [m.payload for m in await read_until(link, b"true")] == [b"true"]


async def _try_to_publish(
    client: aiomqtt.Client, name: str, payload: bytes, *, qos: int = 1, retain: bool = False
) -> None:
    """Publish and ignore the broker's reply: only deliveries to others count."""
    try:
        await client.publish(name, payload, qos=qos, retain=retain)
    except aiomqtt.MqttError:
        return


async def _vanish(client: aiomqtt.Client) -> None:
    """Connect, then drop the connection without DISCONNECT, so that the broker publishes the will if it accepted it."""
    try:
        await client.__aenter__()
    except aiomqtt.MqttError:
        return  # the broker refuses even the will
    cut(client._client)
    with pytest.raises(aiomqtt.MqttError):
        await asyncio.wait_for(anext(client.messages), TIMEOUT_SECONDS)
