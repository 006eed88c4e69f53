"""A recording of a tester's actions, exported as YAML and as a test, gives the same result when replayed."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from api.cli.demo.children import Child
from api.cli.main import app
from firmware_sim.control.control import CONTROL_FILE
from firmware_sim.control.scenario import read_scenario
from tests.integration.broker_parts import open_house
from tests.integration.device_parts import Devices, open_devices

LOCKS = ("lock-1", "lock-2")


@pytest.fixture
async def devices(tmp_path: Path) -> AsyncIterator[Devices]:
    """Two locks, and a registry whose behaviour can be switched."""
    registry = Child(
        "the registry",
        ["-m", "firmware_sim.registries", "sandbox", "--dir", str(tmp_path / "registry")],
        tmp_path / "registry.log",
    )
    async with open_house(tmp_path / "house") as house, registry, open_devices(house) as opened:
        await registry.start()
        for lock in LOCKS:
            opened.add(lock)
        await opened.start("--auto-lock", "0", "--registry", str(tmp_path / "registry" / "control.json"))
        for lock in LOCKS:
            await opened.greet(lock)
        yield opened


async def click_about(control: httpx.AsyncClient) -> None:
    """Record four clicks."""
    for path, given in (
        ("/recording", {}),
        ("/devices/lock-1/faults", {"battery": 8}),
        ("/devices/lock-2/faults", {"door_ajar": True}),
        ("/devices/lock-1/knob", {}),
        ("/registry/behaviour", {"behaviour": "silent", "times": 1}),
    ):
        (await control.post(path, json=given)).raise_for_status()


async def rerun(devices: Devices, file: Path) -> tuple[int, str]:
    """Run pytest on an exported test; returns exit code and output."""
    options = [
        "-q",
        "-p",
        "firmware_sim.control.rerun",
        "-p",
        "no:cacheprovider",
        "--control",
        str(devices.path / CONTROL_FILE),
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "pytest",
        *options,
        str(file),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, said.decode()


async def undo(control: httpx.AsyncClient) -> None:
    """Restore the state before the clicks."""
    for device in LOCKS:
        (await control.post(f"/devices/{device}/faults", json={"battery": 100, "door_ajar": False})).raise_for_status()
    (await control.post("/devices/lock-1/knob")).raise_for_status()
    (await control.post("/registry/behaviour", json={"behaviour": "normal"})).raise_for_status()


async def states(control: httpx.AsyncClient) -> dict[str, Any]:
    """State of each lock, and behaviour of the registry."""
    reported = {
        state["device"]: (state["bolt"], state["door"], state["battery"])
        for state in (await control.get("/devices")).json()
    }
    return reported | {"behaviour": (await control.get("/registry")).json()["behaviour"]}


async def test_a_recording_copied_as_yaml_does_the_same_again(devices: Devices) -> None:
    async with await devices.control() as control:
        await click_about(control)
        after_clicks = await states(control)
        scenario = (await control.get("/recording/yaml", params={"name": "four clicks"})).text
        assert after_clicks == {
            "lock-1": ("unlocked", "closed", 8),
            "lock-2": ("locked", "open", 100),
            "behaviour": "silent",
        }
        await undo(control)
        assert await states(control) != after_clicks
        played = await control.post("/scenarios", json=read_scenario(scenario).model_dump())
        assert played.json()["lock-1"]["battery"] == 8
        assert await states(control) == after_clicks


async def test_a_recording_copied_as_a_test_passes_and_fails_where_the_outcome_differs(
    devices: Devices, tmp_path: Path
) -> None:
    async with await devices.control() as control:
        (await control.post("/recording")).raise_for_status()
        (await control.post("/devices/lock-1/faults", json={"battery": 8})).raise_for_status()
        copied = (await control.get("/recording/pytest", params={"name": "low battery"})).text
    file = tmp_path / "test_low_battery.py"
    file.write_text(copied)
    code, said = await rerun(devices, file)
    assert (code, "1 passed" in said) == (0, True), said
    file.write_text(copied.replace("['battery'] == 8", "['battery'] == 9"))
    code, said = await rerun(devices, file)
    assert (code, "1 failed" in said) == (1, True), said


async def test_a_hundred_locks_move_in_at_once(devices: Devices) -> None:
    names = [f"more-{number}" for number in range(100)]
    for name in names:
        devices.add(name)
    async with await devices.control() as control:
        answer = await control.post("/devices", json={"folder": str(devices.path)})
        assert sorted(answer.json()["moved_in"]) == sorted(names)
        again = await control.post("/devices", json={"folder": str(devices.path)})
        assert again.json()["moved_in"] == []
    await asyncio.gather(*(devices.greet(name) for name in names))
    assert (await devices.ask(names[99], "unlock", key=await devices.put_key(names[99]))).outcome == "done"


async def test_from_a_terminal_a_scenario_is_played_a_behaviour_switched_a_knob_turned_and_the_messages_read(
    devices: Devices, tmp_path: Path
) -> None:
    async def lodgekey(*words: str) -> Any:
        command = ["simulate", *words, "--dir", str(devices.path), "--json"]
        return json.loads((await asyncio.to_thread(CliRunner().invoke, app, command)).stdout)

    file = tmp_path / "night.yaml"
    file.write_text(
        "name: night\nseed: 7\nsteps:\n- {device: lock-1, act: faults, given: {battery: 8}}\n"
        "- {device: lock-1, act: knob}\n"
    )
    first = await lodgekey("play", str(file))
    assert (first["lock-1"]["battery"], first["lock-1"]["bolt"]) == (8, "unlocked")
    async with await devices.control() as control:
        assert (await control.get("/devices/lock-1")).json()["faults"]["seed"] == 7
    assert (await lodgekey("behaviour", "silent"))["behaviour"] == "silent"
    assert (await lodgekey("fault", "lock-1", "battery=100"))["battery"] == 100
    assert (await lodgekey("act", "lock-1", "knob"))["bolt"] == "locked"
    log = await lodgekey("messages", "lock-1")
    assert {"at", "way", "channel", "kind", "seq", "bytes"} == set(log[0])
    await lodgekey("behaviour", "normal")
    file.write_text("name: night\nsteps: 7\n")
    refused = await lodgekey("play", str(file))
    assert refused["code"] == "building_refused"
