"""A tester's console: the last report of every device, the simulator's faults, and recordings."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import PlainTextResponse

from api.framework.dependencies import Gate, Tester, check_origin
from api.services.devices.status import list_deliveries, list_locks
from api.web.shell.forms import fault_values, shown_again
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of, page
from api.web.tester import simulator
from api.web.tester.simulator import SimulatorAway
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError, NotFound
from gateway.texts.marks import N_

router = APIRouter(prefix="/tester", route_class=PageRoute, include_in_schema=False)

CLEAR: Final[dict[str, Any]] = {
    "offline": False,
    "out_of_range": False,
    "jam": False,
    "door_ajar": False,
    "battery": 100,
    "clock_skew": 0,
    "drop": 0.0,
    "duplicate": 0.0,
    "delay_ms": 0,
    "reorder": 0.0,
    "lost_answers": 0,
}
# fault as a button names it → settings of the simulator
FAULTS: Final[dict[str, dict[str, Any]]] = {
    "offline": {"offline": True},
    "range": {"out_of_range": True},
    "battery": {"battery": 8},
    "jam": {"jam": True},
    "ajar": {"door_ajar": True},
    "skew": {"clock_skew": 3600},
    "drop": {"drop": 0.5},
    "duplicate": {"duplicate": 1.0},
    "delay": {"delay_ms": 4000},
    "reorder": {"reorder": 0.5},
    "lost": {"lost_answers": 1},
    "clock": {"clock_lost": True},
    "none": CLEAR,
}
ACTS: Final = ("knob", "reset")
ONLY_LOCKS: Final = ("range", "battery", "jam", "ajar", "lost", "clock")
Word = Annotated[str, Form(max_length=20)]


@router.get("")
def show_fleet(request: Request, gateway: Gate, _account: Tester) -> Response:
    """Show all devices."""
    return fleet_page(request, gateway)


def fleet_page(request: Request, gateway: Gateway, error: LodgekeyError | None = None) -> Response:
    """Return the page of all devices, with an error if there was one."""
    devices = {device["device"]: with_faults(device) for device in simulator.fetch(gateway, "/devices") or []}
    opened = request.query_params.get("open")
    values = {
        "role": "tester",
        "locks": list_locks(gateway),
        "deliveries": list_deliveries(gateway),
        "devices": devices,
        "fault_names": tuple(FAULTS) if devices else (),
        "acts": ACTS if devices else (),
        "only_locks": ONLY_LOCKS,
        "registry": simulator.fetch(gateway, "/registry") if devices else None,
        "recording": simulator.fetch(gateway, "/recording") if devices else None,
        "opened": opened if opened in devices else None,
        **fault_values(language_of(request), error),
    }
    return page(request, "tester/console.html", values, error.status if error else 200)


def fleet_again(error: LodgekeyError, request: Request, gateway: Gate) -> Response:
    """Return the page of all devices with the error of a form on it."""
    return fleet_page(request, gateway, error)


def with_faults(device: dict[str, Any]) -> dict[str, Any]:
    """Return the device with the names of the faults that are set (`active`) and their number (`faulty`)."""
    settings = device["faults"]
    active = [name for name, sets in FAULTS.items() if name != "none" and sets.items() <= settings.items()]
    return device | {"active": active, "faulty": len(active)}


@router.post("/devices/{device}/faults")
@shown_again(fleet_again)
def set_fault(request: Request, gateway: Gate, _account: Tester, device: str, fault: Word) -> Response:
    """Set one fault of one device, or clear all of them."""
    check_origin(request)
    if fault not in FAULTS:
        raise NotFound(N_("There is no such fault."))
    simulator.do(gateway, f"/devices/{_known(gateway, device)}/faults", FAULTS[fault])
    return go(f"/tester?open={device}")


@router.post("/devices/{device}/acts")
@shown_again(fleet_again)
def act_on_lock(request: Request, gateway: Gate, _account: Tester, device: str, act: Word) -> Response:
    """Turn the knob of a lock, or reset it to factory settings."""
    check_origin(request)
    if act not in ACTS:
        raise NotFound(N_("This action is not possible on a lock."))
    simulator.do(gateway, f"/devices/{_known(gateway, device)}/{act}")
    return go(f"/tester?open={device}")


@router.get("/devices/{device}")
def show_messages(request: Request, gateway: Gate, _account: Tester, device: str) -> Response:
    """Show the last messages of one device, newest first."""
    device_log = simulator.fetch(gateway, f"/devices/{_known(gateway, device)}")
    return page(
        request,
        "tester/messages.html",
        {"role": "tester", "device_log": device_log, "messages": device_log["log"][::-1]},
    )


@router.post("/registry")
@shown_again(fleet_again)
def set_behaviour(request: Request, gateway: Gate, _account: Tester, behaviour: Word) -> Response:
    """Set how the simulated registry behaves from now on."""
    check_origin(request)
    simulator.do(gateway, "/registry/behaviour", {"behaviour": behaviour})
    return go("/tester#registry")


@router.post("/recording")
@shown_again(fleet_again)
def record(request: Request, gateway: Gate, _account: Tester, act: Word) -> Response:
    """Start a new recording, or discard the current one."""
    check_origin(request)
    simulator.do(gateway, "/recording", method="POST" if act == "begin" else "DELETE")
    return go("/tester#recording")


@router.get("/recording.{form}")
def copy_recording(gateway: Gate, _account: Tester, form: Literal["yaml", "py"]) -> Response:
    """Return the recording as a file: a scenario (YAML) or a test (Python)."""
    text = simulator.copy(gateway, "/recording/yaml" if form == "yaml" else "/recording/pytest")
    name = "scenario.yaml" if form == "yaml" else "test_recorded.py"
    return PlainTextResponse(text, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _known(gateway: Gate, device: str) -> str:
    """Return the device's id. Raises SimulatorAway unless the simulator runs this device."""
    if device not in {device_log["device"] for device_log in simulator.fetch(gateway, "/devices") or []}:
        raise SimulatorAway("The simulator is not running, or does not know this. Start it with `lodgekey demo`.")
    return device
