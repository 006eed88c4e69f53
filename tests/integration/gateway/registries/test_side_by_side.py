"""What each authority of a unit was told, side by side: for the landlord, the officer and the tenant."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Accepted, Refused
from gateway.journey.filings.answers import record_registry_answer
from gateway.store import Registration, Unit
from tests.parts.desk import Desk
from tests.parts.world import FIELDS, World, report_to


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    """A tenant whose record the sandbox accepted and the webhook's receiver refused."""
    made = Desk.over(world)
    with world.database.writing() as session:
        report_to(session.get_one(Unit, world.unit_id), "sandbox", "webhook")
    token = world.offer()
    world.consent(token)
    world.show(token, fields=FIELDS)
    with world.database.writing() as session:
        for row in session.scalars(select(Registration)).all():
            taken = row.registry_name == "sandbox"
            answer = Accepted("R-7", "0" * 64, world.now) if taken else Refused("no", "Not from this landlord.")
            record_registry_answer(session, row.id, answer, world.now)
    yield made
    await made.close()


def records(desk: Desk) -> dict[str, Registration]:
    """The stay's records by registry."""
    with desk.gateway.database.reading() as session:
        return {row.registry_name: row for row in session.scalars(select(Registration))}


async def test_the_landlords_stay_shows_each_registry_with_its_own_state(desk: Desk) -> None:
    landlord, stay = await desk.signed_in("landlord"), records(desk)["sandbox"].stay_id
    filed = (await landlord.get(f"/stays/{stay}")).json()["registrations"]
    assert [(one["registry"], one["state"]) for one in filed] == [("sandbox", "accepted"), ("webhook", "refused")]
    text = (await landlord.get(f"http://testserver/landlord/stays/{stay}")).text
    assert text.index("<h3>Sandbox") < text.index("R-7") < text.index("<h3>Webhook")
    assert text.index("<h3>Webhook") < text.index("Not from this landlord.")


async def test_the_officers_page_of_a_filing_lists_the_others_of_the_stay(desk: Desk) -> None:
    officer, row = await desk.signed_in("officer"), records(desk)["webhook"]
    text = (await officer.get(f"http://testserver/officer/filings/{row.id}")).text
    assert f"/officer/filings/{records(desk)['sandbox'].id}" in text
    assert "R-7" in text


async def test_the_unit_of_the_landlord_lists_its_registries_in_order(desk: Desk) -> None:
    landlord = await desk.signed_in("landlord")
    assert [unit["registries"] for unit in (await landlord.get("/units")).json()] == [["sandbox", "webhook"]]
