"""A declared child has an arrival of its own: said by the adult, or the day of declaring it, or the adult's."""

from contextlib import nullcontext
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from gateway.domain.errors import InputRefused
from gateway.domain.filings.refusal import FieldsRefused
from gateway.domain.stays.stay import Window
from gateway.journey.filings.corrections import check_correction
from gateway.journey.filings.held_records import latest_record
from gateway.journey.filings.sealed_records import open_record
from gateway.journey.stays.family import declare_child
from gateway.journey.stays.landlord import change_stay
from gateway.journey.stays.own_dates import NOT_BORN, correct_arrival
from gateway.journey.stays.shared_facts import Declaration
from gateway.store import Offer, Person, Stay, Unit
from tests.parts.registry import before_the_rules
from tests.parts.world import DAY, FIELDS, World, report_to
from tests.unit.gateway.journey.stays.test_own_dates import CHILD, arrive, dates_filed, own_key


def moved_in(world: World, registry: str = "sandbox") -> int:
    """An adult came with the stay, which began three days ago; when."""
    with world.database.writing() as session:
        report_to(session.get_one(Unit, world.unit_id), registry)
    begins = world.now
    world.tenant(Window(begins, begins + 9 * DAY), FIELDS)
    world.now += 3 * DAY
    return begins


def declare(world: World, arrived: int | None = None, **fields: str) -> str:
    """The adult declares a child; its id."""
    key = own_key(world)
    with world.database.writing() as session:
        declared = Declaration(CHILD | fields, arrived=arrived)
        return declare_child(session, session.merge(key), declared, world.keyring, world.now).id


def came(world: World, person: str) -> int | None:
    """When this person came, None with the stay."""
    with world.database.reading() as session:
        return session.get_one(Person, person).arrived_at


def move_adult(world: World, at: int) -> list[str]:
    """The landlord corrects the adult's arrival; whose arrival that was."""
    with world.database.writing() as session:
        offer = session.scalars(select(Offer)).one()
        return [one.id for one in correct_arrival(session, offer, at, world.keyring, world.now)]


def test_a_child_arrives_on_the_day_of_declaring_it_unless_the_adult_says_otherwise(world: World) -> None:
    begins = moved_in(world)
    today = declare(world)
    assert came(world, today) == world.now
    assert dates_filed(world)[-1][1:3] == (today, world.now)
    assert came(world, declare(world, begins + DAY, given_names="Mia")) == begins + DAY
    assert came(world, declare(world, begins, given_names="Max")) is None
    assert dates_filed(world)[-1][2] == begins


def test_a_child_of_the_adults_day_arrives_with_the_adult(world: World) -> None:
    begins = moved_in(world)
    move_adult(world, begins + DAY)
    assert came(world, declare(world, begins + DAY + 60)) == begins + DAY


@pytest.mark.parametrize("days", [-1, 1])
def test_a_childs_arrival_before_the_adults_day_or_in_the_future_is_named_beside_what_else_is_wrong(
    world: World, days: int
) -> None:
    begins = moved_in(world)
    move_adult(world, begins + 2 * DAY)
    at = world.now + 60 if days > 0 else begins + DAY
    with pytest.raises(FieldsRefused) as refused:
        declare(world, at, nationality="XYZ")
    assert {field["field"] for field in refused.value.shown("en")} == {"arrived", "nationality"}
    assert len(dates_filed(world)) == len([one for one in dates_filed(world) if one[1] == own_key(world).person_id])


@pytest.mark.parametrize("registry", ["sandbox", "ross1000", "es", "it"])
def test_a_correction_of_the_adults_arrival_moves_the_children_who_came_with_them(world: World, registry: str) -> None:
    with before_the_rules():
        begins = moved_in(world, registry)
        along = declare(world, begins)
        later = declare(world, given_names="Mia")
    adult = own_key(world).person_id
    assert set(move_adult(world, begins + 2 * DAY)) == {adult, along}
    assert [came(world, one) for one in (adult, along, later)] == [begins + 2 * DAY, begins + 2 * DAY, world.now]


@pytest.mark.parametrize("own", [None, 2 * DAY])
def test_an_adult_who_opens_the_door_early_brings_the_children_of_the_same_plan_only(
    world: World, own: int | None
) -> None:
    world.tenant(Window(world.now, world.now + 9 * DAY))
    child, key = declare(world), own_key(world)
    planned = world.now + DAY
    arrive(world, planned)
    with world.database.writing() as session:
        session.get_one(Person, child).arrived_at = world.now + own if own else planned
    world.now += 3600
    world.say(world.happened("unlocked", means="ble", key=bytes.fromhex(key.id)))
    assert came(world, key.person_id) == world.now
    assert came(world, child) == (world.now if own is None else world.now - 3600 + own)


def day_of(at: int) -> str:
    """The day of this time at the unit, as a date of birth."""
    return datetime.fromtimestamp(at, ZoneInfo("Europe/Rome")).date().isoformat()


@pytest.mark.parametrize("registry", ["sandbox", "ross1000", "es", "it"])
def test_a_baby_of_the_stay_is_taken_with_an_arrival_after_its_birth_and_refused_with_one_before(
    world: World, registry: str
) -> None:
    with before_the_rules():
        begins = moved_in(world, registry)
    born = {"birth_date": day_of(begins + 2 * DAY)}
    for at in (begins, begins + DAY):
        with pytest.raises(FieldsRefused) as refused:
            declare(world, at, **born)
        named = {field["field"]: field["sentence"] for field in refused.value.shown("en")}
        assert "enter an arrival on or after the day of birth" in named["birth_date"]
    with before_the_rules():
        for at in (begins + 2 * DAY, world.now):
            assert came(world, declare(world, at, given_names=f"Mia {'ab'[at == world.now]}", **born)) == at


def test_a_correction_of_the_adults_arrival_leaves_a_child_behind_that_was_not_born_then(world: World) -> None:
    begins = moved_in(world)
    move_adult(world, begins + 2 * DAY)
    baby = declare(world, begins + 2 * DAY, birth_date=day_of(begins + 2 * DAY))
    along = declare(world, begins + 2 * DAY, given_names="Mia")
    adult = own_key(world).person_id
    with pytest.raises(InputRefused) as refused:
        arrive(world, begins + DAY)
    assert (str(refused.value), refused.value.extra["field"]) == (NOT_BORN, "arrived")
    assert came(world, adult) == came(world, baby) == begins + 2 * DAY
    assert set(move_adult(world, begins + DAY)) == {adult, along}
    assert [came(world, one) for one in (adult, along, baby)] == [begins + DAY, begins + DAY, begins + 2 * DAY]


def test_a_stay_that_begins_earlier_begins_for_a_baby_when_it_did(world: World) -> None:
    begins = world.now
    stay = world.tenant(Window(begins, begins + 9 * DAY)).stay.id
    baby = declare(world, birth_date=day_of(begins))
    with world.database.writing() as session:
        window = Window(begins - 2 * DAY, begins + 9 * DAY)
        change_stay(session, session.get_one(Stay, stay), window, world.keyring, world.now)
    assert came(world, baby) == begins
    assert came(world, own_key(world).person_id) is None


@pytest.mark.parametrize(("days", "taken"), [(3, True), (4, False)])
def test_a_birth_date_is_corrected_to_no_later_than_the_childs_own_arrival(
    world: World, days: int, taken: bool
) -> None:
    begins = moved_in(world)
    child = declare(world)
    world.now += 3 * DAY
    with world.database.writing() as session:
        person = session.get_one(Person, child)
        row = latest_record(session, person, person.stay.unit.destinations[0])
        assert row is not None
        record, day = open_record(row.parts, world.keyring.vault), day_of(begins + days * DAY)
        with nullcontext() if taken else pytest.raises(FieldsRefused):
            check_correction(record, person, {"birth_date": day}, world.keyring, date.fromisoformat(day_of(world.now)))
