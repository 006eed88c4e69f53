"""The daily comparison with the simulated registries that can be asked: what somebody else did there becomes a case."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from gateway.domain.filings.record import Registry
from gateway.journey.filings import reconciling
from gateway.journey.filings.answers import FoundOut
from gateway.registries import open_registry
from gateway.relay.reconciling import Reconciliation
from gateway.store import Registration
from gateway.supervision import Rounds
from gateway.texts.outcomes import answer_text
from tests.contract.registry_simulators import SimulatedRegistry
from tests.parts.office import Office, open_office
from tests.parts.world import DAY, World

ASKED = ["sandbox", "cn", "es", "hr"]
compared_at = pytest.mark.parametrize("simulator", ASKED, indirect=True, scope="module")
# not at eVisitor: whether its list of those who are there has one that was cancelled a moment ago is not public
annulled_at = pytest.mark.parametrize("simulator", ASKED[:3], indirect=True, scope="module")
GUEST = {"given_names": "Anna", "surname": "Voorbeeld"}
SURNAME = {"sandbox": "Voorbeeld", "cn": "VOORBEELD", "es": "Voorbeeld", "hr": "Voorbeeld"}  # as each registry has it


@dataclass
class Compared:
    """An office, its registry's simulator and the comparison with it."""

    office: Office
    simulator: SimulatedRegistry
    registry: Registry
    name: str

    async def differing(self) -> int:
        """Compare as on the next day; how many records differ."""
        world = self.office.world
        with world.database.writing() as session:
            session.execute(update(Registration).values(answered_at=Registration.answered_at - 2 * 3600))
        reconciliation = Reconciliation(
            world.database, world.keyring.vault, {self.name: self.registry}, lambda: int(time.time())
        )
        return await reconciliation.compare(Rounds())

    def settle(self, row: Registration, outcome: FoundOut) -> None:
        """An officer decides about a case."""
        world = self.office.world
        with world.database.writing() as session:
            stored = session.get_one(Registration, row.id)
            receipt = stored.receipt or ""
            reconciling.settle(session, stored, outcome, receipt, "officer:o", world.keyring, int(time.time()))

    def case(self) -> tuple[str | None, str | None]:
        """The code and the sentence of the one record whose outcome is unknown."""
        (row,) = [row for row in self.office.rows() if row.state == "unknown"]
        return row.answer_code, answer_text("en", row.answer_code, row.answer_text, row.answer_args)

    def held(self) -> list[str]:
        """The receipts that the registry has in force."""
        return [row["receipt"] for row in self.simulator.books() if row["state"] == "accepted"]


@pytest.fixture
async def compared(world: World, simulator: tuple[str, SimulatedRegistry]) -> AsyncIterator[Compared]:
    name, running = simulator
    settings = running.adapter_settings
    registry = open_registry(name, settings, lambda: int(time.time()))
    async with open_office(world, name, settings, running.facts) as office:
        yield Compared(office, running, registry, name)
    await registry.close()


async def filed(compared: Compared, *, begins: int = -3600) -> Registration:
    """One guest's accepted check-in, which the registry holds as it was filed."""
    compared.office.tenant("", GUEST, begins=begins)
    await compared.office.settled()
    (row,) = compared.office.rows()
    assert (row.state, row.receipt) == ("accepted", compared.held()[-1]), (row.answer_code, row.answer_text)
    assert await compared.differing() == 0
    return row


@compared_at
async def test_a_record_that_the_registry_lost(compared: Compared) -> None:
    row = await filed(compared)
    compared.simulator.alter(row.receipt or "", "lost")
    assert await compared.differing() == 1
    assert compared.case() == (
        "registry_holds_nothing",
        "the registry accepted this record but does not have it any more",
    )
    compared.settle(row, "not_received")
    await compared.office.settled()
    assert compared.office.states() == [("check_in", "refused"), ("check_in", "accepted")]
    assert compared.held()[-1] == compared.office.rows()[-1].receipt


@compared_at
async def test_a_record_that_somebody_cancelled_there(compared: Compared) -> None:
    row = await filed(compared)
    compared.simulator.alter(row.receipt or "", "cancelled")
    assert await compared.differing() == 1
    code, sentence = compared.case()
    assert (code, str(row.receipt) in (sentence or "")) == ("registry_cancelled", True)
    compared.settle(row, "not_received")
    await compared.office.settled()
    assert compared.office.states() == [("check_in", "refused"), ("check_in", "accepted")]
    assert compared.office.rows()[-1].receipt in compared.held()
    assert await compared.differing() == 0


@compared_at
async def test_a_record_that_somebody_changed_there(compared: Compared) -> None:
    row = await filed(compared)
    compared.simulator.alter(row.receipt or "", "rewritten", old=SURNAME[compared.name], new="ANDERS")
    assert await compared.differing() == 1
    code, sentence = compared.case()
    assert code == "registry_changed"
    assert "people[0].surname" in (sentence or "")
    compared.settle(row, "not_received")
    await compared.office.settled()
    kinds = {"es": [("annulment", "accepted"), ("check_in", "accepted")]}
    assert compared.office.states()[1:] == kinds.get(compared.name, [("change", "accepted")])
    assert await compared.differing() == 0


@compared_at
async def test_a_record_that_somebody_changed_there_and_that_is_right(compared: Compared) -> None:
    row = await filed(compared)
    compared.simulator.alter(row.receipt or "", "rewritten", old=SURNAME[compared.name], new="ANDERS")
    assert await compared.differing() == 1
    compared.settle(row, "accepted")
    assert await compared.differing() == 0
    assert compared.office.states() == [("check_in", "accepted")]


@annulled_at
async def test_a_record_that_we_annulled_and_the_registry_still_has(compared: Compared) -> None:
    row = await filed(compared, begins=DAY) if compared.name != "es" else await filed(compared)
    if compared.name == "es":
        compared.office.correct(row.stay_id, given_names="Annika")
    else:
        compared.office.end(row.stay_id)
    await compared.office.settled()
    assert compared.office.states()[1] == ("annulment", "accepted")
    assert await compared.differing() == 0
    compared.simulator.alter(row.receipt or "", "restored")
    assert await compared.differing() == 1
    code, sentence = compared.case()
    assert (code, str(row.receipt) in (sentence or "")) == ("registry_holds_annulled", True)
    annulment = compared.office.rows()[1]
    compared.settle(annulment, "not_received")
    await compared.office.settled()
    assert row.receipt not in compared.held()
    assert await compared.differing() == 0


@compared_at
async def test_a_stay_whose_tenant_was_erased_is_compared_by_its_receipt(compared: Compared) -> None:
    row = await filed(compared)
    world = compared.office.world
    world.keyring.vault.erase(row.person_id)
    assert await compared.differing() == 0
    compared.simulator.alter(row.receipt or "", "cancelled")
    assert await compared.differing() == 1
    with world.database.reading() as session:
        assert session.scalars(select(Registration.answer_code)).all() == ["registry_cancelled"]
