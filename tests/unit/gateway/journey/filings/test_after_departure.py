"""Who has left, returns, or is corrected afterwards: each authority has everybody once, with the days they stayed."""

from typing import Final

import pytest
from sqlalchemy import select

from gateway.journey.filings.sealed_records import open_record
from gateway.store import Registration, Stay
from tests.parts.world import World
from tests.unit.gateway.journey.filings.party_steps import PartySteps

TAKEN: Final = "the registry refuses nobody"
CORRECTED: Final = ("the last is corrected", TAKEN)
HERE: Final = ("an adult joins", TAKEN)
# What a correction of somebody who has left brings about; what is sent is taken.
AFTERWARDS: Final = {
    "hr": [("change", "by_hand")],  # refuses to change a guest who was checked out
    "it": [("change", "by_hand")],  # a row would have them arrive today
    "pt": [("change", "accepted"), ("check_out", "accepted")],  # a bulletin of an arrival says no departure
    "ross1000": [("change", "accepted"), ("check_out", "accepted")],
    "si": [("change", "accepted")],
    "cn": [("change", "accepted")],
    "es": [("annulment", "accepted"), ("check_in", "accepted")],
}


@pytest.mark.parametrize("registry", AFTERWARDS)
@pytest.mark.parametrize("left", ["the last leaves", "the stay ends"])
def test_a_correction_of_somebody_who_has_left_leaves_them_gone(one_world: World, registry: str, left: str) -> None:
    party = PartySteps(one_world, registry)
    party.do([*HERE, left, TAKEN])
    found = party.brought_about(*CORRECTED)
    assert [(kind, state) for kind, state, _ in found] == AFTERWARDS[registry], party.records()


@pytest.mark.parametrize("registry", ["sandbox", "es", "cz"])
def test_a_record_after_the_end_of_a_stay_names_the_day_on_which_it_ended(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry)
    party.do([TAKEN, "a day passes", "the stay ends", TAKEN, *CORRECTED])
    with one_world.database.reading() as session:
        rows = session.scalars(select(Registration).where(Registration.stay_id == party.stay)).all()
        last = max(rows, key=lambda row: row.number)
        ended = session.get_one(Stay, party.stay).ended_at
        assert open_record(last.parts, one_world.keyring.vault).stay.until_at == ended


@pytest.mark.parametrize(
    ("registry", "named"),
    [("ross1000", ["person 1", "person 2"]), ("es", ["person 0", "person 1", "person 2"]), ("it", ["person 1"])],
)
def test_whose_departure_was_reported_is_in_no_later_record(one_world: World, registry: str, named: list[str]) -> None:
    party = PartySteps(one_world, registry)
    party.do(["an adult joins", "a child joins", TAKEN, "the first leaves", TAKEN])
    *_, (_, state, people) = party.brought_about("another is corrected", TAKEN)
    assert (state, people) == ("accepted", named)


def test_a_child_whose_head_left_is_filed_with_another_head(one_world: World) -> None:
    party = PartySteps(one_world, "it")
    party.do(["an adult joins", "a child joins", TAKEN, "the first leaves", TAKEN])
    assert party.brought_about(*CORRECTED) == [("change", "accepted", ["person 1", "person 2"])]


@pytest.mark.parametrize("registry", ["es", "ross1000"])
def test_a_minor_who_waits_for_an_adult_and_is_corrected_to_be_one_is_filed(one_world: World, registry: str) -> None:
    party = PartySteps(one_world, registry, born="2015-05-05")
    party.do(["the last is of age", TAKEN])
    assert [(kind, state) for kind, state, _, _ in party.records()] == [
        ("check_in", "not_due"),
        ("check_in", "accepted"),
    ]
