"""Simulated devices in a process of their own with a real broker: unlocks, faults, power cuts, kiosk messages."""

import asyncio
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certs.agreement import passcode_secret
from certs.enrolment.renewal import read_certificates
from certs.sealing import open_sealed, registration_context
from devices.wire.envelope import sign_command
from devices.wire.kiosk.registration import decode_registration
from devices.wire.messages import Ack, Command, Event, State
from devices.wire.passcode import Window, window_around, window_code
from firmware_sim.control.control import CONTROL_FILE
from tests.integration.broker_parts import SITE, House, open_house, topic, wall_clock
from tests.integration.device_parts import Devices, Parsed, open_devices


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def devices(house: House) -> AsyncIterator[Devices]:
    async with open_devices(house) as opened:
        yield opened


def movements(devices: Devices, device: str) -> list[str]:
    path = devices.path / device / "movements.jsonl"
    return [json.loads(line)["cause"] for line in path.read_text().splitlines()] if path.exists() else []


async def test_a_lock_alone_opens_for_a_key_and_says_so(house: House) -> None:
    async with open_devices(house, "lock") as devices:
        devices.add("lock-1")
        await devices.start()
        await devices.greet("lock-1")
        key = await devices.put_key("lock-1")
        ack = await devices.ask("lock-1", "unlock", key=key)
        assert (ack.outcome, ack.body) == ("done", {"bolt": "unlocked"})
        reported = await devices.until_reported("unlocked")
        assert reported.body["key"] == key
        assert await devices.stop() == 0


async def test_twelve_locks_and_a_kiosk_live_in_one_process(devices: Devices) -> None:
    names = [f"lock-{number}" for number in range(12)]
    for name in names:
        devices.add(name)
    devices.add("kiosk-1", "kiosk")
    await devices.start()
    await asyncio.gather(*(devices.greet(name) for name in [*names, "kiosk-1"]))
    keys = dict(zip(names, await asyncio.gather(*map(devices.put_key, names)), strict=True))
    acks = await asyncio.gather(*(devices.ask(name, "unlock", key=key) for name, key in keys.items()))
    assert {ack.outcome for ack in acks} == {"done"}
    assert (await devices.ask(names[0], "unlock", key=keys[names[1]])).code == "unknown_key"
    assert (await devices.ask("kiosk-1", "show", screen="ready")).outcome == "done"


async def test_a_killed_building_remembers_and_moves_nothing_twice(devices: Devices) -> None:
    devices.add("lock-1")
    await devices.start()
    await devices.greet("lock-1")
    key = await devices.put_key("lock-1")
    unlock = await devices.send("lock-1", "unlock", key=key)
    await devices.answer(unlock)
    await devices.until_reported(
        "unlocked"
    )  # the event is sent only after the answer is stored; a lock killed earlier sends none
    await devices.stop(kill=True)
    devices.received.clear()
    await devices.deliver(unlock)
    await devices.start()
    assert (await devices.answer(unlock)).outcome == "done"
    assert (await devices.ask("lock-1", "read_back")).body["keys"] == [key]
    assert movements(devices, "lock-1") == [unlock.id.hex()]


async def test_a_retained_command_is_refused(devices: Devices, house: House) -> None:
    devices.add("lock-1")
    await devices.start()
    await devices.greet("lock-1")
    now = wall_clock()
    command = Command(bytes(range(16)), "lock-1", "lock", now, now + 20)
    async with house.client(house.gateway("gateway-1")) as client:
        await client.publish(topic("lock-1", "cmd"), sign_command(command, house.authority.command_key), 1, True)
    assert (await devices.answer(command)).code == "retained"
    assert movements(devices, "lock-1") == []


async def test_an_answer_lost_on_the_way_is_found_by_asking_again(devices: Devices) -> None:
    devices.add("lock-1")
    await devices.start()
    await devices.greet("lock-1")
    key = await devices.put_key("lock-1")
    async with await devices.control() as control:
        assert (await control.post("/devices/lock-1/faults", json={"lost_answers": 1})).status_code == 200
        unlock = await devices.send("lock-1", "unlock", key=key)
        await devices.until_reported("unlocked")
        assert not [
            received
            for _, received in devices.received
            if isinstance(received, Ack) and received.command_id == unlock.id
        ]
        await devices.deliver(unlock)
        assert (await devices.answer(unlock)).outcome == "done"
    assert movements(devices, "lock-1") == [unlock.id.hex()]


async def test_lost_doubled_late_and_overtaking_messages_all_arrive(devices: Devices) -> None:
    devices.add("lock-1")
    await devices.start()
    await devices.greet("lock-1")
    bad = {"drop": 0.3, "duplicate": 0.3, "reorder": 0.3, "delay_ms": 5, "seed": 7}
    async with await devices.control() as control:
        await control.post("/devices/lock-1/faults", json=bad)
        commands = [await devices.send("lock-1", "lock") for _ in range(10)]
        for command in commands:
            assert (await devices.answer(command)).outcome == "done"
    assert sorted(movements(devices, "lock-1")) == sorted(command.id.hex() for command in commands)


async def test_a_device_off_the_air_is_reported_by_its_will_and_says_later_what_happened(devices: Devices) -> None:
    devices.add("lock-1")
    await devices.start()
    await devices.greet("lock-1")
    async with await devices.control() as control:
        await control.post("/devices/lock-1/faults", json={"offline": True})
        await devices.until(lambda device, received: (device, received) == ("lock-1", b"0"))
        assert (await control.post("/devices/lock-1/knob")).status_code == 204
        described = (await control.get("/devices/lock-1")).json()
        assert (described["online"], described["bolt"], described["waiting"] >= 1) == (False, "unlocked", True)
        await control.post("/devices/lock-1/faults", json={"offline": False})
        reported = await devices.until(
            lambda _, received: isinstance(received, Event) and received.body.get("means") == "knob"
        )
        assert isinstance(reported, Event)


async def test_faults_of_the_world_are_reported(devices: Devices) -> None:
    devices.add("lock-1")
    await devices.start()
    await devices.greet("lock-1")
    key = await devices.put_key("lock-1")
    async with await devices.control() as control:
        faults = {"battery": 9, "door_ajar": True, "jam": True, "clock_lost": True}
        await control.post("/devices/lock-1/faults", json=faults)
        for type_ in ("battery", "door", "clock_lost"):
            await devices.until_reported(type_)
        assert (await devices.ask("lock-1", "unlock", key=key)).code == "clock_lost"
        devices.received.clear()
        assert (await control.post("/devices/lock-1/reset")).status_code == 204
        await devices.greet("lock-1")
        assert (await devices.ask("lock-1", "lock")).code == "jammed"
        assert (await devices.ask("lock-1", "read_back")).body["keys"] == []


async def test_a_passcode_typed_at_a_lock_off_the_air_opens_it_and_is_reported_later(
    devices: Devices, house: House
) -> None:
    folder = devices.add("lock-1")
    await devices.start()
    await devices.greet("lock-1")
    assert (await devices.ask("lock-1", "revoke", epoch=1, keys=[], codes=1)).outcome == "done"
    secret = passcode_secret(house.authority.passcode_key, folder.key.public_key(), "lock-1")
    window = window_around(wall_clock(), wall_clock() + 7200)
    code = window_code(secret, 1, window)
    async with await devices.control() as control:
        await control.post("/devices/lock-1/faults", json={"offline": True})
        assert (await control.post("/devices/lock-1/passcode", json={"code": code})).json() == {"refused": None}
        wrong = await control.post("/devices/lock-1/passcode", json={"code": "00112345678"})
        assert wrong.json() == {"refused": "bad_passcode"}
        assert (await control.post("/devices/kiosk-9/passcode", json={"code": code})).status_code == 404
        await control.post("/devices/lock-1/faults", json={"offline": False})
    reported = await devices.until_reported("unlocked")
    assert reported.body["means"] == "passcode"
    assert Window(*reported.body["window"]) == window


async def test_a_kiosk_sends_what_waited_sealed_once_it_is_back(devices: Devices, house: House) -> None:
    devices.add("kiosk-1", "kiosk")
    await devices.start()
    await devices.greet("kiosk-1")
    form = {"offer_token": "offer", "typed": {"name": "Ada"}, "document": "/9j/2Q==", "language": "de"}
    async with await devices.control() as control:
        await control.post("/devices/kiosk-1/faults", json={"offline": True})
        await devices.until(lambda device, received: (device, received) == ("kiosk-1", b"0"))
        given = await control.post("/kiosks/kiosk-1/registrations", json=form)
        assert given.status_code == 202
        assert (await control.get("/devices/kiosk-1")).json()["waiting"] == 1
        await control.post("/devices/kiosk-1/faults", json={"offline": False})
    reported = await devices.until_reported("registration")
    context = registration_context(SITE, "kiosk-1")
    found = decode_registration(open_sealed(reported.body["sealed"], house.authority.intake_key, context=context))
    assert (found.offer_token, found.typed, found.document) == ("offer", {"name": "Ada"}, b"\xff\xd8\xff\xd9")
    assert found.registration.hex() == given.json()["registration"]


async def test_the_tester_needs_the_token_and_is_shown_what_is_wrong(devices: Devices) -> None:
    devices.add("lock-1")
    await devices.start()
    async with await devices.control() as control:
        assert stat.S_IMODE((devices.path / CONTROL_FILE).stat().st_mode) == 0o600
        assert (await control.get("/devices", headers={"Authorization": "Bearer no"})).status_code == 401
        assert [found["device"] for found in (await control.get("/devices")).json()] == ["lock-1"]
        assert (await control.post("/devices/lock-1/faults", json={"drop": 2})).status_code == 422
        assert (await control.post("/devices/lock-1/faults", json={"fire": True})).status_code == 422
        for path in ("/devices/lock-2/faults", "/kiosks/lock-1/registrations"):
            assert (await control.post(path, json={"offer_token": "x"})).status_code == 404
        assert (await control.post("/devices/lock-2/knob")).status_code == 404


async def test_a_lock_comes_back_when_the_broker_was_killed(devices: Devices, house: House) -> None:
    devices.add("lock-1")
    await devices.start()
    await devices.greet("lock-1")
    assert house.broker.pid is not None
    broker_was = house.broker.pid
    os.kill(broker_was, signal.SIGKILL)

    def back(_: str, received: Parsed) -> bool:
        return isinstance(received, State)

    devices.received.clear()
    await devices.until(back)
    await devices.link.until_connected()
    assert (await devices.ask("lock-1", "lock")).outcome == "done"


async def test_a_lock_presents_a_renewed_certificate_by_itself(devices: Devices, house: House) -> None:
    folder = devices.add("lock-1")
    await devices.start()
    await devices.greet("lock-1")
    renewed = house.authority.issue_device(folder.key.public_key(), SITE, "lock-1", "lock")
    await devices.ask("lock-1", "put_certificate", chain=renewed.chain_pem)
    devices.received.clear()
    await devices.until(lambda _, received: isinstance(received, State))
    await house.broker.replace_crl(house.authority.crl([read_certificates(renewed.chain_pem)[0].serial_number]))
    async with await devices.control() as control:
        await control.post("/devices/lock-1/faults", json={"offline": True})
        await devices.until(lambda device, received: (device, received) == ("lock-1", b"0"))
        await control.post("/devices/lock-1/faults", json={"offline": False})
        await house.broker.replace_crl(house.authority.crl([]))
    devices.received.clear()
    await devices.until(lambda _, received: isinstance(received, State))
    assert (await devices.ask("lock-1", "lock")).outcome == "done"


async def test_a_folder_without_devices_is_an_error_with_a_sentence(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "firmware_sim", "building", "--dir", str(tmp_path), stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 2
    assert b"no device in" in said
