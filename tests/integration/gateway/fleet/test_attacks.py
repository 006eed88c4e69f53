"""Attacks with one device's stolen certificates: a kiosk's credential, a revoked lock's open session."""

import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import aiomqtt
import pytest

from certs.credential import KeyCredential, issue_credential
from certs.enrolment.device_folder import DeviceFolder, read_device_folder, write_device_folder
from certs.keys import new_private_key
from devices.link import NobodyListens
from devices.wire.envelope import sign_command, sign_event
from devices.wire.messages import Command, Event
from firmware_sim.device.radio import make_radio, topic_of
from gateway.fleet.enrolment import revoke_device
from tests.integration.broker_parts import wall_clock
from tests.integration.fleet_parts import SITE, Estate, open_estate

pytestmark = pytest.mark.slow
LOCK = "lock-2"


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    """One running lock."""
    async with open_estate(tmp_path) as opened:
        opened.add(LOCK)
        await opened.start(LOCK)
        await opened.until(lambda: opened.device(LOCK).clock == "set", "the lock knows the time")
        yield opened


def kiosk_of(estate: Estate) -> DeviceFolder:
    """Copy of a kiosk's folder, as an attacker who opens its case would get it."""
    path, port = estate.folder("kiosk-1"), estate.gateway.settings.broker_port
    write_device_folder(path, estate.gateway.authority, SITE, "kiosk-1", "kiosk", host="127.0.0.1", port=port)
    return read_device_folder(path)


def forged(kiosk: DeviceFolder) -> list[bytes]:
    """Everything a kiosk's key can sign that a lock might execute."""
    now, key = wall_clock(), secrets.token_bytes(16)
    window = KeyCredential(key, LOCK, new_private_key().public_key(), now - 60, now + 600)
    put = {"credential": issue_credential(window, kiosk.key)}
    bodies = [("lock", {}), ("unlock", {"key": key}), ("put_key", put), ("read_back", {})]
    commands = [Command(secrets.token_bytes(16), LOCK, name, now, now + 60, body) for name, body in bodies]
    return [sign_command(command, kiosk.key) for command in commands]


async def test_a_kiosks_credential_opens_nothing(estate: Estate) -> None:
    """Hard-coded credentials: neither a kiosk's broker access nor its key moves a bolt or puts a key on a lock."""
    kiosk = kiosk_of(estate)
    lock = read_device_folder(estate.folder(LOCK))
    async with make_radio(kiosk) as thief:
        for raw in forged(kiosk):
            for retain in (False, True):
                try:
                    await thief.publish(topic_of(lock, "cmd"), raw, qos=1, retain=retain)
                except aiomqtt.MqttError:
                    continue  # refused explicitly
    for raw in forged(kiosk):  # in case the broker let them through
        await estate.gateway.link.publish(SITE, LOCK, raw, expires_in=30)
    await estate.until(lambda: estate.events().count("DeviceAlarmed") >= len(forged(kiosk)), "the lock tells of each")
    await estate.stop(LOCK)
    assert not (estate.folder(LOCK) / "movements.jsonl").exists(), "the bolt never moved"
    with closing(sqlite3.connect(estate.folder(LOCK) / "state.sqlite")) as flash:
        assert flash.execute("select count(*) from keys").fetchone() == (0,)


async def test_a_revoked_lock_loses_its_live_session_and_does_not_come_back(estate: Estate) -> None:
    with estate.gateway.database.writing() as session:
        revoke_device(session, LOCK, wall_clock())
    await estate.gateway.tend_certificates()
    with pytest.raises(NobodyListens):
        await estate.gateway.link.publish(SITE, LOCK, b"anything", expires_in=5)
    assert not await estate.broker_lets_in(estate.folder(LOCK))


def last_entry(estate: Estate) -> tuple[int, bytes]:
    """Sequence number and digest of the last entry in the lock's own memory."""
    with closing(sqlite3.connect(estate.folder(LOCK) / "state.sqlite")) as flash:
        seq, digest = flash.execute("select seq, digest from heads where name = 'last'").fetchone()
    return seq, digest


async def say_as(lock: DeviceFolder, event: Event) -> None:
    """Publish as the lock, from a separate client with the lock's copied key."""
    async with make_radio(lock) as thief:
        await thief.publish(topic_of(lock, "event"), sign_event(event, lock.key), qos=1)


async def test_a_copied_lock_that_goes_on_with_the_log_is_found_out_when_the_lock_speaks_again(estate: Estate) -> None:
    """With the key and the last entry, an attacker can write a valid successor; the lock's own next entry contradicts
    it.
    """
    await estate.until(lambda: estate.device(LOCK).chain_seq == last_entry(estate)[0], "all it said is heard")
    await estate.stop(LOCK)
    lock, (seq, digest) = read_device_folder(estate.folder(LOCK)), last_entry(estate)
    await say_as(lock, Event(seq + 1, wall_clock(), "clock_lost", {}, seq, digest))
    await estate.until(lambda: estate.device(LOCK).chain_seq == seq + 1, "the forged entry is heard")
    assert estate.device(LOCK).log_alarm is None  # the entry is a valid successor: not detectable yet
    await estate.start(LOCK)
    await estate.until(lambda: estate.device(LOCK).log_alarm == "log_forged", "the lock contradicts it")


async def test_a_log_rewritten_by_somebody_with_the_locks_key_is_noticed_at_once(estate: Estate) -> None:
    await estate.until(lambda: estate.device(LOCK).chain_seq == last_entry(estate)[0], "all it said is heard")
    await estate.stop(LOCK)
    lock, (seq, _) = read_device_folder(estate.folder(LOCK)), last_entry(estate)
    await say_as(lock, Event(seq + 1, wall_clock(), "locked", {}, 1, bytes([7]) * 16))
    await estate.until(lambda: estate.device(LOCK).log_alarm == "log_forged", "the gateway has heard it otherwise")
    assert "DeviceAlarmed" in estate.events()
