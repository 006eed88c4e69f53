"""`lodgekey simulate`: simulated locks, kiosks and phones beside a running gateway, each a process of its own."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from api.control import Control
from gateway.settings import Settings

app = typer.Typer(help="Simulated locks, kiosks and phones.", no_args_is_help=True)
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
SECONDS = 20.0


@app.command(context_settings=PASSED_ON, add_help_option=False)
def building(context: typer.Context) -> None:
    """Run every device folder of the gateway's (or --dir): see `lodgekey simulate building --help`."""
    given = context.args
    become("building", *given) if "--dir" in given else become("building", "--dir", str(device_folder()), *given)


@app.command(context_settings=PASSED_ON, add_help_option=False)
def holder(context: typer.Context) -> None:
    """Be the tenant's phone: new, read, unlock, near. See `lodgekey simulate holder --help`."""
    become("holder", *context.args)


@app.command()
def fault(
    device: Annotated[str, typer.Argument(help="Its id.")],
    changes: Annotated[list[str], typer.Argument(help="offline=true, clock_skew=3600, battery=9, … (JSON values)")],
    folder: Annotated[Path | None, typer.Option("--dir", help="Folder that the building runs from.")] = None,
) -> None:
    """Have something go wrong around a simulated device, or right again; prints its faults as they stand."""
    wanted = dict(change_of(text) for text in changes)
    control = Control.read(folder or device_folder())
    if control is None:
        raise typer.BadParameter("No building runs there. Start one with: lodgekey simulate building")
    try:
        answer = control.ask("POST", f"/devices/{device}/faults", wanted, patience=SECONDS)
    except httpx.TransportError as error:
        raise typer.BadParameter(f"The building does not answer: {type(error).__name__}") from None
    if answer.is_error:
        raise typer.BadParameter(f"The building refused: {answer.text}")
    typer.echo(json.dumps(answer.json()))


def change_of(text: str) -> tuple[str, Any]:
    """One NAME=VALUE; typer.BadParameter where it is none."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        raise typer.BadParameter(f"{text} is not NAME=VALUE, e.g. offline=true") from None


def device_folder() -> Path:
    """Where the gateway writes the folders that its devices start from."""
    return Settings().folder / "devices"


def become(*arguments: str) -> None:
    """Go on as the simulator: the same process, so that whoever started it can stop it."""
    os.execv(sys.executable, [sys.executable, "-m", "firmware_sim", *arguments])  # noqa: S606 - no shell, our own program
