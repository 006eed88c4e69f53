"""No sequence of changes of a party and partial answers leaves somebody unfiled, with nothing waiting and no case."""

from typing import Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.parts.world import World
from tests.unit.gateway.journey.filings.party_steps import PartySteps

REGISTRIES: Final = ("it", "ross1000", "es", "sandbox", "cn")  # in rows, together twice, and apart twice
FAMILY: Final = ("a child joins", "a child joins")
CORRECTED: Final = ("another is corrected", "what was refused is sent again", "the stay is made longer")
LATER: Final = ("the adult comes later", "the adult alone comes later")
STEPS: Final = (
    *("an adult joins", "a child joins", *CORRECTED, *LATER, "the adult is here", "a person is corrected"),
    *("the last is corrected", "the registry refuses the first", "the registry refuses the second"),
    *("the registry refuses nobody", "the registry refuses everybody", "the registry refuses the last", "a day passes"),
    *("a record is being sent", "a child registers alone"),
)
SETTLED: Final = {"accepted", "partly", "refused", "not_due"}


@pytest.mark.parametrize("registry", REGISTRIES)
@pytest.mark.parametrize("later", LATER)
def test_a_child_refused_in_part_is_filed_when_the_family_comes_later(
    one_world: World, registry: str, later: str
) -> None:
    corrected, again, longer = CORRECTED
    for change in ((later,), (later, corrected), (corrected, later), (again, later), (later, longer)):
        party = PartySteps(one_world, registry)
        party.do([*FAMILY, "the registry refuses the second", *change, "a day passes", "the registry refuses nobody"])
        assert {state for _, state, _, _ in party.records()} <= SETTLED, (change, party.records())


def test_two_corrections_of_a_family_in_rows_are_both_sent(one_world: World) -> None:
    party = PartySteps(one_world, "it")
    party.do([*FAMILY, "the registry refuses nobody", "another is corrected", "the last is corrected"])
    (waiting,) = [people for _, state, _, people in party.records() if state == "queued"]
    assert [person for person, _ in waiting] == ["person 0", "person 2", "person 1"]


@pytest.mark.parametrize("registry", ["it", "ross1000", "es"])
@pytest.mark.parametrize("changed", [("another is corrected",), ("another is corrected", "the last is corrected")])
def test_a_change_queued_behind_a_refusal_is_what_was_filed_in_its_place(
    one_world: World, registry: str, changed: tuple[str, ...]
) -> None:
    for refused in ("the second", "everybody", "the last"):
        party = PartySteps(one_world, registry)
        party.do([*FAMILY, "a record is being sent", *changed, f"the registry refuses {refused}"])


@pytest.mark.parametrize("registry", ["it", "es"])
def test_a_child_whose_adult_comes_later_is_filed_with_an_adult_who_is_there(one_world: World, registry: str) -> None:
    second, nobody = "the registry refuses the second", "the registry refuses nobody"
    _, alone = LATER
    for steps in (
        ("an adult joins", "a child joins", second, alone, "what was refused is sent again"),
        ("an adult joins", "a child joins", alone),
        ("a child joins", alone, "an adult joins"),
        ("an adult joins", alone, "a child registers alone"),
        (alone, "a child registers alone", "an adult joins"),
        ("a child registers alone", alone, "the adult is here"),
        (alone, "a child registers alone", "a day passes"),
    ):
        party = PartySteps(one_world, registry)
        party.do([*steps, nobody])


@pytest.mark.parametrize("joins", ["a child joins", "an adult joins"])
@pytest.mark.parametrize("changed", ["a person is corrected", "the stay is made longer"])
def test_who_joins_while_a_change_waits_leaves_nobody_in_two_partes(one_world: World, changed: str, joins: str) -> None:
    party = PartySteps(one_world, "es")
    party.do(["the registry refuses nobody", changed, joins, "the registry refuses nobody"])
    assert party.held_twice() == []
    assert {state for _, state, _, _ in party.records()} <= {"accepted", "not_due"}


@pytest.mark.slow
@pytest.mark.parametrize("registry", REGISTRIES)
@settings(max_examples=12, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
@given(steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=10))
def test_no_sequence_of_steps_leaves_somebody_unfiled(one_world: World, registry: str, steps: list[str]) -> None:
    PartySteps(one_world, registry).do(["a child joins", *steps])
