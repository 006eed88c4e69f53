"""Simulated devices as a separate process beside a real broker, with the gateway's side of the protocol."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from certs.authority.profiles import Kind
from certs.credential import KeyCredential, issue_credential
from certs.enrolment.device_folder import DeviceFolder, read_device_folder, write_device_folder
from certs.keys import new_private_key
from devices.link import Received
from devices.links.mqtt import MqttLink
from devices.wire.envelope import PublicKey, read_ack, read_event, read_state, sign_command
from devices.wire.messages import Ack, Command, Event, State
from firmware_sim.control.control import CONTROL_FILE
from tests.integration.broker_parts import SITE, House, wall_clock

TIMEOUT_SECONDS, START_TIMEOUT_SECONDS = 30.0, 60.0  # seconds; generous for a loaded machine
Parsed = Ack | Event | State | bytes


@dataclass
class Devices:
    """A folder of devices, the process that runs them, and the reports the gateway received from them."""

    house: House
    path: Path
    link: MqttLink
    command: str
    publics: dict[str, PublicKey] = field(default_factory=dict)
    received: list[tuple[str, Parsed]] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def add(self, device: str, kind: Kind = "lock") -> DeviceFolder:
        folder = self.path / device if self.command == "building" else self.path
        write_device_folder(folder, self.house.authority, SITE, device, kind, host="127.0.0.1", port=self.house.port)
        found = read_device_folder(folder)
        self.publics[device] = found.key.public_key()
        return found

    async def start(self, *options: str) -> None:
        arguments = ["-m", "firmware_sim", self.command, "--dir", str(self.path), *options]
        (self.path / CONTROL_FILE).unlink(missing_ok=True)
        self.process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
        async with asyncio.timeout(START_TIMEOUT_SECONDS):
            while not (self.path / CONTROL_FILE).exists():  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.02)

    async def stop(self, *, kill: bool = False) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.kill() if kill else self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), TIMEOUT_SECONDS)

    async def listen(self) -> None:
        async for batch in self.link.batches():
            async with self.arrived:
                self.received += [(message.device, self._read(message)) for message in batch]
                self.arrived.notify_all()
            for message in batch:
                message.ack()

    def _read(self, message: Received) -> Parsed:
        if message.channel == "online":
            return message.payload
        public = self.publics[message.device]
        readers: dict[str, Callable[[bytes, Any], Parsed]] = {"ack": read_ack, "event": read_event, "state": read_state}
        return readers[message.channel](message.payload, public)

    async def until(self, wanted: Callable[[str, Parsed], bool]) -> Parsed:
        """The first matching report since the start."""

        def found() -> Parsed | None:
            return next((received for device, received in self.received if wanted(device, received)), None)

        async with asyncio.timeout(TIMEOUT_SECONDS), self.arrived:
            await self.arrived.wait_for(lambda: found() is not None)
        result = found()
        assert result is not None
        return result

    async def until_reported(self, type_: str) -> Event:
        """The first event of this type."""
        found = await self.until(lambda _, received: isinstance(received, Event) and received.type == type_)
        assert isinstance(found, Event)
        return found

    async def answer(self, command: Command) -> Ack:
        found = await self.until(lambda _, received: isinstance(received, Ack) and received.command_id == command.id)
        assert isinstance(found, Ack)
        return found

    async def send(self, device: str, type_: str, *, lasts: int = 10, **body: Any) -> Command:
        now = wall_clock()
        command = Command(secrets.token_bytes(16), device, type_, now, now + lasts, body)
        await self.deliver(command)
        return command

    async def deliver(self, command: Command) -> None:
        raw = sign_command(command, self.house.authority.command_key)
        await self.link.publish(SITE, command.device, raw, expires_in=30)

    async def ask(self, device: str, type_: str, **body: Any) -> Ack:
        return await self.answer(await self.send(device, type_, **body))

    async def greet(self, device: str) -> None:
        """Wait for the device's state and set its clock."""

        def is_state(of: str, received: Parsed) -> bool:
            return of == device and isinstance(received, State)

        state = await self.until(is_state)
        assert isinstance(state, State)
        ack = await self.ask(device, "set_time", now=wall_clock(), nonce=state.nonce)
        assert ack.outcome == "done"

    async def put_key(self, device: str) -> bytes:
        key, now = secrets.token_bytes(16), wall_clock()
        credential = KeyCredential(key, device, new_private_key().public_key(), now - 60, now + 3600)
        raw = issue_credential(credential, self.house.authority.credential_key)
        ack = await self.ask(device, "put_key", credential=raw)
        assert ack.outcome == "done"
        return key

    async def control(self) -> httpx.AsyncClient:
        described = json.loads((self.path / CONTROL_FILE).read_text())
        headers = {"Authorization": f"Bearer {described['token']}"}
        return httpx.AsyncClient(base_url=described["url"], headers=headers, timeout=TIMEOUT_SECONDS)


@asynccontextmanager
async def open_devices(house: House, command: str = "building") -> AsyncIterator[Devices]:
    """The gateway's side is connected; add devices, then call start()."""
    path = house.folder / "devices"
    path.mkdir()
    devices = Devices(house, path, await house.link(), command)
    listening = asyncio.create_task(devices.listen())
    try:
        yield devices
    finally:
        if devices.process is not None:
            await devices.stop()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
