"""A landlord corrects what the registry takes of the unit: what was refused for it goes out again."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Accepted, Refused
from gateway.journey.alerts import Readers, find_alerts, watch_alerts
from gateway.journey.filings.answers import record_registry_answer
from gateway.store import AlertSubscription, Delivery, Landlord, Registration, Unit
from tests.parts.desk import Desk
from tests.parts.world import FIELDS, World, report_to

SPAIN = {"es": {"url": "http://127.0.0.1:9/x", "token": "t", "user": "u", "landlord": "0000000001"}}
HERE = {
    "person.residence.street": "Keizersgracht 1",
    "person.residence.postal_code": "1015 CJ",
    "person.residence.municipality": "Amsterdam",
    "person.residence.country": "NLD",
    "person.phone": "+31201234567",
}
HOUR = 3600


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    made = Desk.over(world, registries=SPAIN)
    with made.gateway.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        unit.jurisdiction, unit.timezone = "es", "Europe/Madrid"
        report_to(unit, "es")
        session.get_one(Landlord, world.landlord_id).registry_facts = {"registered_as": "0000000001"}
    yield made
    await made.close()


def check_in(desk: Desk, answer: Accepted | Refused) -> None:
    token = desk.world.offer()
    desk.world.consent(token)
    desk.world.show(token, fields=FIELDS | HERE)
    with desk.gateway.database.writing() as session:
        record_registry_answer(session, filings(desk)[-1].id, answer, desk.world.now)


def filings(desk: Desk) -> list[Registration]:
    with desk.gateway.database.reading() as session:
        return list(session.scalars(select(Registration).order_by(Registration.created_at, Registration.number)))


def states(desk: Desk) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in filings(desk)]


def of_unit() -> Refused:
    return Refused("missing", None, {"field": "unit.registered_as"})


async def test_the_missing_number_of_a_unit_is_given_and_the_refused_record_goes_out_again(desk: Desk) -> None:
    check_in(desk, of_unit())
    landlord = await desk.signed_in("landlord")
    facts = f"/units/{desk.world.unit_id}/facts"
    assert (await landlord.get(facts)).json()["unit"] == {"registered_as": "", "bookings": ""}
    answer = await landlord.post(facts, json={"unit": {"registered_as": "0000123456"}})
    assert (answer.status_code, answer.json()["filed"]) == (200, 1)
    assert states(desk) == [("check_in", "refused"), ("check_in", "queued")]


async def test_an_accepted_record_of_a_running_stay_is_changed_where_the_authority_takes_changes(desk: Desk) -> None:
    with desk.gateway.database.writing() as session:
        report_to(session.get_one(Unit, desk.world.unit_id), "es", facts={"registered_as": "0000123456"})
    check_in(desk, Accepted("r-1", "0" * 64, desk.world.now))
    landlord = await desk.signed_in("landlord")
    answer = await landlord.post(f"/units/{desk.world.unit_id}/facts", json={"unit": {"registered_as": "0000654321"}})
    assert answer.json()["filed"] == 1
    assert states(desk) == [("check_in", "accepted"), ("annulment", "queued"), ("check_in", "queued")]


@pytest.mark.parametrize(
    "body",
    [
        {"unit": {"registered_as": "x" * 60}},
        {"unit": {"code": "DW-1"}},
        {"unit": {"nothing_like_it": "x"}},
        {"address": " "},
    ],
)
async def test_what_the_registry_refuses_or_nobody_takes_is_not_saved(desk: Desk, body: dict[str, object]) -> None:
    check_in(desk, of_unit())
    landlord = await desk.signed_in("landlord")
    assert (await landlord.post(f"/units/{desk.world.unit_id}/facts", json=body)).status_code == 422
    with desk.gateway.database.reading() as session:
        unit = session.get_one(Unit, desk.world.unit_id)
        assert (unit.destinations[0].registry_facts, unit.address) == ({}, "Harbour Street 101")
    assert len(filings(desk)) == 1


async def test_the_page_of_the_unit_keeps_what_was_typed(desk: Desk) -> None:
    landlord, page = await desk.signed_in("landlord"), f"http://testserver/landlord/units/{desk.world.unit_id}"
    form = {"address": "Calle Mayor 1", "unit.registered_as": "y" * 60}
    again = await landlord.post(f"{page}/facts", data=form)
    assert (again.status_code, "y" * 60 in again.text) == (422, True)
    done = await landlord.post(f"{page}/facts", data=form | {"unit.registered_as": "0000123456"})
    assert done.headers["location"].endswith("?done=unit.facts_saved")
    assert 'value="0000123456"' in (await landlord.get(page)).text


async def test_another_landlords_unit_is_not_found(desk: Desk) -> None:
    owner, _ = desk.world.add_unit("999", None)
    desk.add_account("neighbour", "landlord", landlord_id=owner)
    neighbour = await desk.signed_in("neighbour")
    assert (await neighbour.post(f"/units/{desk.world.unit_id}/facts", json={})).status_code == 404


def alerts(desk: Desk) -> list[tuple[str, int]]:
    with desk.gateway.database.reading() as session:
        found = find_alerts(session, Readers([desk.world.landlord_id]), desk.world.now)[desk.world.landlord_id]
    return [(alert.code, alert.number) for alert in found if alert.code.startswith("filing")]


async def test_a_refusal_and_each_deadline_is_one_alert_to_the_landlord_until_it_is_mended(desk: Desk) -> None:
    with desk.gateway.database.writing() as session:
        codes = ["filing_refused", "filing_due", "filing_late"]
        subscribed = {"id": desk.world.landlord_id, "landlord_id": desk.world.landlord_id}
        row = AlertSubscription(**subscribed, codes=codes, language="en", email="o@example.org")
        session.add(row)
    check_in(desk, of_unit())
    begin, counts = desk.world.now, []
    for hours in (0, 0, 19, 23, 25):
        desk.world.now = begin + hours * HOUR
        with desk.gateway.database.writing() as session:
            counts.append(watch_alerts(session, desk.world.now))
    assert counts == [1, 0, 1, 0, 1]
    assert alerts(desk) == [("filing_refused", 0), ("filing_late", 0)]
    with desk.gateway.database.reading() as session:
        bodies = [row.body for row in session.scalars(select(Delivery).where(Delivery.work == "mail_alert"))]
    assert [set(body or {}) for body in bodies] == [{"code", "unit", "number", "at"}] * 3
    landlord = await desk.signed_in("landlord")
    await landlord.post(f"/units/{desk.world.unit_id}/facts", json={"unit": {"registered_as": "0000123456"}})
    assert [code for code, _ in alerts(desk)] == ["filing_late"], "the record sent in its place is late too"
