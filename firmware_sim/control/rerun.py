"""A pytest plugin: the fixture `simulated` plays recorded scenarios on the simulated devices that run beside the test.

Run with `pytest -p firmware_sim.control.rerun --control DIR/control.json`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from firmware_sim.control.scenario import read_scenario

LONGEST = 3600.0  # seconds a scenario may take


class Simulated:
    """The control of the devices named by control.json."""

    def __init__(self, control_file: Path) -> None:
        control = json.loads(control_file.read_text())
        headers = {"Authorization": f"Bearer {control['token']}"}
        self._control = httpx.Client(base_url=control["url"], headers=headers, timeout=LONGEST, trust_env=False)

    def play(self, text: str) -> dict[str, dict[str, Any]]:
        """Play a YAML scenario; what each device it touched then says. Raises BadScenario, httpx.HTTPStatusError."""
        answer = self._control.post("/scenarios", json=read_scenario(text).model_dump())
        answer.raise_for_status()
        reported: dict[str, dict[str, Any]] = answer.json()
        return reported

    def close(self) -> None:
        """Let go of the connection."""
        self._control.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the control of the devices is."""
    parser.addoption("--control", type=Path, help="control.json beside the simulated devices")


@pytest.fixture
def simulated(request: pytest.FixtureRequest) -> Iterator[Simulated]:
    """The devices that run beside the test."""
    control_file = request.config.getoption("--control")
    if control_file is None:
        pytest.fail("name the simulator's control.json with --control")
    found = Simulated(control_file)
    yield found
    found.close()
