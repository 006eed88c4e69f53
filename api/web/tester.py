"""The tester's console: every lock as it last spoke of itself, and the simulator's faults."""

import json
from typing import Annotated, Any, Final

import httpx
from fastapi import APIRouter, Form, Request, Response

from api.http import devices as api
from api.http.context import Gate, Tester, check_origin
from api.web.page_route import PageRoute, go
from api.web.render import page
from gateway.bootstrap import Gateway
from gateway.domain.errors import Conflict

router = APIRouter(prefix="/tester", route_class=PageRoute, include_in_schema=False)

CLEAR: Final[dict[str, Any]] = {
    "offline": False,
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
PATIENCE: Final = 3.0


class SimulatorAway(Conflict):
    """The simulated devices do not run, or not on this machine."""

    code, title = "simulator_away", "The simulator is not running"


@router.get("")
def show_fleet(request: Request, gateway: Gate, account: Tester) -> Response:
    """The grid."""
    devices = {device["device"]: with_faults(device) for device in ask_simulator(gateway) or []}
    opened = request.query_params.get("open")
    values = {
        "role": "tester",
        "locks": api.list_locks(gateway, account),
        "deliveries": api.list_deliveries(gateway, account),
        "devices": devices,
        "faults": tuple(FAULTS) if devices else (),
        "opened": opened if opened in devices else None,
    }
    return page(request, "tester.html", values)


def with_faults(device: dict[str, Any]) -> dict[str, Any]:
    """The device with the names of the faults now set."""
    settings = device["faults"]
    active = [name for name, sets in FAULTS.items() if name != "none" and sets.items() <= settings.items()]
    return device | {"active": active, "faulty": len(active)}


@router.post("/devices/{device}/faults")
def set_fault(
    request: Request, gateway: Gate, _account: Tester, device: str, fault: Annotated[str, Form(max_length=20)]
) -> Response:
    """One fault on one device, or all of them off."""
    check_origin(request)
    known = {told["device"] for told in ask_simulator(gateway) or []}
    if device not in known or fault not in FAULTS:
        raise SimulatorAway("The simulator is not running, or does not know this. Start it with `lodgekey demo`.")
    ask_simulator(gateway, f"/{device}/faults", FAULTS[fault])
    return go(f"/tester?open={device}")


def ask_simulator(gateway: Gateway, path: str = "", changes: dict[str, Any] | None = None) -> Any:
    """What the simulator's control answers; None where none runs. Its address and token are in control.json."""
    url, token = gateway.settings.simulator_url, gateway.settings.simulator_token.get_secret_value()
    if not url:
        try:
            control = json.loads((gateway.settings.folder / "devices" / "control.json").read_text())
        except (OSError, ValueError):
            return None
        url, token = control["url"], control["token"]
    headers = {"Authorization": f"Bearer {token}"}
    method = "GET" if changes is None else "POST"
    try:
        answer = httpx.request(method, f"{url}/devices{path}", json=changes, headers=headers, timeout=PATIENCE)
    except httpx.HTTPError:
        return None
    return answer.json() if answer.is_success else None
