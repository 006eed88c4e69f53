"""A gateway with an operator's own broker, and emulators of other makers' locks on it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
from sqlalchemy import select

from api.cli.demo.ports import free_port
from certs.holder import sign_statement
from devices.links.ble import BleRadio
from devices.links.mqtt import MqttLink
from gateway.bootstrap import Gateway
from gateway.broker.config import find_mosquitto
from gateway.clock import utc_now
from gateway.domain.keys.key import Proof, read_statement, unlock_statement
from gateway.integrations.vendor_locks import take_into_service
from gateway.settings import HomeBroker, Settings
from gateway.store import Delivery, Device, Key, SetAside, Stay, Unit
from tests.parts.house import House, application, build, good
from tests.parts.identity import MemoryIdentity

TIMEOUT_SECONDS = 30.0
SITE = "home"
USER, PASSWORD = "lodgekey", "the operator's own"
Said = tuple[str, bytes]  # topic, payload


@dataclass
class Home:
    """A running gateway with its people, and the broker of the other makers' locks."""

    house: House
    port: int
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def gateway(self) -> Gateway:
        return self.house.gateway

    def client(self, name: str) -> aiomqtt.Client:
        """A client on the operator's broker."""
        return aiomqtt.Client(
            "127.0.0.1", self.port, identifier=name, username=USER, password=PASSWORD,
            protocol=aiomqtt.ProtocolVersion.V5,
        )  # fmt: skip

    def add_lock(self, driver: str, device: str, secrets: dict[str, str] | None = None) -> None:
        """Replace the single lock of unit a by another maker's."""
        with self.gateway.database.writing() as session:
            session.get_one(Device, "lock-a").revoked_at = 1
            unit = session.get_one(Unit, self.house.units["a"])
            folder = self.gateway.settings.folder
            take_into_service(
                session, folder, driver=driver, device=device, site=SITE, unit=unit, secrets=secrets or {}
            )

    async def play(self, inlet: str, hear: Callable[[str, bytes], list[Said]], first: list[Said]) -> aiomqtt.Client:
        """Run an emulator on the broker: publishes `first`, and answers messages on its command topic."""
        listener, ready = self.client(f"vendor-{inlet.replace('/', '-').rstrip('+-')}"), asyncio.Event()

        async def run() -> None:
            async with listener:
                await listener.subscribe(inlet, qos=1)
                for topic, payload in first:
                    await listener.publish(topic, payload, qos=1, retain=True)
                ready.set()
                async for message in listener.messages:
                    for topic, payload in hear(str(message.topic), bytes(message.payload)):
                        await listener.publish(topic, payload, qos=1)

        self.tasks.append(asyncio.create_task(run()))
        await asyncio.wait_for(ready.wait(), TIMEOUT_SECONDS)
        return listener

    async def until(self, look: Callable[[], bool], what: str) -> None:
        """Wait for a commit that makes the condition true."""
        await until(self.gateway, look, what)

    async def move_in(self, *, begins: int = -60) -> tuple[httpx.AsyncClient, str, str]:
        """From offer to key: the tenant's client, the stay's id, the key's id."""
        tenant, offer = await self.house.tenant("a", begins=begins)
        stage = good(await self.house.register(tenant))["stage"]
        if stage == "review":
            officer = self.house.client("officer-a")
            case = good(await officer.get("/api/v1/cases"))[-1]["id"]
            good(await officer.post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))
        return tenant, offer["stay_id"], good(await tenant.get("/api/v1/onboarding"))["keys"][0]

    async def tap(self, tenant: httpx.AsyncClient, key_id: str) -> dict[str, Any]:
        """One press of the tenant's button."""
        at, nonce = self.gateway.now(), f"nonce-{time.monotonic_ns()}"
        signature = sign_statement(unlock_statement(key_id, Proof(at, nonce, b"")), self.house.phone)
        form = {"at": at, "nonce": nonce, "signature": urlsafe_b64encode(signature).rstrip(b"=").decode()}
        return dict((await tenant.post(f"/api/v1/keys/{key_id}/unlock", json=form)).json())

    def device(self, device: str) -> Device:
        """The device's row."""
        with self.gateway.database.reading() as session:
            return session.get_one(Device, device)

    def observed(self, key_id: str) -> str:
        """Observed state of a key on the lock."""
        with self.gateway.database.reading() as session:
            return session.get_one(Key, key_id).observed

    def set_aside(self) -> list[tuple[str, str]]:
        """Messages set aside as invalid: device and reason."""
        with self.gateway.database.reading() as session:
            return [(row.device_id, row.code) for row in session.scalars(select(SetAside))]

    def arrived(self, stay_id: str) -> bool:
        """Whether the stay has begun with an arrival."""
        with self.gateway.database.reading() as session:
            return session.get_one(Stay, stay_id).arrived_at is not None

    async def key(self, tenant: httpx.AsyncClient, key_id: str) -> dict[str, Any]:
        """The key as its holder sees it."""
        bare = Proof(self.gateway.now(), f"nonce-{time.monotonic_ns()}", b"")
        signature = sign_statement(read_statement(key_id, bare), self.house.phone)
        proof = f"{bare.at}.{bare.nonce}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"
        return dict(good(await tenant.get(f"/api/v1/keys/{key_id}", headers={"Holder-Proof": proof})))

    def refused(self) -> list[tuple[str, str | None]]:
        """Deliveries that were refused."""
        with self.gateway.database.reading() as session:
            rows = session.execute(select(Delivery.work, Delivery.outcome).where(Delivery.state == "refused"))
            return [(work, outcome) for work, outcome in rows if work not in ("check_in", "check_out")]


async def until(gateway: Gateway, look: Callable[[], bool], what: str) -> None:
    """Evaluate after each commit of the gateway; fails with `what` after 30 s."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(news.set)

    gateway.database.after_commit(wake)
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not look():
                await news.wait()
                news.clear()
    except TimeoutError:
        raise AssertionError(f"condition not met in time: {what}") from None


def write_broker(folder: Path, port: int) -> Path:
    """Write the broker's configuration; the password in mosquitto's format, PBKDF2 with SHA-512."""
    folder.mkdir(parents=True)
    passwords, config, salt = folder / "passwords", folder / "mosquitto.conf", os.urandom(12)
    digest = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, 101)
    passwords.write_text(f"{USER}:$7$101${b64encode(salt).decode()}${b64encode(digest).decode()}\n")
    passwords.chmod(0o600)
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nuser root\n")
    return config


@asynccontextmanager
async def own_broker(folder: Path) -> AsyncIterator[int]:
    """The operator's mosquitto, with user name and password and no client certificates. Yields its port."""
    port = free_port()
    config = write_broker(folder, port)
    process = await asyncio.create_subprocess_exec(find_mosquitto(), "-c", config, stderr=asyncio.subprocess.DEVNULL)
    try:
        await _listening(port)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return


async def _until_connected(gateway: Gateway) -> None:
    """Wait until the gateway receives from the operator's broker, which retains no earlier messages."""
    for link in gateway.vendor_locks.links.values():
        if isinstance(link, MqttLink):
            await asyncio.wait_for(link.until_connected(), TIMEOUT_SECONDS)


@asynccontextmanager
async def open_home(
    folder: Path, *, broker: bool = True, radio: BleRadio | None = None, **settings: Any
) -> AsyncIterator[Home]:
    """The gateway of a house with its own broker beside the operator's; everything ends with the test."""
    build(folder / "house")
    password = folder / "broker.password"
    password.write_text(PASSWORD)
    async with own_broker(folder / "operator") as port:
        settings_of_home = {name: settings.pop(name) for name in list(settings) if name.startswith("home_assistant")}
        home_broker = HomeBroker(
            host="127.0.0.1", port=port, site=SITE, user=USER, password_file=password, **settings_of_home
        )
        given = Settings(
            folder=folder / "house", broker_port=free_port(), home_broker=home_broker if broker else None, **settings
        )
        now, identity = [int(time.time())], MemoryIdentity()
        gateway = Gateway(given, utc_now, identity=identity, radio=radio)
        with gateway.database.reading() as session:
            units = {unit.code[-1]: unit.id for unit in session.scalars(select(Unit))}
        app = application()
        app.state.gateway = gateway
        home = Home(House(gateway, identity, app, now, units), port)
        async with gateway:
            await _until_connected(gateway)
            try:
                yield home
            finally:
                for task in home.tasks:
                    task.cancel()
                await asyncio.gather(*home.tasks, return_exceptions=True)
                for client in home.house.clients:
                    await client.aclose()
