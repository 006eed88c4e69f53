"""A registry whose records are kept: it settles without a network, beside one that is sent, and its form is printed."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.filings.sealed_records import open_record, parts_of
from gateway.registries import open_registry
from gateway.store import Delivery, Disclosure, Registration, Unit
from tests.parts.desk import Desk
from tests.parts.office import open_office
from tests.parts.world import FIELDS, World, report_to

HOME = {
    "person.residence.street": "5 Main Street",
    "person.residence.municipality": "New York",
    "person.residence.country": "USA",
}
FACTS = {"unit.jurisdiction": "de", "unit.timezone": "Europe/Berlin", **HOME}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any request over HTTP is an error."""

    async def refuse(*_: Any, **__: Any) -> httpx.Response:
        raise AssertionError("a kept record was sent")

    monkeypatch.setattr(httpx.AsyncClient, "send", refuse)


@pytest.mark.usefixtures("no_network")
async def test_a_kept_record_is_settled_by_the_relay_without_a_network(world: World) -> None:
    async with open_office(world, "de", {}, FACTS) as office:
        office.tenant()
        await office.settled()
        (row,) = office.rows()
    assert row.state == "accepted"
    assert re.fullmatch(r"kept-BMG30-[0-9a-f]{16}", row.receipt or "")
    with world.database.reading() as session:
        assert session.scalar(select(Delivery.state).where(Delivery.work == "submit")) == "done"


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    made = Desk.over(world, registries={"de": {}})
    with made.gateway.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        unit.jurisdiction, unit.timezone = "de", "Europe/Berlin"
        report_to(unit, "de", "sandbox")
    yield made
    await made.close()


async def came(desk: Desk) -> dict[str, Registration]:
    """A guest whose form was made; the stay's records by registry."""
    token = desk.world.offer()
    desk.world.consent(token)
    desk.world.show(token, fields={**FIELDS, **HOME})
    registry = open_registry("de", {}, desk.world.clock)
    with desk.gateway.database.writing() as session:
        rows = {row.registry_name: row for row in session.scalars(select(Registration))}
        parts = parts_of(session, [rows["de"].id])[rows["de"].id]
        record = open_record(parts, desk.world.keyring.vault)
        record_registry_answer(session, rows["de"].id, await registry.submit(record), desk.world.now)
        return rows


async def test_a_kept_record_is_settled_beside_one_that_waits_for_its_registry(desk: Desk) -> None:
    rows = await came(desk)
    assert {name: row.state for name, row in rows.items()} == {"de": "accepted", "sandbox": "queued"}


async def test_the_landlord_prints_the_form_and_the_reading_is_logged(desk: Desk) -> None:
    record = (await came(desk))["de"].id
    landlord, page = await desk.signed_in("landlord"), f"http://testserver/landlord/filings/{record}"
    assert f"/landlord/filings/{record}/form" in (await landlord.get(page)).text
    text = (await landlord.get(f"{page}/form")).text
    for entry in ("Seriennummer des Passes", FIELDS["id_number"], "5 Main Street", "Unterschrift"):
        assert entry in text
    with desk.gateway.database.reading() as session:
        query = select(func.count()).select_from(Disclosure)
        assert session.scalar(query.where(Disclosure.purpose == "filing_form")) == 1


async def test_a_record_that_is_sent_has_no_form(desk: Desk) -> None:
    record = (await came(desk))["sandbox"].id
    landlord, page = await desk.signed_in("landlord"), f"http://testserver/landlord/filings/{record}"
    assert f"{record}/form" not in (await landlord.get(page)).text
    assert (await landlord.get(f"{page}/form")).status_code == 404
