"""The tester's console: every lock as it last spoke of itself, the simulator's faults, and recordings of both."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import PlainTextResponse

from api.framework.dependencies import Gate, Tester, check_origin
from api.http.devices import status as api
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import page
from api.web.tester import simulator
from api.web.tester.simulator import SimulatorAway
from gateway.domain.errors import NotFound
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
# what a click sets, in the simulator's own words
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
def show_fleet(request: Request, gateway: Gate, account: Tester) -> Response:
    """The grid."""
    devices = {device["device"]: with_faults(device) for device in simulator.fetch(gateway, "/devices") or []}
    opened = request.query_params.get("open")
    values = {
        "role": "tester",
        "locks": api.list_locks(gateway, account),
        "deliveries": api.list_deliveries(gateway, account),
        "devices": devices,
        "faults": tuple(FAULTS) if devices else (),
        "acts": ACTS if devices else (),
        "only_locks": ONLY_LOCKS,
        "registry": simulator.fetch(gateway, "/registry") if devices else None,
        "recording": simulator.fetch(gateway, "/recording") if devices else None,
        "opened": opened if opened in devices else None,
    }
    return page(request, "tester/console.html", values)


def with_faults(device: dict[str, Any]) -> dict[str, Any]:
    """The device with the names of the faults now set."""
    settings = device["faults"]
    active = [name for name, sets in FAULTS.items() if name != "none" and sets.items() <= settings.items()]
    return device | {"active": active, "faulty": len(active)}


@router.post("/devices/{device}/faults")
def set_fault(request: Request, gateway: Gate, _account: Tester, device: str, fault: Word) -> Response:
    """One fault on one device, or all of them off."""
    check_origin(request)
    if fault not in FAULTS:
        raise NotFound(N_("There is no such fault."))
    simulator.do(gateway, f"/devices/{_known(gateway, device)}/faults", FAULTS[fault])
    return go(f"/tester?open={device}")


@router.post("/devices/{device}/acts")
def act_on_lock(request: Request, gateway: Gate, _account: Tester, device: str, act: Word) -> Response:
    """Turn the knob, or press the pin hole."""
    check_origin(request)
    if act not in ACTS:
        raise NotFound(N_("This action is not possible on a lock."))
    simulator.do(gateway, f"/devices/{_known(gateway, device)}/{act}")
    return go(f"/tester?open={device}")


@router.get("/devices/{device}")
def show_messages(request: Request, gateway: Gate, _account: Tester, device: str) -> Response:
    """The last messages of one device, the newest first."""
    device_log = simulator.fetch(gateway, f"/devices/{_known(gateway, device)}")
    return page(
        request,
        "tester/messages.html",
        {"role": "tester", "device_log": device_log, "messages": device_log["log"][::-1]},
    )


@router.post("/registry")
def set_behaviour(request: Request, gateway: Gate, _account: Tester, behaviour: Word) -> Response:
    """How the simulated registry behaves from now on."""
    check_origin(request)
    simulator.do(gateway, "/registry/behaviour", {"behaviour": behaviour})
    return go("/tester#registry")


@router.post("/recording")
def record(request: Request, gateway: Gate, _account: Tester, act: Word) -> Response:
    """Begin a recording anew, or forget it."""
    check_origin(request)
    simulator.do(gateway, "/recording", method="POST" if act == "begin" else "DELETE")
    return go("/tester#recording")


@router.get("/recording.{form}")
def copy_recording(gateway: Gate, _account: Tester, form: Literal["yaml", "py"]) -> Response:
    """What was recorded, as a file."""
    text = simulator.copy(gateway, "/recording/yaml" if form == "yaml" else "/recording/pytest")
    name = "scenario.yaml" if form == "yaml" else "test_recorded.py"
    return PlainTextResponse(text, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _known(gateway: Gate, device: str) -> str:
    """The device's id, if the simulator runs it."""
    if device not in {device_log["device"] for device_log in simulator.fetch(gateway, "/devices") or []}:
        raise SimulatorAway("The simulator is not running, or does not know this. Start it with `lodgekey demo`.")
    return device
