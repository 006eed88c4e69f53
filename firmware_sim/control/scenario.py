"""Scenarios: recorded actions with a seed, as YAML or as a pytest function around the same YAML."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from firmware_sim.station.building import Building, describe

Act = Literal["faults", "knob", "reset", "passcode", "behaviour"]
REGISTRY = "registry"  # in place of a device id, for actions on the simulated registry
LONGEST = 3600.0


class BadScenario(Exception):
    """The file is not a valid scenario; the message names the place."""


class Step(BaseModel):
    """One action on one device, `after` seconds after the previous step."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    after: Annotated[float, Field(ge=0, le=LONGEST)] = 0.0
    device: str
    act: Act
    given: dict[str, Any] = {}


class Scenario(BaseModel):
    """Steps, the random seed, and the seconds to wait after the last step before reading the outcome."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    seed: int = 0
    steps: tuple[Step, ...]
    settle: Annotated[float, Field(ge=0, le=LONGEST)] = 0.0


def read_scenario(text: str) -> Scenario:
    """Parse a YAML scenario. Raises BadScenario."""
    try:
        return Scenario.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise BadScenario(str(error)) from None


def write_scenario(scenario: Scenario) -> str:
    """Return the scenario as YAML for read_scenario."""
    return yaml.safe_dump(scenario.model_dump(exclude_defaults=True), sort_keys=False, allow_unicode=True)


def write_test(scenario: Scenario, reported: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a pytest module that plays the scenario and expects `reported`, the outcome by device."""
    name = re.sub(r"[^a-z0-9]+", "_", scenario.name.lower()).strip("_") or "recorded"
    lines = [
        '"""Recorded in the console: pytest -p firmware_sim.control.rerun THIS_FILE --control control.json"""',
        "",
        "from firmware_sim.control.rerun import Simulated",
        "",
        'SCENARIO = """\\',
        write_scenario(scenario).replace("\\", "\\\\").replace('"""', '\\"\\"\\"') + '"""',
        "",
        "",
        f"def test_{name}(simulated: Simulated) -> None:",
        "    told = simulated.play(SCENARIO)",
    ]
    for device, state in reported.items():
        lines += [f"    assert told[{device!r}][{word!r}] == {value!r}" for word, value in state.items()]
    return "\n".join(lines) + "\n"


async def _set_faults(building: Building, device: str, given: Mapping[str, Any]) -> dict[str, Any]:
    changes = dict(given)
    clock_lost = bool(changes.pop("clock_lost", False))
    return (await building.set_faults(device, changes, clock_lost)).model_dump()


async def _turn_knob(building: Building, device: str, _given: Mapping[str, Any]) -> None:
    await building.turn_knob(device)


async def _reset(building: Building, device: str, _given: Mapping[str, Any]) -> None:
    await building.reset(device)


async def _enter_code(building: Building, device: str, given: Mapping[str, Any]) -> dict[str, str | None]:
    return {"refused": await building.enter_code(device, str(given.get("code", "")))}


async def _set_behaviour(building: Building, _device: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return await building.set_behaviour(given)


ACTS: dict[Act, Callable[[Building, str, Mapping[str, Any]], Awaitable[Any]]] = {
    "faults": _set_faults,
    "knob": _turn_knob,
    "reset": _reset,
    "passcode": _enter_code,
    "behaviour": _set_behaviour,
}


async def perform(building: Building, step: Step) -> Any:
    """Perform one step. Raises KeyError for an unknown device, ValidationError for an invalid setting."""
    return await ACTS[step.act](building, step.device, step.given)


async def play(
    building: Building, scenario: Scenario, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> dict[str, dict[str, Any]]:
    """Perform all steps on time; return the outcome by touched device. Raises KeyError, ValidationError."""
    await sow(building, scenario.seed)
    for step in scenario.steps:
        await sleep(step.after)
        await perform(building, step)
    await sleep(scenario.settle)
    return outcome(building, scenario)


async def sow(building: Building, seed: int) -> None:
    """Seed the random generator of every device: runs with the same seed have the same faults."""
    for device in building.stations:
        await building.set_faults(device, {"seed": seed})


def outcome(building: Building, scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Return the values of the touched devices that a test may expect."""
    touched = dict.fromkeys(step.device for step in scenario.steps if step.device != REGISTRY)
    expected = ("online", "bolt", "door", "battery", "movements")
    reported = {device: describe(building.stations[device]) for device in touched}
    return {device: {word: state[word] for word in expected if word in state} for device, state in reported.items()}


class Recording:
    """Records the steps performed since start(), with their times."""

    def __init__(self, clock: Callable[[], float], seed: Callable[[], int] = lambda: random.randrange(1 << 16)) -> None:
        self._clock, self._seed = clock, seed
        self._steps: list[Step] | None = None
        self._last, self.seed = 0.0, 0

    @property
    def running(self) -> bool:
        """Whether a recording runs."""
        return self._steps is not None

    @property
    def count(self) -> int:
        """Number of recorded steps."""
        return len(self._steps or ())

    def start(self) -> int:
        """Start a new recording; return its seed."""
        self._steps, self._last, self.seed = [], self._clock(), self._seed()
        return self.seed

    def stop(self) -> None:
        """Discard the recording."""
        self._steps = None

    def note(self, step: Step) -> None:
        """Record a step just performed."""
        if self._steps is not None:
            now = self._clock()
            self._steps.append(step.model_copy(update={"after": round(now - self._last, 2)}))
            self._last = now

    def scenario(self, name: str) -> Scenario:
        """Return all recorded steps as a scenario."""
        settle = round(min(self._clock() - self._last, 10.0), 2) if self._steps else 0.0
        return Scenario(name=name, seed=self.seed, steps=tuple(self._steps or ()), settle=settle)
