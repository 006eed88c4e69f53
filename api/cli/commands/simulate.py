"""`lodgekey simulate`: runs and controls simulated locks, kiosks and phones beside a running gateway."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from api.cli.commands import holder
from api.cli.output import AsJson, Folder, settings_of, tell_rows
from api.cli.refusal import NOT_POSSIBLE, NOT_THERE, Refused
from api.cli.simulator import command_of
from api.client import RequestFailed
from api.control import Control
from certs.enrolment.device_folder import find_device_folders

app = typer.Typer(no_args_is_help=True)
app.add_typer(
    holder.app, name="holder", help="The phone of a tenant: its key pair and credential, and unlocking with them."
)
SECONDS, LONGEST = 20.0, 3600.0
Devices = Annotated[Path | None, typer.Option("--dir", help="Folder of the building's data.")]


@app.command()
def building(
    devices: Annotated[
        Path | None, typer.Option("--dir", help="Folder of the device folders; by default the gateway's.")
    ] = None,
    air: Annotated[
        int | None,
        typer.Option(help="Connect the locks to a simulated Bluetooth network on this port; 0 selects a free one."),
    ] = None,
    control_port: Annotated[int, typer.Option(help="Port of the control service; 0 selects a free one.")] = 0,
    auto_lock: Annotated[
        float, typer.Option(help="Seconds after which a lock locks automatically; 0 for never.")
    ] = 8.0,
    registry: Annotated[Path | None, typer.Option(help="control.json of the simulated registry.")] = None,
    folder: Folder = None,
    _as_json: AsJson = False,
) -> None:
    """Run all device folders of the gateway (or --dir). Always prints the addresses as one line of JSON."""
    found = devices or device_folder(folder)
    if not find_device_folders(found):
        raise Refused("no_devices", NOT_THERE, folder=found)
    given = {"--air": air, "--control-port": control_port, "--auto-lock": auto_lock, "--registry": registry}
    options = [part for name, value in given.items() if value is not None for part in (name, str(value))]
    os.execv(sys.executable, command_of("building", "--dir", str(found), *options))  # noqa: S606 - the program is fixed


@app.command()
def fault(
    device: Annotated[str, typer.Argument(help="Device id.")],
    changes: Annotated[
        list[str], typer.Argument(help="Faults, for example offline=true clock_skew=3600 battery=9 (JSON values)")
    ],
    devices: Devices = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Set or clear faults of a simulated device; prints its current faults."""
    wanted = dict(change_of(text) for text in changes)
    print_all(ask_building("POST", f"/devices/{device}/faults", wanted, devices, folder), as_json)


@app.command()
def act(
    device: Annotated[str, typer.Argument(help="Device id.")],
    what: Annotated[
        Literal["knob", "reset"], typer.Argument(help="knob: turn the knob; reset: press the reset pinhole.")
    ],
    devices: Devices = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Operate a simulated device by hand; prints its state afterwards."""
    ask_building("POST", f"/devices/{device}/{what}", None, devices, folder)
    state = ask_building("GET", f"/devices/{device}", None, devices, folder)
    print_all({name: value for name, value in state.items() if name not in ("log", "faults")}, as_json)


@app.command()
def messages(
    device: Annotated[str, typer.Argument(help="Device id.")],
    devices: Devices = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show the last 200 messages of a simulated device, newest first: types and sizes, without contents."""
    log = ask_building("GET", f"/devices/{device}", None, devices, folder)["log"][::-1]
    tell_rows(log, as_json, ("{at} {way:<4} {channel:<6} {kind:<18} {seq:>6} {bytes:>7}".format(**row) for row in log))


@app.command()
def behaviour(
    behaviour: Annotated[str, typer.Argument(help="Behaviour: normal, refuse, late, silent, down, …")],
    times: Annotated[
        int | None, typer.Option(help="Number of requests it applies to; by default until changed.")
    ] = None,
    devices: Devices = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Set the behaviour of the simulated registry."""
    print_all(
        ask_building("POST", "/registry/behaviour", {"behaviour": behaviour, "times": times}, devices, folder), as_json
    )


@app.command()
def play(
    scenario: Annotated[Path, typer.Argument(help="YAML file saved by the tester's console.")],
    devices: Devices = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Replay a scenario with its seed: the same steps and random choices; prints each device's state afterwards."""
    try:
        text = scenario.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("no_scenario", NOT_THERE, file=scenario, detail=type(error).__name__) from None
    print_all(ask_building("POST", "/scenarios/text", {"text": text}, devices, folder, seconds=LONGEST), as_json)


def ask_building(
    method: str, path: str, given: Any, devices: Path | None, folder: Path | None, *, seconds: float = SECONDS
) -> Any:
    """Return the running building's answer. Raises Refused if none runs or it refuses."""
    found = devices or device_folder(folder)
    control = Control.read(found)
    if control is None:
        raise Refused("no_building", NOT_THERE, folder=found)
    try:
        answer = asyncio.run(control.ask(method, path, given, timeout_s=seconds))
    except RequestFailed as error:
        raise Refused("building_away", NOT_THERE, detail=error) from None
    if not answer.ok:
        raise Refused("building_refused", NOT_POSSIBLE, detail=answer.text)
    return answer.json() if answer.body else None


def print_all(state: Mapping[str, Any], as_json: bool) -> None:
    """Print a JSON object, or a line for each of its values."""
    if as_json:
        typer.echo(json.dumps(state, ensure_ascii=False))
        return
    for name, value in state.items():
        typer.echo(f"{name}: {json.dumps(value, ensure_ascii=False)}")


def change_of(text: str) -> tuple[str, Any]:
    """Parse NAME=VALUE. Raises Refused."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        raise Refused("not_a_change", text=text) from None


def device_folder(folder: Path | None) -> Path:
    """Return the folder that holds the devices' folders."""
    return settings_of(folder).folder / "devices"
