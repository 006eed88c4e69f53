"""A stateless person at eVisitor and eTurizem: through the door, registered by the landlord by hand, and settled."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.registries import registry_title
from gateway.store import Disclosure, Key, Registration, RegistrationPerson
from tests.contract.registry_simulators import SimulatedRegistry, running_registry
from tests.parts.desk import Desk
from tests.parts.office import Office, landlord_token, open_office
from tests.parts.world import FIELDS, World

STATELESS = {"nationality": "XXA"}
Simulator = tuple[str, SimulatedRegistry]


@pytest.fixture(scope="module", params=["hr", "si"])
def simulator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with running_registry(request.param, tmp_path_factory.mktemp(request.param)) as running:
        yield request.param, running


@pytest.fixture
async def office(world: World, simulator: Simulator) -> AsyncIterator[Office]:
    name, running = simulator
    async with open_office(world, name, settings_of(running), running.facts) as opened:
        yield opened


@pytest.fixture
async def desk(world: World, office: Office, simulator: Simulator) -> AsyncIterator[Desk]:
    assert office.world is world
    made = Desk.over(world, registries={simulator[0]: settings_of(simulator[1])})
    yield made
    await made.close()


def settings_of(running: SimulatedRegistry) -> dict[str, str]:
    return {key: text for key, text in running.settings.items() if text}


def filed_at(simulator: Simulator) -> int:
    return len(simulator[1].books())


def token_of_first(desk: Desk) -> str:
    with desk.gateway.database.reading() as session:
        row = session.scalars(select(Registration).order_by(Registration.created_at, Registration.number)).first()
        assert row is not None
        return landlord_token(desk.world, row.stay.offers[0].id)


async def test_a_stateless_person_is_let_in_registered_by_hand_and_settled(
    office: Office, desk: Desk, simulator: Simulator
) -> None:
    before = filed_at(simulator)
    stay = office.tenant("", STATELESS)
    office.tenant(stay, {"given_names": "Anna"})
    await office.settled()
    assert sorted(office.states()) == [("check_in", "accepted"), ("check_in", "by_hand")]
    assert filed_at(simulator) == before + 1
    with desk.gateway.database.reading() as session:
        assert len(session.scalars(select(Key)).all()) == 2
    case = next(row for row in office.rows() if row.state == "by_hand")
    landlord = await desk.signed_in("landlord")
    listed: list[dict[str, Any]] = (await landlord.get("/registrations/attention")).json()
    assert [(row["id"], row["code"], row["actions"]) for row in listed] == [
        (case.id, "no_citizenship", ["register_by_hand", "correct"])
    ]
    address = f"/registrations/{case.id}/outcome"
    assert (await landlord.post(address, json={"outcome": "accepted"})).status_code == 422
    assert (await landlord.post(address, json={"outcome": "not_received"})).status_code == 409
    settled = await landlord.post(address, json={"outcome": "accepted", "receipt": "at the office, 29 November"})
    assert (settled.status_code, settled.json()["state"], settled.json()["code"]) == (
        200, "accepted", "registered_by_hand",
    )  # fmt: skip
    assert (await landlord.get("/registrations/attention")).json() == []
    office.end(stay)
    await office.settled()
    assert sorted(office.states())[2:] == [("check_out", "accepted"), ("check_out", "by_hand")]
    assert filed_at(simulator) == before + 2


async def test_the_pages_of_landlord_and_tenant_say_what_it_means(
    office: Office, desk: Desk, simulator: Simulator
) -> None:
    office.tenant("", STATELESS)
    (case,) = office.rows()
    landlord = await desk.signed_in("landlord")
    page = (await landlord.get(f"http://testserver/landlord/filings/{case.id}")).text
    title = registry_title(simulator[0])
    assert f"The interface of {title} does not take this report" in page
    assert "does not take a person without a citizenship" in page
    assert 'value="not_received"' not in page
    stay = (await landlord.get(f"http://testserver/landlord/stays/{case.stay_id}")).text
    assert "to be registered by hand" in stay
    tenant = desk.client(Cookie=f"lodgekey_offer={token_of_first(desk)}")
    said = (await tenant.get("http://testserver/key?lang=es")).text
    assert f"{title} no puede recibir este registro por internet" in said


async def test_the_data_to_enter_are_shown_until_it_is_registered_and_the_reading_is_logged(
    office: Office, desk: Desk, simulator: Simulator
) -> None:
    office.tenant("", STATELESS | {"given_names": "Anna"})
    (case,) = office.rows()
    landlord, address = await desk.signed_in("landlord"), f"http://testserver/landlord/filings/{case.id}"
    page = (await landlord.get(address)).text
    assert f"/landlord/filings/{case.id}/data" in page
    assert "would reject" not in page
    shown = await landlord.get(f"{address}/data?lang=en")
    assert shown.status_code == 200
    for entry in ("Anna", FIELDS["birth_date"], "Stateless person", str(simulator[1].facts["unit.registered_as"])):
        assert entry in shown.text
    with desk.gateway.database.reading() as session:
        read = select(func.count()).select_from(Disclosure).where(Disclosure.purpose == "filing_by_hand")
        assert session.scalar(read) == 1
    settled = await landlord.post(f"/registrations/{case.id}/outcome", json={"outcome": "accepted", "receipt": "7"})
    assert settled.status_code == 200
    assert (await landlord.get(f"{address}/data")).status_code == 404
    assert f"{case.id}/data" not in (await landlord.get(address)).text


async def test_a_refused_record_can_be_registered_by_hand_with_the_data_of_its_people(
    office: Office, desk: Desk
) -> None:
    office.tenant("", {"given_names": "Anna"})
    await office.settled()
    (case,) = office.rows()
    landlord, address = await desk.signed_in("landlord"), f"http://testserver/landlord/filings/{case.id}"
    assert (await landlord.get(f"{address}/data")).status_code == 404, "accepted"
    with desk.gateway.database.writing() as session:
        row = session.get_one(Registration, case.id)
        row.state, row.receipt, row.answer_code = "refused", None, "X1"
        query = select(RegistrationPerson.person_id).where(RegistrationPerson.registration_id == case.id)
        people = session.scalars(query).all()
    page = (await landlord.get(f"{address}?lang=en")).text
    assert "If a correction does not help" in page
    shown = (await landlord.get(f"{address}/data?lang=en")).text
    assert (shown.count("Anna"), len(people)) == (1, 1)
    settled = await landlord.post(f"/registrations/{case.id}/outcome", json={"outcome": "accepted", "receipt": "7"})
    assert settled.json()["code"] == "registered_by_hand"
