"""A whole gateway behind its HTTP application, in one process without a network, and clients for its people."""

import json
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, cast

import httpx
import numpy as np
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import select

from api.app import create_app
from api.framework.session_cookie import SESSION_COOKIE
from certs.keys import jwk_of, new_private_key
from devices.reports import Happened, Report
from gateway.bootstrap import Gateway
from gateway.domain.accounts.tokens import token_hash
from gateway.domain.verification.port import Identity
from gateway.journey.devices import reports
from gateway.settings import Settings
from gateway.store import Account, Key, SignIn, Unit
from gateway.store.disk_space import RESERVE
from tests.parts.identity import MemoryIdentity
from tests.parts.world import DAY, NOW, device, let_unit

PASSWORD: Final = "correct horse battery staple"
PLACES: Final = {"a": "370100-07", "b": "440100-01"}
Json = dict[str, Any]


@dataclass
class House:
    """Two landlords with a unit and a lock each, an officer in each one's area, and a tester."""

    gateway: Gateway
    identity: MemoryIdentity
    app: FastAPI
    now: list[int]
    units: dict[str, str]
    phone: EllipticCurvePrivateKey = field(default_factory=new_private_key)
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    seq: int = 0

    def client(self, login: str = "", *, offer: str = "", client: str = "127.0.0.1") -> httpx.AsyncClient:
        """A client: signed in, with an offer link, or anonymous."""
        transport = httpx.ASGITransport(self.app, client=(client, 1), raise_app_exceptions=True)
        made = httpx.AsyncClient(transport=transport, base_url="http://lodgekey.test")
        if login:
            made.cookies.set(SESSION_COOKIE, self.session_of(login))
        if offer:
            made.headers["Authorization"] = f"Offer {offer}"
        self.clients.append(made)
        return made

    def session_of(self, login: str) -> str:
        """Token of a new session, without the slow password check."""
        token = secrets.token_urlsafe(16)
        with self.gateway.database.writing() as session:
            account = session.scalars(select(Account).where(Account.login == login)).one()
            row = SignIn(token_hash=token_hash(token), account_id=account.id, method="password", device="", network="")
            row.begun_at = row.used_at = self.now[0]
            row.expires_at = self.now[0] + DAY
            session.add(row)
        return token

    async def offer(self, who: str = "a", *, days: int = 3, begins: int = 0) -> Json:
        """The landlord's offer of the unit."""
        dates = {"from": utc(self.now[0] + begins), "until": utc(self.now[0] + begins + days * DAY)}
        answer = await self.client(f"landlord-{who}").post(f"/api/v1/units/{self.units[who]}/offers", json=dates)
        return dict(good(answer))

    async def tenant(self, who: str = "a", **asked: int) -> tuple[httpx.AsyncClient, Json]:
        """A tenant with a link who gave all consents, and the offer."""
        offer = await self.offer(who, **asked)
        tenant = self.client(offer=offer["url"].rpartition("/")[2])
        good(await tenant.post("/api/v1/onboarding/consents", json=CONSENTS))
        return tenant, offer

    async def register(self, tenant: httpx.AsyncClient, *, picture: bytes = b"", **form: str) -> httpx.Response:
        """The tenant submits document and face."""
        files = {"document": ("d.jpg", picture or photograph()), "face": ("f.jpg", photograph())}
        form = {"holder_key": json.dumps(jwk_of(self.phone.public_key()))} | form
        return await tenant.post("/api/v1/onboarding/verification", data=form, files=files)

    async def key(self, who: str = "a", **asked: int) -> str:
        """Id of a tenant's key, issued after an officer's decision."""
        tenant, _ = await self.tenant(who, **asked)
        stage = good(await self.register(tenant))["stage"]
        if stage == "review":
            officer = self.client(f"officer-{who}")
            case = good(await officer.get("/api/v1/cases"))[-1]["id"]
            good(await officer.post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))
        keys: Sequence[str] = good(await tenant.get("/api/v1/onboarding"))["keys"]
        return keys[0]

    def hear(self, report: Report) -> None:
        """Deliver a message from a device."""
        with self.gateway.database.writing() as session:
            reports.record_report(session, report, self.now[0], None)

    def put_on_lock(self, key_id: str) -> None:
        """The lock confirms that it holds the key."""
        self.seq += 1
        with self.gateway.database.writing() as session:
            device_id = session.get_one(Key, key_id).device_id
            report = Happened(device_id, self.seq, self.now[0], "key_put", {"key": bytes.fromhex(key_id)})
            reports.record_report(session, report, self.now[0], None)


CONSENTS: Final = {"registration": True, "face": True, "text_version": "2026-11", "language": "en"}


def build(folder: Path) -> None:
    """Build the rows of a house in a folder."""
    gateway = Gateway(Settings(folder=folder), lambda: NOW, identity=MemoryIdentity())
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)  # minimal cost, for speed
    with gateway.database.writing() as session:
        session.add(Account(role="tester", login="tester", password_hash=hashed, name="Tester"))
        for who, area in PLACES.items():
            unit = let_unit(session, who, owner_name=f"Landlord {who}", area=area)
            session.add(device(f"lock-{who}", unit.id))
            landlord = {
                "role": "landlord",
                "login": f"landlord-{who}",
                "landlord_id": unit.landlord_id,
                "staff": "owner",
            }
            officer = {"role": "officer", "login": f"officer-{who}", "area": area[:6]}
            session.add_all(Account(name=row["login"], password_hash=hashed, **row) for row in (landlord, officer))
    gateway.database.close()
    gateway.vault.close()


def move_in(first: Path, folder: Path, looking: Identity | None = None, **settings: Any) -> House:
    """A copy of a built house with its application; `looking` replaces the identity port without models."""
    shutil.copytree(first, folder, ignore=shutil.ignore_patterns(RESERVE))  # 32 MB, which is allocated without writing
    now, identity = [NOW], MemoryIdentity()
    gateway = Gateway(Settings(folder=folder, **settings), lambda: now[0], identity=looking or identity)
    with gateway.database.reading() as session:
        units = {unit.code[-1]: unit.id for unit in session.scalars(select(Unit))}
    app = application()
    app.state.gateway = gateway
    return House(gateway, identity, app, now, units)


@cache
def application() -> FastAPI:
    """One application for all tests, without a gateway: building its routes takes longer than most tests."""
    return create_app(cast(Gateway, None), run=False)


def good(answer: httpx.Response) -> Any:
    """The answer's JSON; fails for an error status."""
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, code: str) -> Json:
    """The problem document of an answer that must be one (RFC 9457)."""
    body: Json = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"https://lodgekey.org/problems/{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"].rstrip().endswith((".", "!", "?", "。")), "a sentence to act on"
    return body


def named(problem: Json) -> list[dict[str, str]]:
    """The fields that a problem names, with their codes; each must have a sentence too."""
    assert all(field["sentence"].rstrip("。").rstrip(".") for field in problem["fields"]), problem
    return [{"field": field["field"], "code": field["code"]} for field in problem["fields"]]


def utc(at: int) -> str:
    """RFC 3339 in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat()


@cache
def photograph(side: int = 96) -> bytes:
    """A JPEG of noise, sufficient for the screening of pictures."""
    noise = np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8)
    buffer = BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG")
    return buffer.getvalue()
