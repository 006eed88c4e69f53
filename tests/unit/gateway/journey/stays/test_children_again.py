"""A child who is declared twice, or again on the day of leaving, is one child of the stay."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from gateway.domain.errors import Conflict
from gateway.domain.filings.record import FieldProblem
from gateway.domain.filings.refusal import FieldsRefused
from gateway.journey.stays.family import KNOWN_OTHERWISE, NOT_YET, declare_child
from gateway.journey.stays.own_dates import depart
from gateway.journey.stays.shared_facts import Declaration
from gateway.store import Person, Registration, Stay, Unit
from tests.parts.registry import before_the_rules
from tests.parts.world import DAY, FIELDS, World, report_to
from tests.unit.gateway.journey.stays.test_child_arrivals import declare
from tests.unit.gateway.journey.stays.test_own_dates import CHILD, own_key

WITHOUT = ["it", "es", "cz", "de"]  # without departures
DEPARTURES = ["ross1000", "pt", "si", "cn", "sandbox"]
OTHERS = [{"given_names": "Leon"}, {"birth_date": "2018-01-01"}, {"surname": "De Vries"}]


@pytest.fixture(autouse=True)
def no_rules() -> Iterator[None]:
    """Nobody is refused at the door: what the registries ask is not the matter here."""
    with before_the_rules():
        yield


def moved_in(world: World, registry: str) -> str:
    """An adult and a declared child; the child's id."""
    with world.database.writing() as session:
        report_to(session.get_one(Unit, world.unit_id), registry)
    world.tenant(None, FIELDS)
    return declare(world)


def leave(world: World, child: str) -> None:
    """The child leaves alone; the adult stays."""
    with world.database.writing() as session:
        gone, stay = session.get_one(Person, child), session.get_one(Stay, world.stay().id)
        depart(session, stay, [gone], world.now, world.keyring, world.now)


def filed(world: World) -> list[str]:
    """The ids of all records, in order, and of everybody of the stay."""
    with world.database.reading() as session:
        people = session.scalars(select(Person.id).where(Person.erased_at.is_(None)).order_by(Person.id)).all()
        return [*session.scalars(select(Registration.id).order_by(Registration.number)), *people]


@pytest.mark.parametrize("registry", [*WITHOUT, *DEPARTURES])
def test_a_child_who_is_declared_twice_is_registered_once(world: World, registry: str) -> None:
    child, before = moved_in(world, registry), filed(world)
    assert declare(world) == child
    assert declare(world, given_names=f" {CHILD['given_names'].upper()} ") == child
    assert filed(world) == before


def test_what_is_stated_otherwise_of_a_registered_child_is_refused_and_nothing_changes(world: World) -> None:
    moved_in(world, "sandbox")
    before = filed(world)
    with pytest.raises(Conflict) as refused:
        declare(world, sex="F" if CHILD["sex"] == "M" else "M")
    assert refused.value.message == KNOWN_OTHERWISE
    assert filed(world) == before


@pytest.mark.parametrize("days", [0, 1, 2])
def test_another_day_of_arrival_is_not_lost(world: World, days: int) -> None:
    came = world.now
    child = moved_in(world, "sandbox")
    world.now += 2 * DAY
    if days:
        with pytest.raises(Conflict) as refused:
            declare(world, came + days * DAY)
        assert refused.value.message == KNOWN_OTHERWISE
    else:
        assert declare(world, came) == child


def declare_unread(world: World) -> None:
    """The adult declares the child again, with a place that no table has."""
    key = own_key(world)
    unread = FieldsRefused([("birth_place", FieldProblem("birth_place", "unknown_code", NOT_YET))])
    with world.database.writing() as session:
        declare_child(session, session.merge(key), Declaration(CHILD, refused=(unread,)), world.keyring, world.now)


def test_a_fact_that_cannot_be_read_is_refused_of_a_registered_child_too(world: World) -> None:
    moved_in(world, "sandbox")
    with pytest.raises(FieldsRefused) as refused:
        declare_unread(world)
    assert [field["field"] for field in refused.value.shown("en")] == ["birth_place"]


@pytest.mark.parametrize("registry", WITHOUT)
def test_a_child_who_left_and_is_declared_again_on_the_same_day_has_not_left(world: World, registry: str) -> None:
    child = moved_in(world, registry)
    leave(world, child)
    before = filed(world)
    assert declare(world) == child
    assert filed(world) == before
    with world.database.reading() as session:
        assert session.get_one(Person, child).left_at is None


@pytest.mark.parametrize("registry", DEPARTURES)
def test_a_childs_departure_that_was_reported_is_taken_back(world: World, registry: str) -> None:
    child = moved_in(world, registry)
    leave(world, child)
    before = len(filed(world))
    assert declare(world) == child
    assert len(filed(world)) == before + 1
    with world.database.reading() as session:
        last = session.scalars(select(Registration).order_by(Registration.number.desc())).first()
        assert last is not None
        assert child in [part.person_id for part in last.parts]


@pytest.mark.parametrize("fields", OTHERS)
def test_a_child_of_another_name_or_birth_date_is_another_child(world: World, fields: dict[str, str]) -> None:
    child = moved_in(world, "sandbox")
    assert declare(world, None, **fields) != child


@pytest.mark.parametrize("registry", ["it", "es", "cz", "sandbox"])
def test_a_child_who_is_declared_again_on_a_later_day_arrives_anew(world: World, registry: str) -> None:
    child = moved_in(world, registry)
    leave(world, child)
    world.now += DAY
    assert declare(world) != child
