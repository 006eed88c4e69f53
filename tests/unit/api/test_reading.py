"""Reading does not write: no GET route, requested by a permitted person, begins a write transaction."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from gateway.outbox.events import stamp_feed
from gateway.store import Event, Offer
from gateway.store.database import Database
from tests.parts.house import House, good
from tests.unit.api.http.account.test_sign_in import proof_header
from tests.unit.api.test_closed_routes import filled, routes

# GET routes that write before they answer, with the reason. Each may write to the disclosure log only.
LOGGED: Final = {
    "/{home}/filings/{record_id}/data": "an entry before the data to enter are shown",
    "/{home}/filings/{record_id}/form": "an entry before a form is shown whole",
    "/api/v1/cases/{case_id}": "an entry before a tenant's fields are shown",
    "/api/v1/cases/{case_id}/pictures/{part}": "an entry before a picture is shown",
    "/api/v1/registrations/{registration_id}/preview": "an entry before a filing is shown, masked",
    "/api/v1/onboarding/readers": "an entry, once, that a law forbids telling the tenant who read the record",
    "/{home}/cases/{case_id}": "an entry before a tenant's fields are shown",
    "/{home}/filings/{record_id}": "an entry before a filing is shown, masked",
    "/officer": "an entry before records of the feed are listed",
}
# Streams that do not end: each page of records is written to the disclosure log before it is sent.
STREAMS: Final = ("/api/v1/feed", "/officer/feed")
# The provider redirects the browser by GET (RFC 6749 §4.1.2): the route ends the ceremony and begins a session.
CALLBACK: Final = "/login/officer/return"
# Refused here: neither link nor simulator is running, and the sandbox has no table of codes, no form, nobody
# who is registered by hand and no bookings;
# nobody registers on another's phone, or has forgotten a password.
AWAY: Final = (
    "/readyz",
    "/tester/devices/{device}",
    "/tester/recording.{form}",
    "/api/v1/onboarding/codes",
    "/{home}/filings/{record_id}/data",
    "/{home}/filings/{record_id}/form",
    "/landlord/stays/{stay_id}/booking",
    "/companion",
    "/companion/codes",
    "/take/{token}",
    "/.well-known/security.txt",
    "/account/email/{token}",
    "/login/new-password",
)
QUERIES: Final = {"/api/v1/log/consistency": "?from=1", "/api/v1/onboarding/codes": "?path=visa.kind&text=stu"}
# Not written here: the sandbox's jurisdiction permits notifying the tenant, and nobody there is registered by hand.
UNWRITTEN: Final = {"/api/v1/onboarding/readers", "/{home}/filings/{record_id}/data"}
CHANGES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN IMMEDIATE")


@dataclass
class Writes:
    """Database use of a request: number of write sessions, and statements that change data."""

    sessions: int = 0
    statements: list[str] = field(default_factory=list)


@contextmanager
def watched(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writes]:
    """Record the database use of the house."""
    found, begin = Writes(), Database.writing
    engine: Engine = house.gateway.database._engine

    def writing(database: Database) -> AbstractContextManager[Session]:
        found.sessions += 1
        return begin(database)

    def note(*call: Any) -> None:
        if call[2].lstrip().upper().startswith(CHANGES):
            found.statements.append(call[2])

    event.listen(engine, "before_cursor_execute", note)
    with monkeypatch.context() as patched:
        patched.setattr(Database, "writing", writing)
        yield found
    event.remove(engine, "before_cursor_execute", note)


@dataclass
class Visitors:
    """Clients for each kind of route, and ids of existing objects."""

    house: House
    names: dict[str, str]
    clients: dict[str, httpx.AsyncClient]

    def of(self, path: str) -> httpx.AsyncClient:
        """The person who may use a route."""
        if path.startswith("/key"):
            return self.clients["holder"]
        if "/onboarding" in path:
            return self.clients["tenant"]
        if path.startswith(("/api/v1/locks", "/api/v1/deliveries", "/tester")):
            return self.clients["tester"]
        landlords = ("/api/v1/units", "/api/v1/stays", "/api/v1/alerts", "/api/v1/staff", "/landlord", "/account")
        return self.clients["landlord" if path.startswith(landlords) else "officer"]

    async def ask(self, method: str, path: str) -> httpx.Response:
        """One request by a permitted person."""
        key_id = self.names["key_id"]
        nonce = f"nonce-{method}"
        headers = {"Holder-Proof": proof_header(self.house, key_id, nonce)} if path.startswith("/api/v1/keys") else {}
        address = filled(path, **self.names) + QUERIES.get(path, "")
        return await self.of(path).request(method, address, headers=headers)


@pytest.fixture
async def visitors(house: House) -> Visitors:
    """A house with a tenant who holds a key, another whose case waits, and a third with an unopened link."""
    holder, taken = await house.tenant()
    good(await house.register(holder))
    officer, landlord = house.client("officer-a"), house.client("landlord-a")
    case = good(await officer.get("/api/v1/cases"))[0]["id"]
    good(await officer.post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))
    key_id = good(await holder.get("/api/v1/onboarding"))["keys"][0]
    house.put_on_lock(key_id)
    stay = good(await landlord.get(f"/api/v1/stays/{taken['stay_id']}"))
    waiting, _ = await house.tenant(begins=20 * 86_400)
    good(await house.register(waiting))
    unopened = await house.offer(begins=40 * 86_400)
    token = unopened["url"].rpartition("/")[2]
    with house.gateway.database.writing() as session:
        stamp_feed(session)
    names = {
        "unit_id": house.units["a"],
        "stay_id": stay["id"],
        "key_id": key_id,
        "registration_id": stay["registrations"][0]["id"],
        "record_id": stay["registrations"][0]["id"],
        "case_id": good(await officer.get("/api/v1/cases"))[0]["id"],
        "home": "officer",
        "device": "lock-a",
        "app": "key",
        "token": token,
        "offer_id": unopened["offer_id"],
    }
    people = {"tester": house.client("tester"), "landlord": landlord, "officer": officer}
    return Visitors(house, names, people | {"tenant": house.client(offer=token), "holder": holder})


def pages(house: House, method: str) -> list[str]:
    """Every path with this method, without streams."""
    return [path for asked, path in routes(house.app) if asked == method and path not in (*STREAMS, CALLBACK)]


async def test_no_get_route_begins_a_write_transaction(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = pages(visitors.house, "GET")
    assert len(asked) > 40
    assert set(LOGGED) <= set(asked)
    wrote = set()
    for path in asked:
        with watched(visitors.house, monkeypatch) as found:
            answer = await visitors.ask("GET", path)
        assert answer.status_code < 400 or path in AWAY, (path, answer.status_code, answer.text)
        changes = [statement for statement in found.statements if not statement.startswith("BEGIN")]
        if path in LOGGED:
            assert all(statement.startswith("INSERT INTO disclosures ") for statement in changes), (path, changes)
            wrote |= {path} if changes else set()
        else:
            assert (found.sessions, found.statements) == (0, []), path
    assert wrote == set(LOGGED) - UNWRITTEN


async def test_head_on_every_route_answers_like_get_without_a_body(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9110 §9.3.2."""
    for path in pages(visitors.house, "GET"):
        got = await visitors.ask("GET", path)
        with watched(visitors.house, monkeypatch) as found:
            answer = await visitors.ask("HEAD", path)
        assert (answer.status_code, answer.content) == (got.status_code, b""), path
        for name in ("content-type", "location", "cache-control"):
            assert answer.headers.get(name) == got.headers.get(name), (path, name)
        assert path in LOGGED or (found.sessions, found.statements) == (0, []), path


async def test_head_of_a_stream_and_of_a_callback_ends_and_writes_nothing(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(visitors.house, monkeypatch) as found:
        streams = [await visitors.ask("HEAD", path) for path in STREAMS]
        callback = await visitors.ask("HEAD", CALLBACK)
    for stream in streams:
        assert (stream.status_code, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (callback.status_code, callback.headers["location"]) == (303, "/login")
    assert (found.sessions, found.statements) == (0, [])


def state_of(house: House, offer_id: str) -> tuple[str, int | None]:
    """An offer's state and opening time."""
    with house.gateway.database.reading() as session:
        offer = session.get_one(Offer, offer_id)
        return offer.state, offer.opened_at


def opened_times(house: House) -> int:
    """Number of `opened` events of an offer."""
    with house.gateway.database.reading() as session:
        return session.scalar(select(func.count()).where(Event.type == "OfferOpened")) or 0


async def test_outside_34_a_link_preview_a_head_and_a_crawler_leave_the_offer_unopened(house: House) -> None:
    offer = await house.offer()
    link = offer["url"].partition("8080")[2]
    for method in ("GET", "HEAD"):
        preview = house.client()
        answer = await preview.request(method, link)
        assert (answer.status_code, answer.headers["location"]) == (303, "/onboarding")
        assert (await preview.request(method, "/onboarding")).status_code == 200
        assert (await preview.request(method, "/key")).status_code == 303
    assert state_of(house, offer["offer_id"]) == ("open", None)
    refused_link = await house.client().head(link[:-4] + "AAAA")
    assert refused_link.status_code == 404


async def test_an_offer_is_opened_once_by_the_pages_script_and_by_its_form(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_script, by_form = await house.offer(), await house.offer(begins=20 * 86_400)
    tenant = house.client(offer=by_script["url"].rpartition("/")[2])
    assert 'src="/static/tenant/open_link.js' in (await tenant.get("/onboarding")).text
    first = good(await tenant.post("/api/v1/onboarding/open"))
    opened_at = house.now[0]
    house.now[0] += 60
    with watched(house, monkeypatch) as found:
        assert good(await tenant.post("/api/v1/onboarding/open")) == first
    assert (found.sessions, found.statements) == (0, []), "an offer that is open already takes no write lock"
    assert state_of(house, by_script["offer_id"]) == ("opened", opened_at)
    assert opened_times(house) == 1
    other = house.client(offer=by_form["url"].rpartition("/")[2])
    assert (await other.post("/onboarding", data={"text_version": "2026-11"})).status_code == 422
    assert state_of(house, by_form["offer_id"]) == ("opened", house.now[0])


async def test_an_offer_opened_by_many_requests_at_once_is_recorded_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = await house.offer()
    tenant = house.client(offer=offer["url"].rpartition("/")[2])
    gate, begin = Barrier(3), Database.writing

    def writing(database: Database) -> AbstractContextManager[Session]:
        gate.wait(10)  # all requests have read the offer as unopened before the first of them writes
        return begin(database)

    monkeypatch.setattr(Database, "writing", writing)
    answers = await asyncio.gather(*(tenant.post("/api/v1/onboarding/open") for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert (opened_times(house), state_of(house, offer["offer_id"])[0]) == (1, "opened")
