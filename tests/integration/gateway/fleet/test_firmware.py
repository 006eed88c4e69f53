"""Firmware over a real broker: rolled out by the operator's commands to locks in processes of their own."""

import json
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from firmware_sim.control.control import CONTROL_FILE
from gateway.journey.keys.unlock import request_unlock
from gateway.store import FirmwareUpdate, Stay
from tests.integration.broker_parts import wall_clock
from tests.integration.fleet_parts import Estate, open_estate
from tests.parts.world import LOCK

pytestmark = pytest.mark.slow


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    async with open_estate(tmp_path) as opened:
        await said(opened, "firmware", "key")
        yield opened


async def said(estate: Estate, *arguments: str) -> Any:
    """What an operator's command prints."""
    code, output = await estate.lodgekey(*arguments, "--json")
    assert code == 0, output
    return json.loads(output)


async def published(estate: Estate, version: str, sequence: int, size: int = 20_000) -> str:
    """A published image of random bytes; returns its version."""
    file = estate.world.folder.parent / f"{version}.bin"
    file.write_bytes(os.urandom(size))
    await said(estate, "firmware", "publish", str(file), "--version", version, "--sequence", str(sequence))
    return version


def update_of(estate: Estate, device: str) -> str:
    """State of a device's newest update."""
    with estate.gateway.database.reading() as session:
        found = session.scalars(select(FirmwareUpdate).where(FirmwareUpdate.device_id == device)).all()
        return f"{found[-1].state} {found[-1].reason or ''}".strip() if found else ""


async def test_a_lock_is_updated_and_says_its_new_version(estate: Estate) -> None:
    estate.add("lock-2")
    await estate.start("lock-2")
    await estate.until(lambda: estate.device("lock-2").firmware == "lodgekey-sim-lock 1", "the lock is heard")
    await said(estate, "firmware", "roll-out", await published(estate, "2.0", 2), "--soak", "0")
    await estate.until(lambda: update_of(estate, "lock-2") == "confirmed", "the update is confirmed")
    await estate.until(lambda: estate.device("lock-2").firmware == "lodgekey-sim-lock 2.0", "it says its version")
    assert estate.device("lock-2").firmware_counter == 2
    await said(estate, "firmware", "support", "2.", "--until", "2031-01-31")
    await estate.until(lambda: estate.device("lock-2").support_ends_at is not None, "it was told its end of support")
    (group,) = (await said(estate, "firmware", "status"))["versions"]
    assert (group["version"], group["devices"], group["told"]) == ("2.0", ["lock-2"], 1)


async def fault(estate: Estate, device: str, **settings: object) -> None:
    """Set faults of a simulated lock."""
    file = estate.folder(device) / CONTROL_FILE
    control = json.loads(file.read_text())
    headers = {"Authorization": f"Bearer {control['token']}"}
    async with httpx.AsyncClient(base_url=control["url"], headers=headers) as client:
        assert (await client.post(f"/devices/{device}/faults", json=settings)).status_code == 200


async def started(estate: Estate, *names: str) -> None:
    """Locks that run and have reported their version."""
    for name in names:
        estate.add(name)
        await estate.start(name)
    await estate.until(lambda: all(estate.device(name).firmware for name in names), "the locks are heard")


@pytest.mark.parametrize(
    ("name", "reason", "state"),
    [
        ("never_confirms", "self_check_failed", "trial"),
        ("wrong_digest", "bad_image", ""),
        ("storage_full", "storage_full", ""),
    ],
)
async def test_a_failing_update_leaves_the_old_version_and_stops_the_roll_out(
    estate: Estate, name: str, reason: str, state: str
) -> None:
    await started(estate, "lock-2")
    await fault(estate, "lock-2", firmware=name)
    row = await said(estate, "firmware", "roll-out", await published(estate, "2.0", 2), "--soak", "0")
    await estate.until(lambda: update_of(estate, "lock-2") == f"failed {reason}", "the update failed")
    await estate.until(lambda: estate.gateway.roll_outs.stopped, "the roll-out stopped")
    seen = estate.device("lock-2").state_seq
    if state:  # it had booted the new version, and comes back with the old one
        await estate.until_reported("lock-2", after=seen)
    await estate.until(lambda: estate.device("lock-2").firmware == "lodgekey-sim-lock 1", "the old version runs")
    (shown,) = (await said(estate, "firmware", "status"))["roll_outs"]
    assert (shown["id"], shown["state"], shown["reason"]) == (row["roll_out"], "stopped", "too_many_failures")
    assert shown["devices"] == [{"device": "lock-2", "state": "failed", "reason": reason}]
    assert "firmware" in estate.gateway.troubles()


async def test_a_lock_killed_while_it_receives_goes_on_where_it_was(estate: Estate) -> None:
    await started(estate, "lock-2")
    await fault(estate, "lock-2", delay_ms=200)
    await said(estate, "firmware", "roll-out", await published(estate, "2.0", 2, size=60_000), "--soak", "0")
    await estate.until(lambda: (held(estate, "lock-2") or 0) >= 8192, "it has received some")
    await estate.stop("lock-2")
    before = held(estate, "lock-2") or 0
    await estate.start("lock-2")
    offsets: list[int] = []
    await estate.until(
        lambda: _seen(offsets, held(estate, "lock-2")) and update_of(estate, "lock-2") == "confirmed", "it is updated"
    )
    assert min(offsets) >= before


async def test_power_lost_half_way_does_not_fail_the_update(estate: Estate) -> None:
    await started(estate, "lock-2")
    await fault(estate, "lock-2", firmware="cut_half_way")
    await said(estate, "firmware", "roll-out", await published(estate, "2.0", 2), "--soak", "0")
    await estate.until(lambda: update_of(estate, "lock-2") == "confirmed", "it is updated all the same")


async def test_a_door_opens_while_its_lock_receives_an_image(estate: Estate) -> None:
    estate.add(LOCK)
    key = estate.world.tenant()
    await estate.start(LOCK)
    await estate.until(lambda: estate.key(key.id).observed == "present", "the key is on the lock")
    with estate.gateway.database.writing() as session:
        session.get_one(Stay, key.stay_id).arrived_at = estate.world.now
    await said(estate, "firmware", "roll-out", await published(estate, "2.0", 2, size=400_000), "--soak", "0")
    await estate.until(lambda: (held(estate, LOCK) or 0) > 0, "it receives")
    with estate.gateway.database.writing() as session:
        now = wall_clock()
        request_unlock(session, key.id, secrets.token_hex(16), estate.world.proof(key.id, "n1", at=now), now)
    await estate.until(lambda: "DoorUnlocked" in estate.events(), "the door opened")
    assert (held(estate, LOCK) or 0) < 400_000
    await estate.until(lambda: update_of(estate, LOCK).startswith("sending busy"), "it waits for the door")


def held(estate: Estate, device: str) -> int | None:
    """Bytes of the image that the device has, as it said."""
    with estate.gateway.database.reading() as session:
        query = select(FirmwareUpdate.held).where(FirmwareUpdate.device_id == device)
        return session.scalar(query)


def _seen(offsets: list[int], offset: int | None) -> bool:
    offsets.append(offset or 0)
    return True


async def test_a_staged_roll_out_stops_by_itself_and_goes_on_when_a_person_says_so(estate: Estate) -> None:
    names = [f"lock-{number}" for number in range(2, 6)]
    await started(estate, *names)
    for name in names:
        await fault(estate, name, firmware="wrong_digest")
    row = await said(estate, "firmware", "roll-out", await published(estate, "2.0", 2), "--soak", "0")
    await estate.until(lambda: estate.gateway.roll_outs.stopped, "the roll-out stopped")
    (shown,) = (await said(estate, "firmware", "status"))["roll_outs"]
    assert (shown["percent"], shown["counts"]["failed"]) == (1, 1)
    (failed,) = (each["device"] for each in shown["devices"])
    assert {estate.device(name).firmware for name in names} == {"lodgekey-sim-lock 1"}
    for name in names:
        await fault(estate, name, firmware="none")
    await said(estate, "firmware", "abort", row["roll_out"])
    await said(estate, "firmware", "roll-out", await published(estate, "3.0", 3), "--soak", "0")
    await estate.until(
        lambda: {estate.device(name).firmware_counter for name in names} == {3}, f"all are updated, {failed} too"
    )
