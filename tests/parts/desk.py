"""A gateway's HTTP side over a world's rows, without broker or identity workers: officers, landlord, tenant."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from api.app import create_app
from api.framework.session_cookie import SESSION_COOKIE
from gateway.bootstrap import LATE_AFTER, Gateway
from gateway.domain.accounts.tokens import token_hash
from gateway.outbox import events
from gateway.settings import Settings
from gateway.store import Account, Event, SignIn
from tests.parts.world import AREA, World


@dataclass
class Desk:
    """One gateway and its clients, all on the test's own event loop."""

    world: World
    gateway: Gateway
    app: FastAPI | None = None
    served: list[httpx.AsyncClient] = field(default_factory=list)

    @classmethod
    def over(cls, world: World, **settings: Any) -> "Desk":
        """A gateway in the world's folder, with the world's clock and secrets."""
        (world.folder / "offers.secret").write_bytes(world.keyring.offer_secret)
        gateway = Gateway(Settings(folder=world.folder, **settings), world.clock)
        desk = cls(world, gateway)
        desk.add_account("second", "officer", area=AREA)
        desk.add_account("elsewhere", "officer", area="990000")
        desk.add_account("landlord", "landlord", landlord_id=world.landlord_id)
        return desk

    def add_account(self, login: str, role: str, *, area: str | None = None, landlord_id: str | None = None) -> None:
        """Add an account that can sign in."""
        with self.gateway.database.writing() as session:
            account = Account(role=role, login=login, password_hash="", name=login, area=area, landlord_id=landlord_id)
            account.staff = "owner" if role == "landlord" else None
            session.add(account)

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A client that is not signed in, unless a header is given."""
        self.app = self.app or create_app(self.gateway, run=False)
        transport = httpx.ASGITransport(self.app)
        client = httpx.AsyncClient(transport=transport, base_url="http://testserver/api/v1", headers=headers)
        self.served.append(client)
        return client

    async def signed_in(self, login: str) -> httpx.AsyncClient:
        """A client with a session of one hour."""
        token = secrets.token_urlsafe(16)
        with self.gateway.database.writing() as session:
            account = session.scalars(select(Account).where(Account.login == login)).one()
            row = SignIn(token_hash=token_hash(token), account_id=account.id, method="password", device="", network="")
            row.begun_at = row.used_at = self.gateway.now()
            row.expires_at = row.begun_at + 3600
            session.add(row)
        return self.client(Cookie=f"{SESSION_COOKIE}={token}")

    def stamp(self) -> None:
        """Number committed entries of the feed, as the relay does."""
        with self.gateway.database.writing() as session:
            events.stamp_feed(session)
        self.gateway.feed.wake()

    def last_event(self) -> Event:
        """The newest event."""
        with self.gateway.database.reading() as session:
            return session.scalars(select(Event).order_by(Event.id.desc())).first() or Event()

    async def close(self) -> None:
        """Close gateway and clients."""
        for client in self.served:
            await client.aclose()
        await self.gateway.supervisor.stop()
        self.gateway.vault.close()
        self.gateway.database.close()


class SignallingServer(uvicorn.Server):
    """A server that signals when it is listening."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then signal."""
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def served(desk: Desk) -> AsyncIterator[str]:
    """Serve the desk over real sockets, for streams; yields its address."""
    desk.gateway.supervisor.run("feed", desk.gateway.feed.run, LATE_AFTER)
    config = uvicorn.Config(
        create_app(desk.gateway, run=False), port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = SignallingServer(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test's own process keeps its signals
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        await server.up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        server.should_exit = True
        server.force_exit = True
        with suppress(asyncio.CancelledError):
            await task


async def consumer_token(desk: Desk, **changes: Any) -> tuple[str, str]:
    """A consumer requested by one officer and approved by another: (consumer's id, token)."""
    officer, second = await desk.signed_in("officer"), await desk.signed_in("second")
    asked = await officer.post("/consumers", json=grant_request(desk, **changes))
    assert asked.status_code == 201, asked.text
    approved = await second.post(f"/consumers/{asked.json()['id']}/approval")
    assert approved.status_code == 201, approved.text
    return str(asked.json()["id"]), str(approved.json()["token"])


def grant_request(desk: Desk, **changes: Any) -> dict[str, Any]:
    """Body of a request for a consumer."""
    expires = datetime.fromtimestamp(desk.world.now + 30 * 86_400, UTC).isoformat()
    return {
        "name": "City statistics",
        "purpose": "counting overnight stays",
        "areas": [AREA],
        "fields": ["kind", "at", "unit.area", "person.nationality"],
        "expires_at": expires,
        **changes,
    }


async def read_events(lines: AsyncIterator[str], count: int, seconds: float = 10.0) -> list[tuple[int, str]]:
    """The next `count` entries of a stream: (feed number, JSON text)."""
    found: list[tuple[int, str]] = []
    number = 0
    async with asyncio.timeout(seconds):
        async for line in lines:
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: "):
                found.append((number, line[6:]))
                if len(found) == count:
                    break
    return found


async def read_feed(
    url: str, token: str, count: int, *, after: int = 0, seconds: float = 10.0
) -> list[tuple[int, str]]:
    """The next entries of a consumer's feed over a connection of its own."""
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": str(after)}
    async with httpx.AsyncClient() as client, client.stream("GET", f"{url}/feed", headers=headers) as stream:
        return await read_events(stream.aiter_lines(), count, seconds)
