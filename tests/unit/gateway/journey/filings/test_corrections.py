"""A correction is checked against every registry that the unit reports to, not only the one that refused."""

from datetime import date
from typing import Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.refusal import FieldsRefused
from gateway.journey.filings.corrections import Checked, Rules, check_correction, records_to_check
from gateway.journey.filings.sealed_records import open_record
from gateway.registries import registry_problems
from gateway.store import Person, Registration, Unit
from tests.parts.world import FIELDS, World, report_to

TODAY: Final = date(2026, 11, 20)
HOME: Final = {
    "person.birth_country": "NLD",
    "person.residence.country": "NLD",
    "person.residence.municipality": "Utrecht",
}


@pytest.fixture
def two_registries(world: World) -> World:
    """Somebody is registered at a unit that reports to Italy's police and to Portugal's."""
    with world.database.writing() as session:
        report_to(session.get_one(Unit, world.unit_id), "it", "pt")
    token = world.offer()
    world.consent(token)
    world.show(token, fields=FIELDS | HOME)
    return world


def rules_of(name: str, now: int) -> Rules:
    """The rules of a registry, at a time."""
    return lambda record: registry_problems(name, record, now)


def checked_by(world: World, session: Session, *names: str) -> tuple[Record, Person, list[Checked]]:
    """What Italy has on record, its person, and what these registries, of those that are set up, check of it."""
    row = session.scalars(select(Registration).where(Registration.registry_name == "it")).one()
    person = session.get_one(Person, row.person_id)
    record = open_record(row.parts, world.keyring.vault)
    rules = {name: rules_of(name, world.now) for name in names}
    return record, person, records_to_check(session, row, record, person, rules, world.keyring, world.now)


def test_what_another_registry_would_refuse_is_refused_at_once(two_registries: World) -> None:
    world = two_registries
    with world.database.reading() as session:
        record, person, italy = checked_by(world, session, "it")
        taken = {"residence.municipality": ""}
        assert check_correction(record, person, taken, world.keyring, TODAY, italy)
        *_, both = checked_by(world, session, "it", "pt")
        assert len(both) == 2
        with pytest.raises(FieldsRefused) as refusal:
            check_correction(record, person, taken, world.keyring, TODAY, both)
    assert [field["field"] for field in refusal.value.shown("en")] == ["residence.municipality"]


def test_what_every_registry_takes_is_taken(two_registries: World) -> None:
    world = two_registries
    with world.database.reading() as session:
        record, person, both = checked_by(world, session, "it", "pt")
        changes = check_correction(record, person, {"residence.municipality": "Delft"}, world.keyring, TODAY, both)
    assert changes == {"person.residence.municipality": "Delft"}


def test_a_field_that_two_registries_refuse_is_named_once_for_one_rule(two_registries: World) -> None:
    world = two_registries
    with world.database.reading() as session:
        record, person, both = checked_by(world, session, "it", "pt")
        with pytest.raises(FieldsRefused) as refusal:
            check_correction(record, person, {"surname": "Пушкин"}, world.keyring, TODAY, both)
    assert [(one["field"], one["code"]) for one in refusal.value.shown("en")] == [("surname", "unspellable")]
