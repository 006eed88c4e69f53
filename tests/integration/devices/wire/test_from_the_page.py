"""Devices written from docs/wire-protocol.md alone, at a real gateway with a real broker."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
import pytest
from cryptography.exceptions import InvalidSignature
from sqlalchemy import func, select

from devices.wire.envelope import sign_command
from devices.wire.messages import Command as WireCommand
from gateway.identity.images.decode import encode_jpeg
from gateway.journey.keys.issue import revoke_key
from gateway.journey.keys.unlock import request_unlock
from gateway.store import Command, Event, Key, SetAside
from tests.integration.broker_parts import wall_clock
from tests.integration.devices.wire.device_from_the_page import PageDevice, verify
from tests.integration.devices.wire.kiosk_from_the_page import PageKiosk
from tests.integration.devices.wire.lock_from_the_page import PageLock
from tests.integration.fleet_parts import SITE, Estate, open_estate
from tests.parts.world import LOCK

pytestmark = pytest.mark.slow
PROTOCOLS = {"MQTT 5": mqtt.MQTTv5, "MQTT 3.1.1": mqtt.MQTTv311}


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    async with open_estate(tmp_path) as opened:
        yield opened


@pytest.fixture(params=list(PROTOCOLS.values()), ids=list(PROTOCOLS))
async def lock(estate: Estate, request: pytest.FixtureRequest) -> AsyncIterator[PageLock]:
    """A lock, enrolled with its claim and running."""
    made = PageLock(estate.folder(LOCK), await estate.claim(LOCK), request.param)
    await asyncio.to_thread(made.enrol)
    await asyncio.to_thread(made.start)
    await estate.until(lambda: estate.device(LOCK).clock == "set", "the lock knows the time")
    yield made
    await asyncio.to_thread(made.stop)


async def key_on(estate: Estate) -> Key:
    """A tenant's key, after the lock has confirmed it."""
    key = estate.world.tenant()
    await estate.until(lambda: estate.key(key.id).observed == "present", "the key is on the lock")
    return key


async def unlock(estate: Estate, key: Key) -> str:
    """Id of an unlock requested by the key's holder, after the lock has answered it."""
    command, estate.world.now = secrets.token_hex(16), wall_clock()
    with estate.gateway.database.writing() as session:
        request_unlock(session, key.id, command, estate.world.proof(key.id, command), estate.world.now)
    await estate.until(lambda: outcome_of(estate, command) is not None, "the lock has answered")
    return command


def outcome_of(estate: Estate, command: str) -> str | None:
    with estate.gateway.database.reading() as session:
        return session.scalar(select(Command.outcome).where(Command.id == command))


def alarms(estate: Estate) -> list[str]:
    """Alarm codes of devices, except those for commands received before the clock was set (section 10)."""
    with estate.gateway.database.reading() as session:
        found = session.scalars(select(Event.data).where(Event.type == "DeviceAlarmed").order_by(Event.id))
        codes = [str((data or {})["code"]) for data in found]
        return [code for code in codes if code != "clock_lost"]


def set_aside(estate: Estate) -> int:
    """Number of messages the gateway set aside as invalid."""
    with estate.gateway.database.reading() as session:
        return session.scalar(select(func.count()).select_from(SetAside)) or 0


def received(lock: PageDevice, command: str) -> bytes:
    """The signed command with this id, as the device received it."""
    return next(raw for raw in lock.received if bytes.fromhex(command) in raw)


def verified(raw: bytes, lock: PageDevice, channel: bytes) -> bool:
    """Whether the lock's signature for this channel is valid."""
    try:
        verify(raw, lock.key.public_key(), channel)
    except InvalidSignature:
        return False
    return True


async def send_altered(estate: Estate, command: str, times: int) -> None:
    """Send the same id with other content, signed by the gateway; returns after the lock has refused it `times`
    times.
    """
    now = wall_clock()
    altered = WireCommand(bytes.fromhex(command), LOCK, "unlock", now, now + 10, {"key": secrets.token_bytes(16)})
    signed = sign_command(altered, estate.gateway.authority.command_key)
    await estate.gateway.link.publish(SITE, LOCK, signed, expires_in=10)
    await estate.until(lambda: alarms(estate) == ["replayed"] * times, "the altered command was refused")


async def test_a_lock_takes_a_key_answers_an_unlock_reports_a_hand_and_loses_the_key(
    estate: Estate, lock: PageLock
) -> None:
    key = await key_on(estate)
    assert await unlock(estate, key)
    await estate.until(lambda: "Arrived" in estate.events(), "the first opening is told")
    assert (lock.moved, estate.device(LOCK).bolt) == (["unlocked"], "unlocked")
    await asyncio.to_thread(lock.open_by_hand)
    await estate.until(lambda: estate.events().count("DoorUnlocked") == 2, "a hand is told")
    with estate.gateway.database.writing() as session:
        revoke_key(session, session.get_one(Key, key.id), wall_clock())
    await estate.until(lambda: estate.key(key.id).observed == "absent", "the key is gone from the lock")
    await estate.until(lambda: LOCK not in estate.behind(), "it told what it trusts and presents")
    assert lock.memory["barred"][key.id] == "revoked"
    assert (set_aside(estate), alarms(estate), estate.device(LOCK).log_alarm) == (0, [], None)


async def test_a_replay_is_answered_as_before_and_moves_nothing_not_even_after_a_power_cut(
    estate: Estate, lock: PageLock
) -> None:
    command = await unlock(estate, await key_on(estate))
    raw, ack = received(lock, command), bytes.fromhex(lock.memory["used"][command][2])
    await estate.gateway.link.publish(SITE, LOCK, raw, expires_in=10)
    await send_altered(estate, command, 1)
    assert (lock.moved, lock.said.count(ack)) == (["unlocked"], 2)
    await asyncio.to_thread(lock.stop)
    before, lock.bolt = estate.device(LOCK).state_seq, "locked"
    await asyncio.to_thread(lock.start)
    await estate.until_reported(LOCK, after=before)
    await estate.gateway.link.publish(SITE, LOCK, raw, expires_in=10)
    await send_altered(estate, command, 2)
    assert (lock.moved, lock.bolt, lock.said.count(ack)) == (["unlocked"], "locked", 3)
    assert (set_aside(estate), estate.device(LOCK).log_alarm) == (0, None)


async def test_a_command_of_nobody_is_reported_and_never_answered(estate: Estate, lock: PageLock) -> None:
    await key_on(estate)
    raw = lock.received[-1][:-1] + bytes([lock.received[-1][-1] ^ 1])
    await estate.gateway.link.publish(SITE, LOCK, raw, expires_in=10)
    await estate.until(lambda: alarms(estate) == ["bad_signature"], "the stranger is told of")
    acks = [raw for raw in lock.said if verified(raw, lock, b"ack")]
    assert (len(acks), lock.moved) == (len(lock.memory["used"]), [])


async def test_a_kiosk_asks_about_an_offer_and_hands_in_a_registration(estate: Estate, tmp_path: Path) -> None:
    file, token = tmp_path / "kiosk-1.claim", estate.world.offer()
    code, said = await estate.lodgekey(
        "device", "claim", "kiosk-1", "--kind", "kiosk", "--site", SITE, "--out", str(file)
    )
    assert code == 0, said
    kiosk = PageKiosk(estate.folder("kiosk-1"), file, mqtt.MQTTv5)
    await asyncio.to_thread(kiosk.enrol)
    await asyncio.to_thread(kiosk.start)
    try:
        await estate.until(lambda: estate.device("kiosk-1").clock == "set", "the kiosk knows the time")
        name, visit = await asyncio.to_thread(kiosk.ask, token)
        await estate.until(lambda: name in kiosk.shown, "the question is answered")
        offer = {1: "Room 101", 2: "Landlord of 101", 3: [], 4: [], 5: [], 6: {}, 7: {}, 8: False, 9: False}
        assert kiosk.answer_to(name, visit) == offer
        photograph = encode_jpeg(np.full((480, 640, 3), 200, np.uint8))
        registration = await asyncio.to_thread(kiosk.register, token, photograph)
        await estate.until(lambda: registration in kiosk.shown, "the registration is answered")
        assert kiosk.shown[registration][1] == "person_decides"
    finally:
        await asyncio.to_thread(kiosk.stop)
    assert set_aside(estate) == 0
