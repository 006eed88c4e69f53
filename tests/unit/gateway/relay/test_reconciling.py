"""The daily comparison with a registry that lost, changed or cancelled a record, or holds an annulled one."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Held, RegistryUnreachable
from gateway.domain.stays.stay import Window
from gateway.journey.alerts import Readers, find_alerts
from gateway.journey.filings import reconciling
from gateway.journey.filings.answers import FoundOut
from gateway.journey.stays import landlord
from gateway.registries.adapter import held
from gateway.relay import reconciling as relayed
from gateway.relay.reconciling import Reconciliation
from gateway.relay.registries import LEASED, RegistrySenders
from gateway.store import Delivery, Registration, Stay
from gateway.supervision import Rounds
from tests.parts.registry import MemoryRegistry
from tests.parts.relaying import relaying
from tests.parts.world import DAY, World

FOUND = held("R-other", cancelled=False, sent=None, found={})


def rows(world: World) -> list[Registration]:
    with world.database.reading() as session:
        return list(session.scalars(select(Registration).order_by(Registration.created_at, Registration.number)))


async def send(world: World, registry: MemoryRegistry) -> None:
    """Deliver what is owed until nothing waits; an hour passes."""
    senders = RegistrySenders(world.database, world.keyring.vault, {"sandbox": registry}, world.clock)
    async with relaying(world, senders.table(), leased=LEASED) as commits:
        await commits.until(lambda: not {row.state for row in rows(world)} & {"queued", "asking", "pending"})
    world.now += 2 * reconciling.SETTLED_FOR


def comparing(world: World, registry: MemoryRegistry) -> Reconciliation:
    return Reconciliation(world.database, world.keyring.vault, {"sandbox": registry}, world.clock)


def settle(world: World, row: Registration, outcome: FoundOut) -> None:
    with world.database.writing() as session:
        stored = session.get_one(Registration, row.id)
        reconciling.settle(session, stored, outcome, stored.receipt or "", "officer:o", world.keyring, world.now)


def delivery_of(world: World, row: Registration) -> tuple[str, str | None]:
    with world.database.reading() as session:
        query = select(Delivery.state, Delivery.outcome).where(Delivery.work == "submit", Delivery.about == row.id)
        state, outcome = session.execute(query).one()
        return state, outcome


async def test_a_lost_record_becomes_a_case_and_is_filed_anew_when_a_person_says_so(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    await send(world, registry)
    assert await comparing(world, registry).compare(Rounds()) == 0
    registry.sent.clear()
    assert await comparing(world, registry).compare(Rounds()) == 1
    assert [(row.state, row.answer_code) for row in rows(world)] == [("unknown", "registry_holds_nothing")]
    assert delivery_of(world, rows(world)[0]) == ("unknown", "registry_holds_nothing")
    assert await comparing(world, registry).compare(Rounds()) == 0
    settle(world, rows(world)[0], "not_received")
    await send(world, registry)
    lost, anew = rows(world)
    assert (lost.state, lost.refiled_id, anew.kind, anew.state) == ("refused", anew.id, "check_in", "accepted")
    assert [record.reference for record in registry.sent] == [anew.id]


async def test_another_receipt_is_a_difference(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    await send(world, registry)
    registry.changed[rows(world)[0].id] = FOUND
    assert await comparing(world, registry).compare(Rounds()) == 1
    assert [(row.answer_code, row.answer_args) for row in rows(world)] == [
        ("registry_holds_another", {"receipt": "R-other"})
    ]


def as_held(row: Registration, **changes: object) -> Held:
    """What the registry holds of a row, changed."""
    return replace(held(row.receipt or "", cancelled=False, sent=None, found={}), sha256="1" * 64, **changes)  # type: ignore[arg-type]


async def test_a_record_that_somebody_else_cancelled_is_filed_anew(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    await send(world, registry)
    (row,) = rows(world)
    registry.changed[row.id] = as_held(row, cancelled=True)
    assert await comparing(world, registry).compare(Rounds()) == 1
    assert rows(world)[0].answer_code == "registry_cancelled"
    settle(world, row, "not_received")
    await send(world, registry)
    assert [(row.kind, row.state, row.corrects_id) for row in rows(world)] == [
        ("check_in", "refused", None),
        ("check_in", "accepted", None),
    ]
    assert await comparing(world, registry).compare(Rounds()) == 0


async def test_a_record_that_somebody_else_changed_is_corrected(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    await send(world, registry)
    (row,) = rows(world)
    registry.changed[row.id] = as_held(row, differing=("people[0].surname", "stay.until_at"))
    assert await comparing(world, registry).compare(Rounds()) == 1
    (case,) = rows(world)
    assert (case.state, case.answer_code) == ("unknown", "registry_changed")
    assert case.answer_args == {"fields": "people[0].surname, stay.until_at", "count": 2}
    settle(world, row, "not_received")
    await send(world, registry)
    assert [(row.kind, row.state) for row in rows(world)] == [("check_in", "accepted"), ("change", "accepted")]
    assert registry.sent[-1].corrects == row.receipt


async def test_what_a_person_left_as_it_is_comes_back_only_as_another_difference(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    await send(world, registry)
    (row,) = rows(world)
    registry.changed[row.id] = as_held(row, differing=("people[0].surname",))
    assert await comparing(world, registry).compare(Rounds()) == 1
    settle(world, row, "accepted")
    world.now += 2 * reconciling.SETTLED_FOR
    assert await comparing(world, registry).compare(Rounds()) == 0
    assert rows(world)[0].state == "accepted"
    registry.changed[row.id] = replace(registry.changed[row.id], sha256="2" * 64)
    assert await comparing(world, registry).compare(Rounds()) == 1


async def test_what_was_annulled_and_is_still_held_is_annulled_again(world: World) -> None:
    registry = MemoryRegistry()
    begin = world.now + DAY
    world.tenant(Window(begin, begin + 3 * DAY))
    await send(world, registry)
    with world.database.writing() as session:
        landlord.end_stay(session, session.scalars(select(Stay)).one(), world.keyring, world.now)
    await send(world, registry)
    filed, annulment = rows(world)
    assert (annulment.kind, annulment.state) == ("annulment", "accepted")
    registry.changed[filed.id] = as_held(filed, cancelled=True)
    assert await comparing(world, registry).compare(Rounds()) == 0
    del registry.changed[filed.id]
    assert await comparing(world, registry).compare(Rounds()) == 1
    assert [row.answer_code for row in rows(world)] == [None, "registry_holds_annulled"]
    assert rows(world)[1].answer_args == {"receipt": filed.receipt}
    settle(world, annulment, "not_received")
    await send(world, registry)
    assert [(row.kind, row.state) for row in rows(world)][1:] == [("annulment", "refused"), ("annulment", "accepted")]
    assert [record.corrects for record in registry.sent if record.kind == "annulment"] == [filed.receipt] * 2


async def test_a_difference_is_an_alert_like_an_unknown_outcome(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    await send(world, registry)
    registry.sent.clear()
    await comparing(world, registry).compare(Rounds())
    assert world.events()[-1] == "OutcomeUnknown"
    readers = Readers(landlord_ids=[world.landlord_id])
    with world.database.reading() as session:
        (found,) = find_alerts(session, readers, world.now).values()
    assert "filing_waits" in [alert.code for alert in found]


async def test_one_that_cannot_be_asked_is_not_asked_and_one_that_is_down_changes_nothing(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    await send(world, registry)
    silent = MemoryRegistry(compares=0)
    assert (await comparing(world, silent).compare(Rounds()), silent.asked) == (0, [])

    class Down(MemoryRegistry):
        async def holdings(self, filed: object) -> dict[str, Held]:
            raise RegistryUnreachable("out_of_service")

    assert await comparing(world, Down()).compare(Rounds()) == 0
    assert [row.state for row in rows(world)] == ["accepted"]


@pytest.mark.parametrize("limit", [2, 5000])
async def test_every_record_is_compared_once_on_as_many_days_as_it_takes(
    world: World, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(reconciling, "PAGE", 2)
    monkeypatch.setattr(relayed, "MAX_A_DAY", limit)
    registry, window = MemoryRegistry(), world.window()
    for _ in range(5):
        world.tenant(window)
        window = Window(window.end, window.end + DAY)
    await send(world, registry)
    daily = comparing(world, registry)
    for asked in (2, 4, 5) if limit == 2 else (5,):
        assert await daily.compare(Rounds()) == 0
        assert len(registry.asked) == asked
    assert registry.asked == sorted(row.id for row in rows(world))
