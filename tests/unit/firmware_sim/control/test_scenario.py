"""Scenarios: a tester's actions, recorded so that they can be replayed."""

import ast
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.control.scenario import (
    BadScenario,
    Recording,
    Scenario,
    Step,
    play,
    read_scenario,
    write_scenario,
    write_test,
)
from firmware_sim.station.building import Building
from firmware_sim.station.faults import Faults

TEXT = """\
name: A jam at night
seed: 7
steps:
- device: lock-101
  act: faults
  given:
    jam: true
- after: 1.5
  device: registry
  act: behaviour
  given:
    behaviour: silent
    times: 1
"""

names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40)
steps = st.builds(
    Step,
    after=st.floats(0, 3600).map(lambda seconds: round(seconds, 2)),
    device=names,
    act=st.sampled_from(["faults", "knob", "reset", "passcode", "behaviour"]),
    given=st.dictionaries(names, st.one_of(st.booleans(), st.integers(-(2**40), 2**40), names), max_size=3),
)
scenarios = st.builds(
    Scenario, name=names, seed=st.integers(0, 2**31), steps=st.lists(steps, max_size=4).map(tuple), settle=st.just(1.5)
)


@given(scenarios)
def test_a_scenario_is_read_as_it_was_written(scenario: Scenario) -> None:
    assert read_scenario(write_scenario(scenario)) == scenario


@given(scenarios)
def test_a_copied_test_is_python_that_holds_the_scenario(scenario: Scenario) -> None:
    module = ast.parse(write_test(scenario, {"lock-1": {"bolt": "locked", "battery": 8}}))
    texts = [
        node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    ]
    assert [read_scenario(text) for text in texts if isinstance(text, str)] == [scenario]
    (test,) = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    assert test.name.startswith("test_")
    assert sum(isinstance(node, ast.Assert) for node in test.body) == 2


def test_a_scenario_reads_as_a_person_would_write_it() -> None:
    read = read_scenario(TEXT)
    assert [(step.after, step.device, step.act) for step in read.steps] == [
        (0.0, "lock-101", "faults"),
        (1.5, "registry", "behaviour"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "- a list",
        "name: x\nsteps: [{device: a, act: explode}]",
        "name: x\nsteps: []\nspeed: 3",
        "name: [",
        "a: !!python/object:os.system x",
    ],
)
def test_what_is_no_scenario_is_refused(wrong: str) -> None:
    with pytest.raises(BadScenario):
        read_scenario(wrong)


def test_a_recording_keeps_the_time_between_steps() -> None:
    now = [100.0]
    recording = Recording(lambda: now[0], lambda: 5)
    recording.note(Step(device="lock-1", act="knob"))  # before the start, so not part of the recording
    assert recording.start() == 5
    now[0] += 2
    recording.note(Step(device="lock-1", act="knob"))
    now[0] += 0.25
    recording.note(Step(device="lock-2", act="reset"))
    now[0] += 3
    copied = recording.scenario("two steps")
    assert [(step.after, step.device) for step in copied.steps] == [(2.0, "lock-1"), (0.25, "lock-2")]
    assert (copied.seed, copied.settle) == (5, 3.0)
    recording.stop()
    assert recording.scenario("nothing").steps == ()


class MemoryRegistry:
    """A registry that records the behaviours set on it."""

    def __init__(self, done: list[Any]) -> None:
        self.done = done

    async def set_behaviour(self, form: dict[str, Any]) -> dict[str, Any]:
        self.done.append(form["behaviour"])
        return form


async def test_steps_are_played_in_their_time() -> None:
    done: list[Any] = []
    building = Building({})
    monkey: Any = MemoryRegistry(done)
    building.registry = monkey

    async def sleep(seconds: float) -> None:
        done.append(seconds)

    played: Callable[..., Awaitable[dict[str, dict[str, Any]]]] = play
    forms = [
        Step(after=after, device="registry", act="behaviour", given={"behaviour": behaviour})
        for after, behaviour in ((1, "down"), (2, "normal"))
    ]
    assert await played(building, Scenario(name="n", steps=tuple(forms), settle=3), sleep) == {}
    assert done == [1, "down", 2, "normal", 3]


async def test_a_step_for_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        await play(Building({}), Scenario(name="n", steps=(Step(device="lock-9", act="knob"),)))


@given(st.integers(0, 2**16))
def test_the_same_seed_brings_the_same_chances(seed: int) -> None:
    first, second = Faults(), Faults()
    for faults in (first, second):
        faults.set({"drop": 0.5, "duplicate": 0.5, "reorder": 0.5, "seed": seed})
    assert [first.delays() for _ in range(30)] == [second.delays() for _ in range(30)]
