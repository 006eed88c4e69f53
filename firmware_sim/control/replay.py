"""Routes for recordings and scenarios, which replay actions on the simulated devices."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, HTTPException, Request
from fastapi.responses import PlainTextResponse
from pydantic import ValidationError

from firmware_sim.client import RequestFailed
from firmware_sim.control.scenario import (
    REGISTRY,
    BadScenario,
    Recording,
    Scenario,
    Step,
    outcome,
    perform,
    play,
    read_scenario,
    sow,
    write_scenario,
    write_test,
)
from firmware_sim.station.building import Building

router = APIRouter()


async def _building(request: Request) -> Building:
    building = request.app.state.building
    assert isinstance(building, Building)  # noqa: S101 - narrows what Starlette keeps as Any
    return building


async def _recording(request: Request) -> Recording:
    recording = request.app.state.recording
    assert isinstance(recording, Recording)  # noqa: S101 - narrows what Starlette keeps as Any
    return recording


Devices = Annotated[Building, Depends(_building)]
Recorded = Annotated[Recording, Depends(_recording)]


async def do(building: Building, recording: Recording, step: Step) -> Any:
    """Perform one step, and record it while a recording runs."""
    done = await _or_refuse(perform(building, step))
    recording.note(step)
    return done


async def _or_refuse(work: Any) -> Any:
    try:
        return await work
    except KeyError as error:
        raise HTTPException(404, "the device is unknown or does not support this action") from error
    except ValidationError as error:
        raise HTTPException(422, error.errors(include_url=False, include_context=False)) from error
    except RequestFailed as error:
        raise HTTPException(502, "the simulated registry does not answer") from error


@router.get("/registry")
async def show_registry(building: Devices) -> dict[str, Any]:
    """Return the simulated registry's name, behaviour and possible behaviours."""
    if building.registry is None:
        raise HTTPException(404, "no simulated registry runs beside the devices")
    return {"registry": building.registry.name, **await _or_refuse(building.registry.behaviour())}


@router.post("/registry/behaviour")
async def set_behaviour(building: Devices, recording: Recorded, form: dict[str, Any]) -> Any:
    """Change the registry's behaviour."""
    return await do(building, recording, Step(device=REGISTRY, act="behaviour", given=form))


@router.get("/recording")
async def show_recording(recording: Recorded) -> dict[str, Any]:
    """Return whether a recording runs and its number of steps."""
    return {"running": recording.running, "steps": recording.count, "seed": recording.seed}


@router.post("/recording")
async def begin_recording(building: Devices, recording: Recorded) -> dict[str, int]:
    """Start a new recording with a reproducible random seed."""
    seed = recording.start()
    await sow(building, seed)
    return {"seed": seed}


@router.delete("/recording", status_code=204)
async def end_recording(recording: Recorded) -> None:
    """Discard the recording."""
    recording.stop()


@router.get("/recording/yaml", response_class=PlainTextResponse)
async def copy_as_yaml(recording: Recorded, name: str = "recorded") -> str:
    """Return the recording as a YAML scenario."""
    return write_scenario(recording.scenario(name))


@router.get("/recording/pytest", response_class=PlainTextResponse)
async def copy_as_pytest(building: Devices, recording: Recorded, name: str = "recorded") -> str:
    """Return the recording as a test that expects the devices' present state."""
    scenario = recording.scenario(name)
    return write_test(scenario, outcome(building, scenario))


@router.post("/scenarios")
async def play_scenario(building: Devices, scenario: Scenario) -> Any:
    """Play a scenario; responds after its end with the state of the devices it touched."""
    return await _or_refuse(play(building, scenario))


@router.post("/scenarios/text")
async def play_file(building: Devices, text: Annotated[str, Body(embed=True)]) -> Any:
    """Play a scenario from its YAML text."""
    try:
        scenario = read_scenario(text)
    except BadScenario as error:
        raise HTTPException(422, str(error)) from error
    return await _or_refuse(play(building, scenario))
