"""Filing of records: once, in order, and never repeated blindly when a stop, fault or timeout hides the outcome."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import select

from gateway.journey.stays.landlord import end_stay
from gateway.journey.tenants import onboarding
from gateway.outbox import deliveries, events
from gateway.relay.loop import Sender
from gateway.relay.registries import LEASED, RegistrySenders
from gateway.store import Delivery, Person, Registration, Stay
from gateway.store.sealing import Erased
from tests.parts.registry import MemoryRegistry
from tests.parts.relaying import delivery_rows, relaying, states
from tests.parts.world import World


def senders(world: World, registry: MemoryRegistry) -> dict[str, Sender]:
    """The senders of registration records."""
    return RegistrySenders(world.database, world.keyring.vault, {"sandbox": registry}, world.clock).table()


def filings(world: World) -> list[str]:
    """States of the records, in order."""
    with world.database.reading() as session:
        return list(session.scalars(select(Registration.state).order_by(Registration.number)))


async def file(world: World, registry: MemoryRegistry, *wanted: str) -> None:
    """Run the relay until the records have these states; the clock advances meanwhile."""
    async with relaying(world, senders(world, registry), leased=LEASED) as commits:

        def there() -> bool:
            world.now += 10
            return filings(world) == list(wanted)

        await commits.until(there)


def cut_short(world: World) -> None:
    """The gateway was stopped between sending and recording the outcome."""
    with world.database.writing() as session:
        deliveries.lease(
            session, [row.id for row in session.scalars(select(Delivery).where(Delivery.work == "submit"))], 1
        )


async def test_a_record_is_filed_once_and_its_receipt_kept(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    await file(world, registry, "accepted")
    assert [record.kind for record in registry.sent] == ["check_in"]
    assert (states(world, "submit"), registry.asked) == (["done"], [])
    assert "RegistryAccepted" in world.events()


async def test_a_registry_that_is_down_gets_the_record_when_it_is_back(world: World) -> None:
    registry = MemoryRegistry(behaviours=["down", "down", "down"])
    world.tenant()
    await file(world, registry, "accepted")
    assert len(registry.sent) == 1
    assert delivery_rows(world, "submit")[0].attempts == 4


async def test_records_of_one_stay_are_filed_in_order_also_after_the_registry_was_down(world: World) -> None:
    registry = MemoryRegistry(behaviours=["down", "down"])
    world.tenant()
    with world.database.writing() as session:
        end_stay(session, session.scalars(select(Stay)).one(), world.keyring, world.now)
    await file(world, registry, "accepted", "accepted")
    assert [record.kind for record in registry.sent] == ["check_in", "check_out"]


@pytest.mark.parametrize("behaviour", ["lost", "broken"])
async def test_a_lost_answer_is_looked_up_and_the_record_not_sent_again(world: World, behaviour: str) -> None:
    registry = MemoryRegistry(behaviours=[behaviour])
    world.tenant()
    await file_with_time(world, registry, "accepted")
    assert len(registry.sent) == 1
    assert registry.asked == [registry.sent[0].reference]


async def file_with_time(world: World, registry: MemoryRegistry, wanted: str) -> None:
    """Like file(), with a minute passing at each check."""
    async with relaying(world, senders(world, registry), leased=LEASED) as commits:
        for attempts in range(1, 6):
            await commits.until(partial(tried, world, attempts))
            if filings(world) == [wanted]:
                return
            world.now += 60
    pytest.fail(f"states of the records: {filings(world)}")


def tried(world: World, times: int) -> bool:
    """Whether the record had at least this many attempts."""
    return delivery_rows(world, "submit")[0].attempts >= times


@pytest.mark.parametrize("behaviour", ["lost", "broken"])
async def test_where_nobody_can_be_asked_a_lost_answer_is_an_outcome_a_person_sees(
    world: World, behaviour: str
) -> None:
    registry = MemoryRegistry(can_be_queried=False, behaviours=[behaviour])
    world.tenant()
    await file_with_time(world, registry, "unknown")
    assert len(registry.sent) == 1
    assert states(world, "submit") == ["unknown"]
    assert world.events()[-1] == "OutcomeUnknown"


async def test_a_record_cut_short_is_looked_up_and_sent_where_it_never_arrived(world: World) -> None:
    registry = MemoryRegistry()
    world.tenant()
    cut_short(world)
    await file(world, registry, "accepted")
    assert (len(registry.asked), len(registry.sent)) == (1, 1)


async def test_a_record_cut_short_is_looked_up_and_not_sent_where_it_arrived(world: World) -> None:
    registry = MemoryRegistry(behaviours=["lost"])
    world.tenant()
    await file_once(world, registry)
    cut_short(world)
    await file(world, registry, "accepted")
    assert len(registry.sent) == 1


async def file_once(world: World, registry: MemoryRegistry) -> None:
    """Send as the relay does, and stop before the outcome is recorded."""
    delivery = delivery_rows(world, "submit")[0]
    await senders(world, registry)["submit"](delivery)


async def test_a_record_cut_short_is_never_sent_again_where_nobody_can_be_asked(world: World) -> None:
    registry = MemoryRegistry(can_be_queried=False)
    world.tenant()
    cut_short(world)
    await file(world, registry, "unknown")
    assert registry.sent == []


async def test_a_record_cut_short_is_sent_again_where_the_registry_keeps_one_of_it(world: World) -> None:
    registry = MemoryRegistry(can_be_queried=False, resends_safely=True)
    world.tenant()
    cut_short(world)
    await file(world, registry, "accepted")
    assert len(registry.sent) == 1


async def test_a_relay_stopped_while_a_record_is_being_sent_looks_it_up_when_it_starts_again(world: World) -> None:
    registry, under_way = MemoryRegistry(), asyncio.Event()
    real = registry.submit

    async def submit_and_hang(record: object) -> object:
        await real(record)  # type: ignore[arg-type]  # the port's own argument, passed on
        under_way.set()
        return await asyncio.Event().wait()

    registry.submit = submit_and_hang  # type: ignore[method-assign, assignment]  # hangs after the registry has it
    world.tenant()
    async with relaying(world, senders(world, registry), leased=LEASED):
        await asyncio.wait_for(under_way.wait(), 10)
    assert states(world, "submit") == ["owed"]
    registry.submit = real  # type: ignore[method-assign]
    await file(world, registry, "accepted")
    assert len(registry.sent) == 1


async def test_an_unknown_outcome_holds_up_the_records_behind_it(world: World) -> None:
    registry = MemoryRegistry(can_be_queried=False, behaviours=["lost"])
    world.tenant()
    with world.database.writing() as session:
        end_stay(session, session.scalars(select(Stay)).one(), world.keyring, world.now)
    await file(world, registry, "unknown", "queued")
    assert [record.kind for record in registry.sent] == ["check_in"]


async def test_forgetting_a_person_destroys_their_key_and_what_waits_is_not_filed(world: World) -> None:
    registry = MemoryRegistry()
    key = world.tenant()
    with world.database.writing() as session:
        person = session.get_one(Person, key.person_id)
        sealed = person.sealed
        onboarding.forget_person(session, person, world.now)
    world.keyring.vault.erase(key.person_id)
    async with relaying(world, senders(world, registry), leased=LEASED) as commits:
        await commits.until(lambda: states(world, "submit") + states(world, "destroy_key") == ["refused", "done"])
    assert registry.sent == []
    assert sealed is not None
    with pytest.raises(Erased):
        world.keyring.vault.open(key.person_id, "fields", sealed)


async def test_a_record_reaches_the_feed_before_the_registry_has_answered(world: World) -> None:
    registry = MemoryRegistry(behaviours=["down"] * 50)
    world.tenant()
    async with relaying(world, senders(world, registry), leased=LEASED) as commits:
        await commits.until(lambda: not unstamped(world))
    assert filings(world) == ["queued"]


def unstamped(world: World) -> bool:
    """Whether the feed has entries without a number."""
    with world.database.reading() as session:
        return events.feed_waits(session)
