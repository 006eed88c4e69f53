"""Faulty devices on the real broker, a decommissioned device, and a tenant who registers at the kiosk."""

import asyncio
import itertools
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiomqtt
import pytest

from api.cli.demo.journey_run import until
from api.cli.demo.seed import KIOSK, SITE
from certs.enrolment.device_folder import DeviceFolder, read_device_folder
from certs.keys import jwk_of
from devices.wire.envelope import sign_command, sign_event
from devices.wire.messages import Command, Event
from firmware_sim.device.radio import make_radio, topic_of
from tests.journey.street import TYPED, Room, Street, eventually, good, require_ok

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
TIMEOUT_SECONDS = 60.0


async def lodgekey(street: Street, *arguments: str) -> None:
    """The operator's command line, beside the running gateway."""
    environment = {"LODGEKEY_FOLDER": str(street.folder), "LODGEKEY_BROKER_PORT": str(street.broker_port)}
    command = [sys.executable, "-m", "api.cli.main", *arguments]
    process = await asyncio.create_subprocess_exec(*command, env={"PATH": "/usr/bin:/bin"} | environment)
    assert await process.wait() == 0


@asynccontextmanager
async def spare(street: Street, name: str, kind: str = "lock") -> AsyncIterator[tuple[DeviceFolder, aiomqtt.Client]]:
    """A connected device with a valid certificate that no simulator uses; two clients of one name would disconnect
    each other.
    """
    path = street.folder / "spare" / name
    await lodgekey(street, "device", "add", name, "--out", str(path), "--site", SITE, "--kind", kind)
    folder = read_device_folder(path)
    radio = make_radio(folder)
    radio.timeout = TIMEOUT_SECONDS
    async with radio:
        yield folder, radio


def aside(street: Street, device: str) -> list[str]:
    """Reasons for which a device's messages were set aside."""
    return [code for (code,) in street.rows("SELECT code FROM set_aside WHERE device_id = ? ORDER BY at", device)]


def battery_event(folder: DeviceFolder, seq: int, percent: int) -> bytes:
    """A signed battery event."""
    return sign_event(Event(seq, int(time.time()), "battery", {"percent": percent}), folder.key)


def battery(street: Street, device: str) -> int | None:
    """The battery level recorded by the gateway."""
    level = street.rows("SELECT battery FROM devices WHERE id = ?", device)[0][0]
    return int(level) if level is not None else None


async def test_messages_nobody_can_read_are_set_aside_and_the_others_go_on(street: Street, room: Room) -> None:
    async with spare(street, "lock-noise") as (folder, radio):
        stranger = read_device_folder(street.folder / "devices" / "lock-101")
        forged = battery_event(stranger, 1, 66)
        for payload in (b"", b"\x00garbage", bytes(60_000), b"\xd2" * 300, forged):
            await radio.publish(topic_of(folder, "event"), payload, qos=1)
        await radio.publish(topic_of(folder, "event"), battery_event(folder, 7, 55), qos=1)
        await eventually(lambda: battery(street, "lock-noise") == 55, "the good message behind the bad ones")
    assert len(aside(street, "lock-noise")) == 5
    assert set(aside(street, "lock-noise")) <= {"bad_message", "bad_signature"}
    tenant, key = await street.move_in(room)
    assert (await street.unlock(tenant, key))["outcome"] == "unlocked"
    await street.ask("landlord", "POST", f"/stays/{tenant.offer['stay_id']}/end")


async def publish_until_refused(radio: aiomqtt.Client, folder: DeviceFolder) -> None:
    """Send events one after the other, each after the broker took the one before."""
    for number in itertools.count(2):
        await radio.publish(topic_of(folder, "event"), battery_event(folder, number, 43), qos=1)


async def test_a_device_out_of_service_is_ignored(street: Street) -> None:
    async with spare(street, "lock-gone") as (folder, radio):
        await radio.publish(topic_of(folder, "event"), battery_event(folder, 1, 44), qos=1)
        await eventually(lambda: battery(street, "lock-gone") == 44, "a device in service is heard")
        await lodgekey(street, "device", "revoke", "lock-gone")
        with pytest.raises(aiomqtt.MqttError):  # the broker ends its session; what comes before that is set aside
            await publish_until_refused(radio, folder)
    assert set(aside(street, "lock-gone")) <= {"unknown_device"}
    assert battery(street, "lock-gone") == 44


async def test_a_tenant_registers_at_the_kiosk_and_takes_the_key_home_on_the_phone(street: Street, room: Room) -> None:
    tenant = await street.offer(room)
    form = {
        "offer_token": tenant.token,
        "typed": TYPED,
        "consents": {"registration": True, "face": False, "text_version": "2026-11"},
    }
    await street.control("POST", f"/kiosks/{KIOSK}/registrations", json=form)
    await until(
        lambda: require_ok(tenant.client, "/onboarding"), lambda door: door["stage"] == "review", "a person is asked"
    )
    await until(lambda: screen(street), lambda shown: shown["screen"] == "person_decides", "the kiosk says so")
    await street.decide()
    assert (await require_ok(tenant.client, "/onboarding"))["stage"] == "verified"
    holder = {"holder_key": jwk_of(tenant.phone.public_key())}
    good(await tenant.client.post("/onboarding/holder", json=holder))
    key = await street.on_lock(tenant)
    assert (await street.unlock(tenant, key))["outcome"] == "unlocked"
    await street.ask("landlord", "POST", f"/stays/{tenant.offer['stay_id']}/end")


async def screen(street: Street) -> dict[str, str]:
    """Content of the kiosk's screen."""
    return dict((await street.control("GET", f"/devices/{KIOSK}"))["screen"])


async def test_a_kiosks_credential_opens_no_door(street: Street, room: Room) -> None:
    lock = read_device_folder(street.folder / "devices" / room.lock)
    received = (await street.control("GET", f"/devices/{room.lock}"))["counters"].get("heard", 0)
    now = int(time.time())
    command = Command(secrets.token_bytes(16), lock.device, "unlock", now, now + 60, {"key": secrets.token_bytes(16)})
    async with spare(street, "kiosk-noise", "kiosk") as (kiosk, radio):
        await radio.publish(topic_of(lock, "cmd"), sign_command(command, kiosk.key), qos=1)
        await radio.publish(topic_of(kiosk, "event"), json.dumps({"unlock": lock.device}).encode(), qos=1)
        await eventually(lambda: aside(street, kiosk.device) != [], "what the kiosk may say was heard and set aside")
    assert street.openings(room) == 0
    assert (await street.control("GET", f"/devices/{room.lock}"))["counters"].get("heard", 0) == received
