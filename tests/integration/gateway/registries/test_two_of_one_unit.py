"""One unit and two authorities, each simulated by a process of its own: what one does changes nothing at the other."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from gateway.journey.filings.parties import close_party
from gateway.journey.filings.records import file_again
from gateway.store import Registration, Stay
from tests.contract.registry_simulators import SimulatedRegistry, running_registry
from tests.integration.gateway.registries.test_parties import CHILD
from tests.parts.desk import Desk
from tests.parts.office import Office, open_office_at
from tests.parts.world import World

pytestmark = pytest.mark.slow

# The police and the tourism statistics of Italy; China's service and a receiver of webhooks beside it.
PAIRS = (("it", "ross1000"), ("cn", "webhook"))
Pair = dict[str, SimulatedRegistry]


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
