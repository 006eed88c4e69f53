"""Revocation ends a device's current session too, not only later ones."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest

from api.cli.demo.ports import free_port
from devices.link import NobodyListens
from gateway.broker.disconnect import CONNACK, CONNECT, NotEnded, end_session
from gateway.broker.revocation import AGAIN, RETRY, Revocation, RevokedDevice
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
    revocation = Revocation(lambda: revoked, lambda: house.authority, house.broker, ("127.0.0.1", house.port))
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
    now, place = [0.0], ("127.0.0.1", free_port())
    closed = Revocation(lambda: revoked, lambda: house.authority, house.broker, place, elapsed=lambda: now[0])
    async with house.client(stolen) as thief:
        await listen(thief, "lock-a")
        await closed.enforce()
        await link.publish(SITE, "lock-a", b"still there", expires_in=10)
        closed._address, now[0] = ("127.0.0.1", house.port), RETRY
        await closed.enforce()
        with pytest.raises(NobodyListens):
            await link.publish(SITE, "lock-a", b"gone", expires_in=10)


async def test_a_session_that_slipped_in_beside_the_new_list_is_ended_too(house: House) -> None:
    """A handshake or a TLS ticket from before the list, or a broker that reads it later: the list is left out here."""
    stolen, now, noted = house.device("lock-a"), [0.0], list[int]()
    assert stolen.issued is not None
    revoked = [RevokedDevice(SITE, "lock-a", stolen.issued.serial)]
    revocation = Revocation(
        lambda: revoked, lambda: house.authority, None, ("127.0.0.1", house.port), noted.append, elapsed=lambda: now[0]
    )
    await revocation.enforce()
    for seconds in AGAIN:
        async with house.client(stolen) as thief:
            await listen(thief, "lock-a")
            now[0] = seconds
            await revocation.enforce()
            with pytest.raises(aiomqtt.MqttError):
                await asyncio.wait_for(anext(thief.messages), TIMEOUT_SECONDS)
    assert noted == [stolen.issued.serial]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_ticket_from_before_the_revocation_resumes_nothing(house: House, version: ssl.TLSVersion) -> None:
    stolen = house.device("lock-a")
    assert stolen.issued is not None
    stolen.tls.maximum_version = version
    ticket = await asyncio.to_thread(resumed, house, stolen.tls, None)
    assert (await asyncio.to_thread(resumed, house, stolen.tls, ticket)) is not None
    await house.broker.replace_crl(house.authority.crl([stolen.issued.serial]))
    with pytest.raises((ssl.SSLError, OSError)):
        await asyncio.to_thread(resumed, house, stolen.tls, ticket)


def resumed(house: House, tls: ssl.SSLContext, ticket: ssl.SSLSession | None) -> ssl.SSLSession | None:
    """The TLS session of a connection that the broker welcomed. Raises SSLError or OSError for one it refused."""
    with (
        socket.create_connection(("127.0.0.1", house.port), TIMEOUT_SECONDS) as plain,
        tls.wrap_socket(plain, server_hostname="localhost", session=ticket) as spoken,
    ):
        spoken.sendall(CONNECT)
        if spoken.recv(64)[:1] != bytes([CONNACK]):
            raise ConnectionError
        assert spoken.session_reused is (ticket is not None)
        return spoken.session


async def test_ending_the_session_of_a_device_that_is_away_is_no_error(house: House) -> None:
    await end(house, house.device("lock-a"))
    with pytest.raises(NobodyListens):
        await (await house.link()).publish(SITE, "lock-a", b"open", expires_in=10)


async def test_a_broker_that_does_not_answer_is_said(house: House) -> None:
    with pytest.raises(NotEnded, match="lock-a"):
        await end_session("127.0.0.1", free_port(), house.authority, SITE, "lock-a")
