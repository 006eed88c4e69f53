"""Revocation ends a device's current session too, not only later ones."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest

from api.cli.demo.ports import free_port
from devices.link import NobodyListens
from gateway.broker.disconnect import NotEnded, end_session
from gateway.broker.revocation import Revocation, RevokedDevice
from tests.integration.broker_parts import SITE, TIMEOUT_SECONDS, House, Party, hear_until, open_house, topic


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


async def end(house: House, party: Party) -> None:
    await end_session("127.0.0.1", house.port, house.authority, SITE, party.name)


async def listen(client: aiomqtt.Client, name: str) -> None:
    await client.subscribe(topic(name, "cmd"), qos=1)


async def test_a_revoked_device_is_cut_off_and_hears_no_further_command(house: House) -> None:
    link = await house.link()
    stolen, kept = house.device("lock-a"), house.device("lock-b")
    thief = house.client(stolen)
    async with house.client(kept) as other:
        await thief.__aenter__()
        await listen(thief, "lock-a")
        await listen(other, "lock-b")
        assert stolen.issued is not None
        await house.broker.replace_crl(house.authority.crl([stolen.issued.serial]))
        await end(house, stolen)
        with pytest.raises(aiomqtt.MqttError):
            await asyncio.wait_for(anext(thief.messages), TIMEOUT_SECONDS)
        with pytest.raises(NobodyListens):
            await link.publish(SITE, "lock-a", b"open", expires_in=10)
        await link.publish(SITE, "lock-b", b"open", expires_in=10)
        assert await hear_until(other, b"open") == [(topic("lock-b", "cmd"), b"open")]


async def test_a_list_alone_would_leave_the_session_alive(house: House) -> None:
    """Why end_session is needed: mosquitto checks certificates when a connection begins, and not afterwards."""
    link = await house.link()
    stolen = house.device("lock-a")
    async with house.client(stolen) as thief:
        await listen(thief, "lock-a")
        assert stolen.issued is not None
        await house.broker.replace_crl(house.authority.crl([stolen.issued.serial]))
        await link.publish(SITE, "lock-a", b"open", expires_in=10)
        assert await hear_until(thief, b"open") == [(topic("lock-a", "cmd"), b"open")]


async def test_what_the_store_calls_revoked_is_refused_and_cut_off_within_one_round(house: House) -> None:
    link = await house.link()
    stolen, revoked = house.device("lock-a"), list[RevokedDevice]()
    revocation = Revocation(lambda: revoked, lambda: house.authority, house.broker, "127.0.0.1", house.port)
    thief = house.client(stolen)
    await thief.__aenter__()
    await listen(thief, "lock-a")
    await revocation.enforce()
    await link.publish(SITE, "lock-a", b"before", expires_in=10)
    assert await hear_until(thief, b"before") == [(topic("lock-a", "cmd"), b"before")]
    assert stolen.issued is not None
    revoked.append(RevokedDevice(SITE, "lock-a", stolen.issued.serial))
    await revocation.enforce()
    with pytest.raises(aiomqtt.MqttError):
        await asyncio.wait_for(anext(thief.messages), TIMEOUT_SECONDS)
    with pytest.raises(NobodyListens):
        await link.publish(SITE, "lock-a", b"after", expires_in=10)


async def test_a_session_that_could_not_be_ended_is_tried_again(house: House) -> None:
    link = await house.link()
    stolen = house.device("lock-a")
    assert stolen.issued is not None
    revoked = [RevokedDevice(SITE, "lock-a", stolen.issued.serial)]
    closed = Revocation(lambda: revoked, lambda: house.authority, house.broker, "127.0.0.1", free_port())
    async with house.client(stolen) as thief:
        await listen(thief, "lock-a")
        await closed.enforce()
        await link.publish(SITE, "lock-a", b"still there", expires_in=10)
        closed._port = house.port
        await closed.enforce()
        with pytest.raises(NobodyListens):
            await link.publish(SITE, "lock-a", b"gone", expires_in=10)


async def test_ending_the_session_of_a_device_that_is_away_is_no_error(house: House) -> None:
    await end(house, house.device("lock-a"))
    with pytest.raises(NobodyListens):
        await (await house.link()).publish(SITE, "lock-a", b"open", expires_in=10)


async def test_a_broker_that_does_not_answer_is_said(house: House) -> None:
    with pytest.raises(NotEnded, match="lock-a"):
        await end_session("127.0.0.1", free_port(), house.authority, SITE, "lock-a")
