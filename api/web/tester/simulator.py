"""Requests from the tester's console to the control of the simulated devices."""

import asyncio
from typing import Any, Final

from api.client import Answer, RequestFailed
from api.control import Control
from gateway.bootstrap import Gateway
from gateway.domain.errors import Conflict

CONTROL_TIMEOUT_SECONDS: Final = 3.0


class SimulatorAway(Conflict):
    """The simulator does not run here, or does not know the device or path."""

    code, title = "simulator_away", "The simulator is not running"


def fetch(gateway: Gateway, path: str) -> Any:
    """Return the control's answer to GET as JSON; None where no simulator runs or it refuses."""
    answer = _ask(gateway, "GET", path)
    return answer.json() if answer is not None and answer.ok else None


def copy(gateway: Gateway, path: str) -> str:
    """Return the control's answer to GET as text. Raises SimulatorAway."""
    return _require_ok(_ask(gateway, "GET", path)).text


def do(gateway: Gateway, path: str, given: dict[str, Any] | None = None, *, method: str = "POST") -> None:
    """Send a command with `given` as its JSON body. Raises SimulatorAway."""
    _require_ok(_ask(gateway, method, path, given))


def _require_ok(answer: Answer | None) -> Answer:
    if answer is None or not answer.ok:
        raise SimulatorAway("The simulator is not running, or does not know this. Start it with `lodgekey demo`.")
    return answer


def _ask(gateway: Gateway, method: str, path: str, given: dict[str, Any] | None = None) -> Answer | None:
    """Return the control's answer; None without one. Its address is in the settings or else in the devices' folder."""
    settings = gateway.settings
    named = Control(settings.simulator_url, settings.simulator_token.get_secret_value())
    control = named if named.url else Control.read(settings.folder / "devices")
    if control is None:
        return None
    try:  # pages run in a worker thread, which has no event loop
        return asyncio.run(control.ask(method, path, given, timeout_s=CONTROL_TIMEOUT_SECONDS))
    except RequestFailed:
        return None
