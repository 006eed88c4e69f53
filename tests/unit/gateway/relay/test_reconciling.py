"""The daily comparison with a registry that lost a record, has another, or cannot be asked."""

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Accepted, Answer
from gateway.domain.stays.stay import Window
from gateway.journey.filings import reconciling
from gateway.journey.filings.answers import settle_outcome
from gateway.relay.reconciling import Reconciliation
from gateway.relay.registries import LEASED, RegistrySenders
from gateway.store import Registration
from gateway.supervision import Rounds
from tests.parts.registry import MemoryRegistry
from tests.parts.relaying import relaying
from tests.parts.world import DAY, World


class Renumbered(MemoryRegistry):
    """A registry that has every record under another receipt."""

    async def poll(self, reference: str) -> Answer:
        """The record, as renumbered."""
        self.asked.append(reference)
        return Accepted("R-other", "b" * 64, 0)


def rows(world: World) -> list[Registration]:
    with world.database.reading() as session:
        return list(session.scalars(select(Registration).order_by(Registration.id)))


async def send(world: World, registry: MemoryRegistry) -> None:
    """Deliver what is owed until the registry has accepted everything; an hour passes."""
    senders = RegistrySenders(world.database, world.keyring.vault, {"sandbox": registry}, world.clock)
    async with relaying(world, senders.table(), leased=LEASED) as commits:
        await commits.until(lambda: {row.state for row in rows(world)} == {"accepted"})
    world.now += 2 * reconciling.SETTLED_FOR


def comparing(world: World, registry: MemoryRegistry) -> Reconciliation:
    return Reconciliation(world.database, {"sandbox": registry}, world.clock)


async def test_a_lost_record_becomes_a_case_and_goes_out_again_when_a_person_says_so(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    await send(world, registry)
    assert await comparing(world, registry).compare(Rounds()) == 0
    registry.sent.clear()
    assert await comparing(world, registry).compare(Rounds()) == 1
    assert [(row.state, row.answer_code) for row in rows(world)] == [("unknown", "registry_holds_nothing")]
    assert await comparing(world, registry).compare(Rounds()) == 0
    with world.database.writing() as session:
        row = session.scalars(select(Registration)).one()
        settle_outcome(session, row, "not_received", "", "officer:o", world.now)
    await send(world, registry)
    assert [record.reference for record in registry.sent] == [rows(world)[0].id]


async def test_another_receipt_is_a_difference(world: World) -> None:
    world.tenant()
    await send(world, MemoryRegistry())
    assert await comparing(world, Renumbered()).compare(Rounds()) == 1
    assert [(row.answer_code, row.answer_args) for row in rows(world)] == [
        ("registry_holds_another", {"receipt": "R-other"})
    ]


async def test_one_that_cannot_be_asked_is_not_asked_and_one_that_is_down_changes_nothing(world: World) -> None:
    world.tenant()
    await send(world, MemoryRegistry())
    silent = MemoryRegistry(can_be_queried=False)
    assert (await comparing(world, silent).compare(Rounds()), silent.asked) == (0, [])
    assert [row.state for row in rows(world)] == ["accepted"]


async def test_every_page_is_compared_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "PAGE", 2)
    registry, window = MemoryRegistry(), world.window()
    for _ in range(5):
        world.tenant(window)
        window = Window(window.end, window.end + DAY)
    await send(world, registry)
    assert await comparing(world, registry).compare(Rounds()) == 0
    assert registry.asked == [row.id for row in rows(world)]
