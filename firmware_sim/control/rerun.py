"""pytest plugin: the fixture `simulated` plays recorded scenarios on simulated devices that run beside the test.

Run with `pytest -p firmware_sim.control.rerun --control DIR/control.json`.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from firmware_sim.client import request
from firmware_sim.control.scenario import read_scenario

LONGEST = 3600.0  # seconds, maximum length of a scenario


class Simulated:
    """Client of the control that control.json names."""

    def __init__(self, control_file: Path) -> None:
        control = json.loads(control_file.read_text())
        self._headers = {"Authorization": f"Bearer {control['token']}"}
        self._url = f"{control['url']}/scenarios"

    def play(self, text: str) -> dict[str, dict[str, Any]]:
        """Play a YAML scenario; return the state of each touched device. Raises BadScenario, RequestFailed."""
        scenario = read_scenario(text).model_dump()
        asked = request("POST", self._url, json=scenario, headers=self._headers, timeout_s=LONGEST)
        with ThreadPoolExecutor(1) as thread:  # the caller's thread may have an event loop that runs, or one to keep
            answer = thread.submit(asyncio.run, asked).result()
        reported: dict[str, dict[str, Any]] = answer.require_ok().json()
        return reported


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--control`."""
    parser.addoption("--control", type=Path, help="control.json beside the simulated devices")


@pytest.fixture
def simulated(pytestconfig: pytest.Config) -> Simulated:
    """Return a client of the devices that run beside the test."""
    control_file = pytestconfig.getoption("--control")
    if control_file is None:
        pytest.fail("name the simulator's control.json with --control")
    return Simulated(control_file)
