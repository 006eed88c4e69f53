"""A registry that accepts arrivals only on their day receives nothing earlier, and then only current data."""

import pytest
from sqlalchemy import select

from gateway.domain.stays.stay import Window
from gateway.journey.filings.parties import REPLACED
from gateway.journey.filings.records import correct_person
from gateway.journey.stays import landlord
from gateway.outbox import deliveries
from gateway.relay.registries import LEASED, RegistrySenders
from gateway.store import Registration, Stay, Unit
from tests.parts.registry import MemoryRegistry
from tests.parts.relaying import relaying
from tests.parts.world import DAY, FIELDS, World, report_to


@pytest.fixture
def italian(world: World) -> World:
    """A world whose unit reports to Italy, and a tenant registered two days in advance."""
    with world.database.writing() as session:
        report_to(session.get_one(Unit, world.unit_id), "it")
    world.tenant(Window(world.now + 2 * DAY, world.now + 5 * DAY), FIELDS | {"person.birth_country": "NLD"})
    return world


def may_go(world: World, at: int) -> list[str]:
    """Kinds of the records that the relay may send at this time."""
    with world.database.reading() as session:
        about = [row.about for row in deliveries.due(session, at, 50) if row.work == "submit"]
        return [session.get_one(Registration, name).kind for name in about]


def move(world: World, begins: int) -> None:
    """The landlord moves the whole stay."""
    with world.database.writing() as session:
        stay = session.scalars(select(Stay)).one()
        window = Window(world.now + begins, world.now + begins + 3 * DAY)
        landlord.change_stay(session, stay, window, world.keyring, world.now)


async def filed(world: World) -> list[tuple[str, int]]:
    """The authority's records after the relay has run, as (kind, beginning of the stay)."""
    registry = MemoryRegistry(can_be_queried=False, name="it")
    senders = RegistrySenders(world.database, world.keyring.vault, {"it": registry}, world.clock)
    async with relaying(world, senders.table(), leased=LEASED) as commits:
        await commits.until(lambda: bool(registry.sent) and "accepted" in states(world))
    return [(record.kind, record.stay.from_at) for record in registry.sent]


def states(world: World) -> list[str]:
    """States of the records, in order."""
    with world.database.reading() as session:
        return list(session.scalars(select(Registration.state).order_by(Registration.number)))


async def test_the_record_waits_until_the_stay_begins(italian: World) -> None:
    begins = italian.now + 2 * DAY
    assert may_go(italian, begins - 1) == []
    assert may_go(italian, begins) == ["check_in"]
    italian.now = begins
    assert await filed(italian) == [("check_in", begins)]


@pytest.mark.parametrize("days", [1, 4])
async def test_dates_moved_before_the_arrival_replace_the_record_that_waits(italian: World, days: int) -> None:
    move(italian, days * DAY)
    begins = italian.now + days * DAY
    assert may_go(italian, begins - 1) == []
    italian.now = begins
    assert await filed(italian) == [("check_in", begins)]
    assert states(italian) == ["not_due", "accepted"]
    with italian.database.reading() as session:
        codes = session.scalars(select(Registration.answer_code).order_by(Registration.number)).all()
    assert codes == [REPLACED, None]


async def test_a_tenant_corrected_before_the_arrival_is_reported_once(italian: World) -> None:
    with italian.database.writing() as session:
        stay = session.scalars(select(Stay)).one()
        correct_person(session, stay, stay.people[0], {"id_number": "ZZ9999999"}, italian.keyring, italian.now)
    italian.now += 2 * DAY
    assert await filed(italian) == [("check_in", italian.now)]


async def test_dates_moved_after_the_arrival_was_reported_are_a_record_of_their_own(italian: World) -> None:
    italian.now += 2 * DAY
    begins = italian.now
    assert await filed(italian) == [("check_in", begins)]
    move(italian, 0)
    assert may_go(italian, italian.now) == ["change"]
