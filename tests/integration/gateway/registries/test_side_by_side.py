"""What each authority of a unit received, side by side: for the landlord, the officer and the tenant."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Accepted, Refused
from gateway.journey.filings.answers import record_registry_answer
from gateway.store import Account, Registration, Unit
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


def registries(*given: tuple[str, dict[str, str]]) -> dict[str, Any]:
    """The body that lists these registries with their facts."""
    return {"registries": [{"registry": name, "facts": facts} for name, facts in given]}


NEW_UNIT: dict[str, Any] = {
    "code": "DW-900", "label": "Room 900", "address": "Calle 9", "area": "280100", "timezone": "Europe/Madrid",
    "jurisdiction": "es",
}  # fmt: skip
ES = ("es", {"registered_as": "0000000456", "landlord.registered_as": "0000000123"})


async def test_a_landlord_creates_a_unit_that_reports_to_several_registries(desk: Desk) -> None:
    landlord = await desk.signed_in("landlord")
    made = await landlord.post("/units", json=NEW_UNIT | registries(ES, ("webhook", {})))
    assert (made.status_code, made.json()["registries"]) == (201, ["es", "webhook"])
    facts = (await landlord.get(f"/units/{made.json()['id']}/facts")).json()["unit"]
    assert facts["es:registered_as"] == "0000000456"
    again = await landlord.post("/units", json=NEW_UNIT | registries(ES))
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ((("es", {}),), "registered_as"),
        ((("nowhere", {}),), "sandbox"),
        ((("webhook", {}), ("webhook", {})), "once"),
        ((ES, ("webhook", {"no_such": "x"})), "no_such"),
        ((), "registries"),
    ],
)
async def test_registries_that_cannot_be_reported_to_are_refused_with_a_reason(
    desk: Desk, given: tuple[tuple[str, dict[str, str]], ...], reason: str
) -> None:
    landlord = await desk.signed_in("landlord")
    made = await landlord.post("/units", json=NEW_UNIT | registries(*given))
    changed = await landlord.put(f"/units/{desk.world.unit_id}/registries", json=registries(*given))
    for answer in (made, changed):
        assert (answer.status_code, reason in answer.text) == (422, True), answer.text
    assert [unit["registries"] for unit in (await landlord.get("/units")).json()] == [["sandbox", "webhook"]]


async def test_a_registry_is_added_and_put_first_and_one_in_use_is_not_left_out(desk: Desk) -> None:
    landlord, path = await desk.signed_in("landlord"), f"/units/{desk.world.unit_id}/registries"
    added = await landlord.put(path, json=registries(ES, ("webhook", {}), ("sandbox", {})))
    assert (added.status_code, added.json()["registries"]) == (200, ["es", "webhook", "sandbox"])
    in_use = await landlord.put(path, json=registries(("sandbox", {})))
    assert (in_use.status_code, "webhook" in in_use.json()["detail"]) == (409, True)
    unused = await landlord.put(path, json=registries(("sandbox", {}), ("webhook", {})))
    assert unused.json()["registries"] == ["sandbox", "webhook"]
    assert len(records(desk)) == 2


async def test_only_an_owner_among_the_staff_changes_the_registries(desk: Desk) -> None:
    with desk.gateway.database.writing() as session:
        session.scalars(select(Account).where(Account.login == "landlord")).one().staff = "desk"
    landlord = await desk.signed_in("landlord")
    answers = [
        await landlord.post("/units", json=NEW_UNIT | registries(ES)),
        await landlord.put(f"/units/{desk.world.unit_id}/registries", json=registries(("sandbox", {}))),
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
