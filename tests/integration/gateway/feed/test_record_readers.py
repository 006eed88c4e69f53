"""Each reading of a record is logged first and shown to the tenant, unless a law forbids it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner

from api.cli.main import app
from api.services.tenant import record_readers
from gateway.domain.jurisdiction import load_profiles
from gateway.journey.tenants.record_readers import WITHHELD
from gateway.store import Disclosure, Registration
from tests.parts.desk import Desk, consumer_token, read_feed, served
from tests.parts.world import World


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    made = Desk.over(world)
    yield made
    await made.close()


def registered(desk: Desk) -> tuple[str, str]:
    """A tenant who has checked in: the offer's token and the record's id."""
    token = desk.world.offer()
    desk.world.consent(token)
    desk.world.show(token)
    desk.stamp()
    with desk.gateway.database.reading() as session:
        return token, session.scalars(select(Registration.id)).one()


async def test_the_tenant_sees_who_read_their_record_and_why(desk: Desk) -> None:
    offer, record = registered(desk)
    officer = await desk.signed_in("officer")
    assert (await officer.post(f"/registrations/{record}/openings", json={"purpose": "a complaint"})).status_code == 201
    _, token = await consumer_token(desk)
    async with served(desk) as url:
        await read_feed(url, token, 1)
    reported = (await desk.client(Authorization=f"Offer {offer}").get("/onboarding/readers")).json()
    assert reported["disclosed"] is True
    assert {(line["who"], line["purpose"]) for line in reported["readers"]} == {
        ("officer", "a complaint"),
        ("consumer: City statistics", "counting overnight stays"),
    }


async def test_a_reader_of_another_record_is_not_shown(desk: Desk) -> None:
    offer, _ = registered(desk)
    reported = (await desk.client(Authorization=f"Offer {offer}").get("/onboarding/readers")).json()
    assert reported == {"disclosed": True, "readers": []}


async def test_where_the_law_forbids_telling_nothing_is_disclosed_and_that_is_recorded_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = replace(load_profiles()["sandbox"], show_readers_to_tenant=False)
    monkeypatch.setattr(record_readers, "profile_for", lambda _unit: silent)
    offer, record = registered(desk)
    officer = await desk.signed_in("officer")
    await officer.post(f"/registrations/{record}/openings", json={"purpose": "a secret enquiry"})
    for _ in range(2):
        reported = await desk.client(Authorization=f"Offer {offer}").get("/onboarding/readers")
        assert reported.json() == {"disclosed": False, "readers": []}
    with desk.gateway.database.reading() as session:
        rows = session.scalars(select(Disclosure).where(Disclosure.purpose == WITHHELD)).all()
    assert len(rows) == 1


async def test_nothing_is_shown_where_the_log_cannot_be_written(desk: Desk) -> None:
    _, record = registered(desk)
    officer = await desk.signed_in("officer")
    with desk.gateway.database.writing() as session:
        session.execute(text("DROP TABLE disclosures"))
    answer = await officer.post(f"/registrations/{record}/openings", json={"purpose": "a complaint"})
    assert (answer.status_code, answer.json()["code"]) == (503, "disclosure_blocked")
    assert "Anna" not in answer.text


async def test_the_stream_ends_without_a_record_where_the_log_cannot_be_written(desk: Desk) -> None:
    _, token = await consumer_token(desk, rows_a_day=1_000_000)
    registered(desk)
    with desk.gateway.database.writing() as session:
        session.execute(text("ALTER TABLE disclosures RENAME COLUMN leaf TO lost"))
    async with served(desk) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/feed", headers={"Authorization": f"Bearer {token}"})
    assert "data:" not in answer.text


async def test_anyone_holding_a_head_can_verify_the_log_from_afar(desk: Desk, tmp_path: Path) -> None:
    _, record = registered(desk)
    officer, anybody = await desk.signed_in("officer"), desk.client()
    assert (await anybody.get("/log/head")).status_code == 404
    for purpose in ("first", "second", "third"):
        await officer.post(f"/registrations/{record}/openings", json={"purpose": purpose})
    head = tmp_path / "head.json"
    head.write_text((await anybody.get("/log/head")).text)
    await officer.post(f"/registrations/{record}/openings", json={"purpose": "fourth"})
    async with served(desk) as url:
        gateway = url.removesuffix("/api/v1")
        assert await audited(gateway, head) == 0
        with desk.gateway.database.writing() as session:
            session.execute(text("UPDATE disclosures SET purpose = 'another', leaf = x'00' WHERE seq = 1"))
        assert await audited(gateway, head) == 1


async def audited(gateway: str, head: Path) -> int:
    """Exit code of `lodgekey audit verify` against a running gateway."""
    command = ["audit", "verify", "--head", str(head), "--url", gateway]
    done = await asyncio.to_thread(CliRunner().invoke, app, command)
    return done.exit_code


async def test_a_proof_from_nothing_or_beyond_the_log_is_refused(desk: Desk) -> None:
    _, record = registered(desk)
    officer = await desk.signed_in("officer")
    await officer.post(f"/registrations/{record}/openings", json={"purpose": "a complaint"})
    for size in ("0", "-1", "2", "x"):
        assert (await desk.client().get("/log/consistency", params={"from": size})).status_code == 422, size
