"""A street for journey tests: registry, gateway with broker, and a building of locks, each a process to kill."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import time
from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import NullPool, create_engine

from api.cli.demo.children import Child
from api.cli.demo.journey_run import until
from api.cli.demo.ports import free_port
from api.cli.demo.seed import KIOSK, ROOMS, Logins, Place, seed
from api.web.kiosk import write_kiosk_page
from certs.holder import sign_statement
from certs.keys import jwk_of, new_private_key
from gateway.domain.keys.key import Proof, unlock_statement
from gateway.domain.stays.stay import OCCUPYING
from gateway.settings import Settings

Json = dict[str, Any]
TYPED: Final = {
    "document_kind": "passport",
    "surname": "Voorbeeld",
    "given_names": "Anna",
    "id_number": "XR1001R58",
    "issuing_state": "NLD",
    "birth_date": "1985-03-03",
    "nationality": "NLD",
    "sex": "F",
}
BESIDE: Final = ("devices", "logs", "registry")  # folders that are not the gateway's own
# Pending deliveries for a lock, or registration records pending for a stay in its unit.
PENDING: Final = """
SELECT 1 FROM deliveries WHERE state = 'owed' AND (party = ? OR about IN (
    SELECT registrations.id FROM registrations JOIN stays ON stays.id = stay_id WHERE unit_id = ?))
"""


@dataclass(frozen=True)
class Room:
    """A unit reserved for one test; only `Street.free_room` creates rooms."""

    code: str
    lock: str
    unit: str  # id
    moved_before: int  # retractions of its bolt before this test


@dataclass
class Tenant:
    """A person with an offer link and a phone."""

    offer: Json
    client: httpx.AsyncClient
    phone: EllipticCurvePrivateKey = field(default_factory=new_private_key)

    @property
    def token(self) -> str:
        """Token of the offer link."""
        return str(self.offer["url"].rpartition("/")[2])


@dataclass
class Street:
    """The processes, and people who signed in before any fault was introduced.

    `home`: the gateway's folder, of its own where its disk is limited; `program`: the module that is `lodgekey`;
    `environment`: additional variables of the gateway and of commands beside it.
    """

    folder: Path
    home: Path
    gateway_port: int
    broker_port: int
    logins: Logins
    registry: Json
    environment: dict[str, str] = field(default_factory=dict)
    program: str = "api.cli.main"
    gateway: Child = field(init=False)
    people: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    rooms: deque[str] = field(default_factory=lambda: deque(ROOMS))  # the least recently used first

    def __post_init__(self) -> None:
        self.gateway = self.gateway_child()

    @property
    def url(self) -> str:
        """Base URL of the gateway."""
        return f"http://127.0.0.1:{self.gateway_port}/api/v1"

    async def ask(self, who: str, method: str, path: str, **sent: Any) -> Any:
        """The JSON answer to a person's request; fails with the problem document otherwise."""
        return good(await self.people[who].request(method, path, **sent))

    async def sign_in(self) -> None:
        """Sign in landlord, officer and tester, once each."""
        for login in ("landlord", "officer", "tester"):
            self.people[login] = httpx.AsyncClient(base_url=self.url, timeout=60)
            await self.ask(login, "POST", "/sessions", json={"login": login, "password": self.logins.password})

    async def free_room(self) -> Room:
        """A room without a tenant, whose lock works and has no pending deliveries; reserved until twelve more are
        taken.
        """
        number = self.rooms[0]
        self.rooms.rotate(-1)
        code, lock, units = f"HS7-{number}", f"lock-{number}", await self.ask("landlord", "GET", "/units")
        unit = next(unit["id"] for unit in units if unit["code"] == code)
        await self.set_behaviour("normal")
        await self.control("POST", f"/devices/{lock}/faults", json={"offline": False, "lost_answers": 0})
        for stay in await self.ask("landlord", "GET", "/stays"):
            if stay["unit"] == unit and stay["state"] in OCCUPYING:
                await self.ask("landlord", "POST", f"/stays/{stay['id']}/end")
        await eventually(lambda: not self.rows(PENDING, f"lock:{lock}", unit), f"room {number} is left behind")
        return Room(code, lock, unit, self._moved(lock))

    async def offer(self, room: Room) -> Tenant:
        """Step 1 for a separate room, and the tenant's consent."""
        now = datetime.now(UTC).replace(microsecond=0)
        dates = {"from": (now - timedelta(minutes=1)).isoformat(), "until": (now + timedelta(days=2)).isoformat()}
        offer = await self.ask("landlord", "POST", f"/units/{room.unit}/offers", json=dates)
        tenant = Tenant(offer, httpx.AsyncClient(base_url=self.url, timeout=60))
        tenant.client.headers["Authorization"] = f"Offer {tenant.token}"
        self.people[f"tenant of {offer['stay_id']}"] = tenant.client
        consents = {"registration": True, "face": True, "text_version": "2026-11", "language": "en"}
        good(await tenant.client.post("/onboarding/consents", json=consents))
        return tenant

    async def register(self, tenant: Tenant) -> None:
        """Steps 2 to 4: typed fields, and an officer who accepts the case."""
        form = TYPED | {"holder_key": json.dumps(jwk_of(tenant.phone.public_key()))}
        good(await tenant.client.post("/onboarding/verification", data=form))
        await self.decide()

    async def decide(self) -> None:
        """The officer accepts the single waiting case."""
        case = (await self.ask("officer", "GET", "/cases"))[-1]["id"]
        await self.ask("officer", "POST", f"/cases/{case}/decision", json={"decision": "pass"})

    async def move_in(self, room: Room) -> tuple[Tenant, str]:
        """Steps 1 to 5: a tenant whose key is confirmed by the lock."""
        tenant = await self.offer(room)
        await self.register(tenant)
        return tenant, await self.on_lock(tenant)

    async def on_lock(self, tenant: Tenant) -> str:
        """Wait for the lock's confirmation; returns the key's id."""
        door = await until(
            lambda: require_ok(tenant.client, "/onboarding"), lambda door: door["stage"] == "on_lock", "on the lock"
        )
        return str(door["keys"][0])

    async def unlock(self, tenant: Tenant, key_id: str) -> Json:
        """Step 6: one tap."""
        at, nonce = int(time.time()), os.urandom(12).hex()
        signature = sign_statement(unlock_statement(key_id, Proof(at, nonce, b"")), tenant.phone)
        form = {"at": at, "nonce": nonce, "signature": urlsafe_b64encode(signature).rstrip(b"=").decode()}
        return dict(good(await tenant.client.post(f"/keys/{key_id}/unlock", json=form)))

    async def stay(self, tenant: Tenant) -> Json:
        """The stay as its landlord sees it."""
        return dict(await self.ask("landlord", "GET", f"/stays/{tenant.offer['stay_id']}"))

    async def filing(self, tenant: Tenant, state: str, kind: str = "check_in") -> Json:
        """Wait until the stay's filing is in this state."""

        async def look() -> Json:
            rows = (await self.stay(tenant))["registrations"]
            return next((dict(row) for row in rows if row["kind"] == kind), {"state": "missing"})

        return await until(look, lambda row: row["state"] == state, f"the {kind} is {state}")

    async def pending(self, work: str) -> list[Json]:
        """Deliveries that are pending or failed, as shown to people."""
        return [row for row in await self.ask("tester", "GET", "/deliveries") if row["work"] == work]

    async def set_behaviour(self, behaviour: str, **how: Any) -> None:
        """Set the registry's behaviour."""
        async with httpx.AsyncClient(headers=self._registry_key()) as client:
            good(await client.post(f"{self.registry['url']}/control/behaviour", json={"behaviour": behaviour, **how}))

    async def books(self, reference: str) -> list[Json]:
        """The registry's rows with this reference."""
        async with httpx.AsyncClient(headers=self._registry_key()) as client:
            rows = good(await client.get(f"{self.registry['url']}/control/records"))
        return [row for row in rows if row["lot"] == reference]

    def _registry_key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {Path(self.registry['token_file']).read_text().strip()}"}

    async def control(self, method: str, path: str, **sent: Any) -> Any:
        """A request to the control interface of the simulated devices."""
        described = json.loads((self.folder / "devices" / "control.json").read_text())
        headers = {"Authorization": f"Bearer {described['token']}"}
        async with httpx.AsyncClient(base_url=described["url"], headers=headers, timeout=60) as client:
            return good(await client.request(method, path, **sent))

    def openings(self, room: Room) -> int:
        """How often the room's bolt was retracted since the room was taken."""
        return self._moved(room.lock) - room.moved_before

    def _moved(self, lock: str) -> int:
        path = self.folder / "devices" / lock / "movements.jsonl"
        moved = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return len([movement for movement in moved if movement["to"] == "unlocked"])

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the gateway's database, read from outside its process."""
        if url := self.environment.get("LODGEKEY_DATABASE_URL"):
            with create_engine(url, poolclass=NullPool).connect() as server:
                return [tuple(row) for row in server.exec_driver_sql(query.replace("?", "%s"), values or None)]
        with closing(sqlite3.connect(f"file:{self.home / 'lodgekey.sqlite'}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()

    async def until_ready(self) -> None:
        """Wait until commands can be sent."""
        client = self.people["tester"]
        address = self.url.replace("/api/v1", "/readyz")

        async def look() -> Json:
            try:
                return dict((await client.get(address)).json())
            except httpx.TransportError:
                return {"link": False}

        await until(look, lambda answer: bool(answer["link"]), "the gateway has its link")

    def kill_broker(self) -> int:
        """kill -9 to mosquitto; returns the killed process id."""
        pid = self.broker()
        os.kill(pid, signal.SIGKILL)
        return pid

    def broker(self) -> int:
        """The process id of mosquitto."""
        return int((self.home / "broker" / "pid").read_text())

    async def kill_gateway(self) -> None:
        """kill -9 to the gateway; its mosquitto keeps running."""
        assert self.gateway.pid is not None
        os.kill(self.gateway.pid, signal.SIGKILL)
        await self.gateway.wait()
        await self.gateway.stop()

    async def start_gateway(self) -> None:
        """Restart the gateway in the same folder and on the same port."""
        self.gateway = self.gateway_child()
        await self.gateway.start()
        await self.until_ready()

    def gateway_child(self) -> Child:
        """The gateway's child process, not started."""
        environment = self.environment | {
            "LODGEKEY_SECOND_FACTOR_ROLES": "[]",  # its officer signs in by password, also where no test runs
            "LODGEKEY_FOLDER": str(self.home),
            "LODGEKEY_BROKER_PORT": str(self.broker_port),
            "LODGEKEY_REGISTRIES": json.dumps({"sandbox": self.registry["settings"] | {"timeout_s": "3"}}),
        }
        arguments = ["-m", self.program, "serve", "--port", str(self.gateway_port), "--json"]
        return Child("the gateway", arguments, self.folder / "logs" / "gateway.log", environment)


@asynccontextmanager
async def open_street(
    folder: Path, *simulate: str, home: Path | None = None, program: str = "api.cli.main", **environment: str
) -> AsyncIterator[Street]:
    """All processes started and all people signed in; ended in order, whichever of them a test killed.

    `simulate`: additional options of the building; the others as the street has them.
    """
    port, broker_port = free_port(), free_port()
    arguments = ["-m", "firmware_sim.registries", "sandbox", "--dir", str(folder / "registry")]
    building_arguments = ["-m", "api.cli.main", "simulate", "building", "--dir", str(folder / "devices"), *simulate]
    async with Child("the registry", arguments, folder / "logs" / "registry.log") as registry:
        said = await registry.start()
        database = environment.get("LODGEKEY_DATABASE_URL", "")
        settings, place = Settings(folder=folder, database_url=database), Place("sandbox", said["facts"])
        logins = await asyncio.to_thread(seed, settings, broker_port=broker_port, place=place)
        if home is not None:
            move_gateway(folder, home)
        street = Street(folder, home or folder, port, broker_port, logins, said, environment, program)
        try:
            await street.gateway.start()
            write_kiosk_page(folder / "devices" / KIOSK, "sandbox", street.url.removesuffix("/api/v1"))
            async with Child("the building", building_arguments, folder / "logs" / "building.log") as building:
                await building.start()
                await street.sign_in()
                yield street
        finally:
            for client in street.people.values():
                await client.aclose()
            await street.gateway.stop()


def move_gateway(folder: Path, home: Path) -> None:
    """Move what is the gateway's own to a folder of its own; devices and registry are elsewhere in a true street."""
    for path in [path for path in folder.iterdir() if path.name not in BESIDE and path != home]:
        shutil.move(path, home / path.name)


async def require_ok(client: httpx.AsyncClient, path: str) -> Json:
    """The answer's JSON."""
    return dict(good(await client.get(path)))


def good(answer: httpx.Response) -> Any:
    """The answer's JSON; fails with the answer's text otherwise."""
    assert answer.is_success, f"{answer.request.url.path}: {answer.status_code} {answer.text[:300]}"
    return answer.json() if answer.content else None


async def eventually(look: Callable[[], bool], what: str) -> None:
    """Wait until a condition outside this process is true."""

    async def ask() -> Json:
        return {"so": look()}

    await until(ask, lambda answer: bool(answer["so"]), what)
