"""A whole gateway with mosquitto and HTTP, real lock processes, and the operator's command line."""

import asyncio
import json
import shutil
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from sqlalchemy import select
from typer.testing import CliRunner

from api.app import create_app
from api.cli.demo.ports import free_port
from api.cli.main import app as lodgekey_command
from certs.authority.ca import Authority
from certs.enrolment.device_folder import DeviceFolder, read_device_folder
from certs.enrolment.renewal import read_certificates
from devices.links.tls import client_tls
from firmware_sim.control.control import CONTROL_FILE
from gateway.bootstrap import Gateway
from gateway.fleet.enrolment import enrol_device
from gateway.journey.devices.certificates import behind
from gateway.settings import Settings
from gateway.store import Certificate, Device, Event, Key
from tests.integration.broker_parts import wall_clock
from tests.parts.desk import SignallingServer
from tests.parts.identity import MemoryIdentity
from tests.parts.world import World

SITE = "house-1"
TIMEOUT_SECONDS = 60.0
CONNECT = bytes.fromhex("10 10 0004 4d515454 05 02 003c 00 0003 616263")  # MQTT 5 §3.1, clean start, client id abc
CONNACK = 0x20


@dataclass
class Estate:
    """One gateway, its database, and the processes of its devices."""

    world: World
    gateway: Gateway
    url: str
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def tell(self) -> None:
        """Signal a commit; callable from any thread."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.news.set)

    def folder(self, name: str) -> Path:
        """Folder of a device."""
        return self.world.folder.parent / "devices" / name

    def add(self, name: str, *, age: int = 0) -> DeviceFolder:
        """A lock enrolled by the operator `age` seconds ago."""
        authority = Authority.open(self.gateway.authority.folder, lambda: wall_clock() - age)
        with self.gateway.database.writing() as session:
            enrol_device(
                session, authority, self.folder(name), site=SITE, device=name, kind="lock", unit=None,
                host="127.0.0.1", port=self.gateway.settings.broker_port,
            )  # fmt: skip
        return read_device_folder(self.folder(name))

    async def lodgekey(self, *arguments: str) -> tuple[int, str]:
        """Run the operator's command in a process that shares only the folder; returns exit code and output."""
        settings = self.gateway.settings
        environment = {
            "LODGEKEY_FOLDER": str(settings.folder),
            "LODGEKEY_BROKER_PORT": str(settings.broker_port),
            "LODGEKEY_PUBLIC_URL": self.url,
        }
        result = await asyncio.to_thread(CliRunner().invoke, lodgekey_command, arguments, env=environment)
        return result.exit_code, result.output

    async def claim(self, name: str) -> Path:
        """The claim file for the installer."""
        file = self.world.folder.parent / f"{name}.claim"
        code, said = await self.lodgekey("device", "claim", name, "--site", SITE, "--out", str(file))
        assert code == 0, said
        return file

    async def start(self, name: str, *options: str) -> None:
        """Power up; returns once the device's program runs."""
        folder = self.folder(name)
        (folder / CONTROL_FILE).unlink(missing_ok=True)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "firmware_sim", "lock", "--dir", str(folder), *options,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self.processes[name] = process
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), TIMEOUT_SECONDS)
        assert json.loads(line)["ready"], line

    async def stop(self, name: str) -> None:
        """Cut the power."""
        process = self.processes.pop(name)
        if process.returncode is None:
            process.kill()
        await process.communicate()

    async def until(self, so: Callable[[], bool], what: str) -> None:
        """Evaluate after each commit of the gateway."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while not so():
                    self.news.clear()
                    if not so():
                        await self.news.wait()
        except TimeoutError:
            raise AssertionError(f"condition not met after {TIMEOUT_SECONDS:.0f} s: {what}") from None

    async def until_reported(self, name: str, after: int = -1) -> None:
        """Wait until the device has reported its state, with a sequence number above `after`."""
        await self.until(lambda: self.device(name).state_seq > after, f"{name} is heard")

    def device(self, name: str) -> Device:
        """The device's row at the gateway."""
        with self.gateway.database.reading() as session:
            return session.get_one(Device, name)

    def certificates(self, name: str) -> list[Certificate]:
        """Every certificate issued to it."""
        with self.gateway.database.reading() as session:
            return list(session.scalars(select(Certificate).where(Certificate.device_id == name)))

    def key(self, key_id: str) -> Key:
        """The key's row."""
        with self.gateway.database.reading() as session:
            return session.get_one(Key, key_id)

    def events(self) -> list[str]:
        """Every event's type, in order."""
        with self.gateway.database.reading() as session:
            return list(session.scalars(select(Event.type).order_by(Event.id)))

    def behind(self) -> dict[str, list[str]]:
        """Devices that lack a certificate or roots, with what they lack."""
        with self.gateway.database.reading() as session:
            return behind(session, self.gateway.authority)

    async def broker_lets_in(self, folder: Path) -> bool:
        """Whether the broker accepts a device with the certificates in this folder, and the device accepts the
        broker.

        A refused connection is retried: after a broker has ended, its gateway needs time to restart it.
        """
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while True:
                with suppress(ConnectionRefusedError):
                    return await asyncio.to_thread(_knock, folder, self.gateway.settings.broker_port)
                await asyncio.sleep(0.1)


def presented(folder: Path) -> str:
    """Serial number of the certificate that a device presents from its next connection on."""
    return str(read_certificates((folder / "cert.pem").read_bytes())[0].serial_number)


def copy_certificates(folder: Path, to: Path) -> Path:
    """A copy of a device's key and current certificate, as an attacker would steal them."""
    to.mkdir(parents=True)
    for name in ("key.pem", "cert.pem", "ca.pem"):
        shutil.copy(folder / name, to / name)
    return to


def _knock(folder: Path, port: int) -> bool:
    tls = client_tls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    try:
        with (
            socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as sock,
            tls.wrap_socket(sock, server_hostname="localhost") as secured,
        ):
            secured.sendall(CONNECT)
            return secured.recv(1) == bytes([CONNACK])
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
        return False


@asynccontextmanager
async def open_estate(folder: Path) -> AsyncIterator[Estate]:
    """Everything is started except the devices, and ends with the test."""
    world = World.build(folder / "gateway")
    settings = Settings(folder=folder / "gateway", broker_port=free_port())
    gateway = Gateway(settings, identity=MemoryIdentity())
    world.keyring, world.now = gateway.keyring, wall_clock()
    async with gateway, _served(gateway) as url:
        estate = Estate(world, gateway, url)
        gateway.database.after_commit(estate.tell)
        try:
            yield estate
        finally:
            for name in list(estate.processes):
                await estate.stop(name)
    world.database.close()


@asynccontextmanager
async def _served(gateway: Gateway) -> AsyncIterator[str]:
    app = create_app(gateway, run=False)
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=5)
    server = SignallingServer(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test's own process keeps its signals
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await server.up.wait()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
