"""A unit that reports to several registries: each gets its own records, at its own time, whatever another answers."""

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Answer, Refused, Registration
from gateway.domain.stays.stay import Window
from gateway.journey.filings.destinations import asked_at
from gateway.journey.filings.records import correct_person
from gateway.journey.stays import landlord
from gateway.registries import REGISTRIES
from gateway.relay.registries import LEASED, RegistrySenders
from gateway.store import Event, Stay, Unit
from gateway.store import Registration as Row
from tests.parts.registry import MemoryRegistry, before_the_rules
from tests.parts.relaying import relaying
from tests.parts.world import DAY, FIELDS, World, report_to

AT_BOTH = FIELDS | {
    "person.birth_country": "NLD",
    "person.residence.street": "Kade 1",
    "person.residence.postal_code": "1011 AA",
    "person.residence.municipality": "Amsterdam",
    "person.residence.country": "NLD",
    "person.phone": "+31201234567",
}


class Refusing(MemoryRegistry):
    """A registry that refuses every record."""

    async def submit(self, registration: Registration) -> Answer:
        """Refuse the record."""
        self.sent.append(registration)
        return Refused("no", "It is not taken here.")


@pytest.fixture
def both(world: World) -> World:
    """A world whose unit reports to Italy's police, then to the sandbox, and a tenant registered two days ahead."""
    with world.database.writing() as session:
        report_to(session.get_one(Unit, world.unit_id), "it", "sandbox")
    world.tenant(Window(world.now + 2 * DAY, world.now + 5 * DAY), AT_BOTH)
    return world


def rows(world: World) -> list[tuple[str, str, str]]:
    """Registry, kind and state of every record, in order."""
    with world.database.reading() as session:
        found = session.scalars(select(Row).order_by(Row.created_at, Row.number)).all()
        return [(row.registry_name, row.kind, row.state) for row in found]


def test_each_registry_has_its_own_record_and_takes_a_correction_in_its_own_terms(both: World) -> None:
    assert rows(both) == [("it", "check_in", "queued"), ("sandbox", "check_in", "queued")]
    with both.database.writing() as session:
        stay = session.scalars(select(Stay)).one()
        new = correct_person(session, stay, stay.people[0], {"id_number": "ZZ9999999"}, both.keyring, both.now)
        assert [row.registry_name for row in new] == ["it", "sandbox"]
    assert rows(both)[:2] == [("it", "check_in", "not_due"), ("sandbox", "check_in", "queued")]
    assert rows(both)[2:] == [("it", "check_in", "queued"), ("sandbox", "change", "queued")]


def test_a_cancelled_stay_leaves_nothing_to_send_to_any_of_them(both: World) -> None:
    with both.database.writing() as session:
        landlord.end_stay(session, session.scalars(select(Stay)).one(), both.keyring, both.now)
    kinds = [(name, kind) for kind in ("check_in", "annulment") for name in ("it", "sandbox")]
    assert rows(both) == [(name, kind, "not_due") for name, kind in kinds]


def test_an_event_of_the_stay_is_recorded_once(both: World) -> None:
    with both.database.reading() as session:
        events = session.scalars(select(Event).where(Event.type == "CheckedIn")).all()
        [event] = events
        named = session.get_one(Row, event.registration_id)
        assert named.registry_name == "it"


async def test_a_refusal_and_an_unreachable_registry_stop_no_other(both: World) -> None:
    with both.database.writing() as session:
        report_to(session.get_one(Unit, both.unit_id), "webhook", "pt", "sandbox")
    both.tenant(Window(both.now - 60, both.now + 2 * DAY), AT_BOTH)
    down = MemoryRegistry(name="pt", behaviours=["down"] * 9)
    registries = {"webhook": Refusing(name="webhook"), "pt": down, "sandbox": MemoryRegistry()}
    senders = RegistrySenders(both.database, both.keyring.vault, registries, both.clock)
    async with relaying(both, senders.table(), leased=LEASED) as commits:
        await commits.until(lambda: rows(both).count(("sandbox", "check_in", "accepted")) == 2)
        await commits.until(lambda: ("webhook", "check_in", "refused") in rows(both) and len(down.behaviours) < 9)
    assert ("pt", "check_in", "queued") in rows(both)


async def test_the_chinese_service_and_a_webhook_have_receipts_and_corrections_of_their_own(world: World) -> None:
    with world.database.writing() as session:
        report_to(session.get_one(Unit, world.unit_id), "cn", "webhook")
    with before_the_rules():
        world.tenant(fields=AT_BOTH)
    registries = {name: MemoryRegistry(name=name) for name in ("cn", "webhook")}
    senders = RegistrySenders(world.database, world.keyring.vault, registries, world.clock)
    accepted = [(name, "check_in", "accepted") for name in registries]
    async with relaying(world, senders.table(), leased=LEASED) as commits:
        await commits.until(lambda: rows(world) == accepted)
        with world.database.writing() as session:
            stay = session.scalars(select(Stay)).one()
            correct_person(session, stay, stay.people[0], {"id_number": "ZZ9999999"}, world.keyring, world.now)
        await commits.until(lambda: rows(world)[2:] == [(name, "change", "accepted") for name in registries])
    with world.database.reading() as session:
        receipts = session.scalars(select(Row.receipt).order_by(Row.created_at, Row.number)).all()
    assert len(set(receipts)) == 4
    for registry in registries.values():
        first, change = registry.sent
        assert change.corrects == f"R-{first.reference[:8]}"
        assert [one.people[0].document.number for one in registry.sent] == ["XR1001R58", "ZZ9999999"]


def test_a_tenant_is_asked_what_any_of_them_requires(both: World) -> None:
    with both.database.writing() as session:
        unit = session.get_one(Unit, both.unit_id)
        report_to(unit, "it", "es")
        assert set(asked_at(unit).of_tenant) == {
            *REGISTRIES["it"].facts.of_tenant,
            *REGISTRIES["es"].facts.of_tenant,
        }
