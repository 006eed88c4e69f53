"""Firmware over a real broker: rolled out by the operator's commands to locks in processes of their own."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.store import FirmwareUpdate
from tests.integration.fleet_parts import Estate, open_estate

pytestmark = pytest.mark.slow


@pytest.fixture
async def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Estate]:
    monkeypatch.setattr("gateway.fleet.roll_outs.EVERY", 0.1)
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
    await estate.until(lambda: estate.device("lock-2").firmware_counter == 2, "it says its counter")
    await said(estate, "firmware", "support", "2.", "--until", "2031-01-31")
    await estate.until(lambda: estate.device("lock-2").support_ends_at is not None, "it was told its end of support")
    (group,) = (await said(estate, "firmware", "status"))["versions"]
    assert (group["version"], group["devices"], group["told"]) == ("2.0", ["lock-2"], 1)
