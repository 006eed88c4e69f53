"""Who left and is back on the same day: what each registry is told."""

from typing import Final

import pytest
from sqlalchemy import select

from gateway.journey.filings.sealed_records import open_record
from gateway.journey.stays.own_dates import depart
from gateway.store import Registration, Stay
from tests.parts.world import World
from tests.unit.gateway.journey.filings.party_steps import PartySteps

TAKEN: Final = "the registry refuses nobody"
LEFT: Final = ("an adult joins", TAKEN, "the last leaves", TAKEN)
BACK: Final = ("who left returns", TAKEN)
NOTHING: Final[list[tuple[str, str, list[str]]]] = []
THEMSELVES: Final = [("change", "accepted", ["person 1"])]
ON_THE_DAY: Final = {
    "it": NOTHING,
    "es": NOTHING,
    "cz": NOTHING,
    "de": NOTHING,
    "sandbox": THEMSELVES,
    "pt": THEMSELVES,
    "si": THEMSELVES,
    "cn": THEMSELVES,
    "ross1000": [("change", "accepted", ["person 0", "person 1"])],
    "hr": [("check_in", "accepted", ["person 2"])],  # refuses to change a guest who was checked out
}


@pytest.mark.parametrize("registry", ON_THE_DAY)
def test_who_returns_on_the_day_of_leaving_has_not_left(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry)
    party.do(LEFT)
    assert party.brought_about(*BACK) == ON_THE_DAY[registry]


LATER: Final = {
    "it": [("change", "by_hand", ["person 1"]), ("check_in", "accepted", ["person 2"])],
    "es": [
        ("annulment", "accepted", ["person 0"]),
        ("check_in", "accepted", ["person 0"]),
        ("check_in", "accepted", ["person 1"]),
        ("check_in", "accepted", ["person 2"]),
    ],
    "cz": [("change", "accepted", ["person 1"]), ("check_in", "accepted", ["person 2"])],
    **{name: [("check_in", "accepted", ["person 2"])] for name in ("de", "pt", "si", "cn", "hr", "ross1000")},
}


@pytest.mark.parametrize("registry", LATER)
def test_who_returns_later_arrives_anew_and_the_first_stay_has_ended_before(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry)
    party.do([*LEFT, "a day passes"])
    assert party.brought_about(*BACK) == LATER[registry]


@pytest.mark.parametrize("registry", LATER)
def test_a_stay_that_was_filed_as_ending_before_the_return_is_not_filed_again(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry)
    party.do([*LEFT, "a day passes", *BACK, "a day passes", "the last leaves", TAKEN, "a day passes"])
    found = [people for kind, _, people in party.brought_about(*BACK) if kind != "annulment"]
    assert ["person 1"] not in found


@pytest.mark.parametrize("registry", ["it", "cz"])
def test_who_returns_after_the_stay_was_made_longer_stays_as_long(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry)
    party.do([*LEFT, "the stay is made longer", TAKEN])
    assert party.brought_about(*BACK) == THEMSELVES
    with one_world.database.reading() as session:
        last = session.scalars(select(Registration).where(Registration.stay_id == party.stay)).all()[-1]
        ends = session.get_one(Stay, party.stay).until_at
        assert open_record(last.parts, one_world.keyring.vault).stay.until_at == ends


@pytest.mark.parametrize("registry", ["sandbox", "pt", "si", "cn", "ross1000"])
def test_who_leaves_again_has_another_departure(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry)
    party.do([*LEFT, *BACK])
    assert party.brought_about("the last leaves", TAKEN) == [("check_out", "accepted", ["person 1"])]


@pytest.mark.parametrize("registry", ["sandbox", "ross1000"])
def test_a_departure_and_a_return_that_are_still_to_be_sent_are_sent_in_order(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry)
    party.do(["an adult joins", TAKEN])
    found = party.brought_about("the last leaves", "who left returns", TAKEN)
    assert [(kind, state) for kind, state, _ in found] == [("check_out", "accepted"), ("change", "accepted")]


FAMILY: Final = ("a child joins", "an adult joins", TAKEN)
BOTH: Final = [("change", "accepted", ["person 0"]), ("change", "accepted", ["person 1"])]
WITH_CHILD: Final = ON_THE_DAY | {
    **dict.fromkeys(("sandbox", "pt", "si", "cn"), BOTH),
    "ross1000": [("change", "accepted", ["person 0", "person 2", "person 1"])],
}


@pytest.mark.parametrize("registry", sorted({*WITH_CHILD} - {"hr"}))
def test_the_children_who_left_with_an_adult_come_back_with_them(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry)
    party.do([*FAMILY, "the first leaves with the children", TAKEN])
    assert party.brought_about(*BACK) == WITH_CHILD[registry]
    with one_world.database.reading() as session:
        assert not [one for one in session.get_one(Stay, party.stay).people if one.left_at is not None]


@pytest.mark.parametrize("registry", ["sandbox", "it", "es"])
def test_a_child_who_left_before_the_adult_stays_away(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry)
    party.do([*FAMILY, TAKEN])
    with one_world.database.writing() as session:
        child = next(one for one in session.get_one(Stay, party.stay).people if one.head_id is not None)
        depart(session, child.stay, [child], one_world.now, one_world.keyring, one_world.now)
    party.do([TAKEN, "the first leaves with the children", TAKEN, *BACK])
    with one_world.database.reading() as session:
        gone = [one.head_id is not None for one in session.get_one(Stay, party.stay).people if one.left_at is not None]
    assert gone == [True]
