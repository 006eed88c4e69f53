"""What each authority of a unit received, side by side: for the landlord, the officer and the tenant."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Accepted, Refused
from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.filings.parties import close_party
from gateway.journey.filings.records import file_again
from gateway.store import Account, Registration, Stay, Unit
from tests.contract.registry_simulators import SimulatedRegistry, running_registry
from tests.integration.gateway.registries.test_parties import CHILD
from tests.parts.desk import Desk
from tests.parts.office import Office, open_office_at
from tests.parts.world import FIELDS, World, report_to

# The police and the tourism statistics of Italy; China's service and a receiver of webhooks beside it.
PAIRS = (("it", "ross1000"), ("cn", "webhook"))
Pair = dict[str, SimulatedRegistry]


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


@pytest.fixture(scope="module", params=PAIRS, ids="-".join)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The two running simulators by name, the unit's first registry first."""
    with ExitStack() as stack:
        folders = {name: tmp_path_factory.mktemp(name) for name in request.param}
        yield {name: stack.enter_context(running_registry(name, folder)) for name, folder in folders.items()}


@pytest.fixture
async def office(world: World, pair: Pair) -> AsyncIterator[Office]:
    for running in pair.values():
        running.set_behaviour("normal")
    both = {name: (running.adapter_settings, running.facts) for name, running in pair.items()}
    async with open_office_at(world, both) as opened:
        yield opened


def at(office: Office, name: str) -> list[Registration]:
    """The records at one registry, of those that were not replaced before they were sent."""
    return [row for row in office.rows() if row.registry_name == name and row.state != "not_due"]


async def family(office: Office) -> str:
    """An adult and a child come together; the stay."""
    stay = office.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"}, others_follow=True)
    office.tenant(stay, CHILD | {"id_number": "XR9001R58", "document_kind": "passport"})
    with office.world.database.writing() as session:
        close_party(session, session.get_one(Stay, stay), int(time.time()))
    await office.settled()
    return stay


@pytest.mark.slow
async def test_a_family_is_filed_changed_and_checked_out_at_each_of_them_by_itself(office: Office, pair: Pair) -> None:
    first, second = pair
    pair[second].set_behaviour("silent", times=1)  # its answer is lost, and it is safe to send again
    stay = await family(office)
    assert {row.state for row in office.rows()} <= {"accepted", "not_due"}, office.states()
    receipts = {name: {row.receipt for row in at(office, name)} for name in pair}
    assert all(receipts.values())
    assert not receipts[first] & receipts[second]
    assert None not in receipts[first] | receipts[second]
    pair[first].set_behaviour("refuse")
    office.correct(stay, id_number="XR9002R58")
    await office.settled()
    assert [at(office, name)[-1].state for name in pair] == ["refused", "accepted"]
    assert any("XR9002R58" in str(row["body"]) for row in pair[second].books()) == (second != "ross1000")
    pair[first].set_behaviour("normal")
    refused = at(office, first)[-1]
    with office.world.database.writing() as session:
        file_again(session, session.get_one(Registration, refused.id), office.world.keyring, int(time.time()))
    await office.settled()
    assert at(office, first)[-1].state == "accepted"
    assert any("XR9002R58" in str(row["body"]) for row in pair[first].books())
    office.end(stay)
    await office.settled()
    assert at(office, second)[-1].kind == "check_out"
    assert [row.state for name in pair for row in at(office, name)].count("refused") == 1


@pytest.mark.slow
async def test_each_has_its_own_deadline_and_landlord_and_officer_see_both(office: Office, pair: Pair) -> None:
    stay = await family(office)
    due = {name: {row.deadline_at for row in at(office, name)} for name in pair}
    assert None not in due["it" if "it" in due else "cn"]
    assert ("it" not in due) or due["it"].isdisjoint(due["ross1000"]), "hours for the police, a month for the region"
    desk = Desk.over(office.world)
    try:
        landlord, officer = await desk.signed_in("landlord"), await desk.signed_in("officer")
        listed = (await landlord.get(f"/stays/{stay}")).json()["registrations"]
        assert [name for name in pair if name in {one["registry"] for one in listed}] == list(pair)
        last = at(office, list(pair)[-1])[-1]
        page = (await officer.get(f"http://testserver/officer/filings/{last.id}")).text
        for name in pair:
            assert str(at(office, name)[-1].receipt) in page
    finally:
        await desk.close()
