"""A tester as the phone, on the command line: without a network, within the lock's range."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.cli.demo.ports import free_port
from certs.credential import KeyCredential, issue_credential
from firmware_sim.phone.holder import Holder
from tests.integration.broker_parts import open_house, wall_clock
from tests.integration.device_parts import Devices, open_devices

KEY = bytes(range(16))


class Terminal:
    """`python -m firmware_sim holder` beside a building whose locks are on the air."""

    def __init__(self, devices: Devices, folder: Path) -> None:
        self.devices, self.folder, self.air = devices, folder, f"127.0.0.1:{free_port()}"
        self.phone = Holder.open(folder, wall_clock)

    async def start(self) -> None:
        self.devices.add("lock-1")
        await self.devices.start("--air", self.air.partition(":")[2])
        await self.devices.greet("lock-1")

    def take(self, *, lasts: int = 3600) -> None:
        now = wall_clock()
        mine = KeyCredential(KEY, "lock-1", self.phone.key.public_key(), now - 7200, now + lasts)
        self.phone.keep(issue_credential(mine, self.devices.house.authority.credential_key))

    async def near(self, lock: str) -> tuple[int, dict[str, Any] | str]:
        cert = self.devices.path / lock / "cert.pem"
        line = ["holder", "near", "--dir", self.folder, "--lock", lock, "--lock-cert", cert, "--air", self.air]
        pipe = asyncio.subprocess.PIPE
        arguments = ["-m", "firmware_sim", *map(str, line)]
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=pipe, stderr=pipe)
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode is not None
        return process.returncode, json.loads(out) if out else err.decode()


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    async with open_house(tmp_path) as house, open_devices(house) as devices:
        opened = Terminal(devices, tmp_path / "phone")
        await opened.start()
        yield opened


async def test_without_a_network_the_phone_opens_the_lock_until_the_next_contact_revokes_its_key(
    terminal: Terminal,
) -> None:
    terminal.take()
    async with await terminal.devices.control() as control:
        await control.post("/devices/lock-1/faults", json={"offline": True})
        await terminal.devices.until(lambda device, received: (device, received) == ("lock-1", b"0"))
        assert await terminal.near("lock-1") == (0, {"outcome": "done", "code": None, "bolt": "unlocked"})
        assert (await control.get("/devices/lock-1")).json()["bolt"] == "unlocked"
        await control.post("/devices/lock-1/faults", json={"offline": False})
    assert (await terminal.devices.until_reported("unlocked")).body == {"means": "ble", "key": KEY}
    await terminal.devices.ask("lock-1", "revoke", epoch=1, keys=[KEY])
    assert await terminal.near("lock-1") == (1, {"outcome": "refused", "code": "key_revoked"})
