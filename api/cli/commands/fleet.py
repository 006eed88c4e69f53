"""`lodgekey device fleet`: adds many simulated locks, each with a unit of its own."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.cli.folder import opened
from api.cli.output import AsJson, tell, watched
from api.cli.refusal import NOT_THERE, Refused
from api.client import RequestFailed
from api.control import Control
from certs.authority.ca import Authority
from certs.enrolment.device_folder import find_device_folders, read_device_folder
from gateway.clock import utc_now
from gateway.fleet.enrolment import enrol_device
from gateway.settings import Settings
from gateway.store import Destination, Device, Unit
from gateway.texts.marks import N_

MAX_LOCKS = 2000
READY_TIMEOUT_SECONDS = 60.0


def fleet(
    count: Annotated[int, typer.Argument(min=1, max=MAX_LOCKS, help="Number of locks.")],
    folder: Annotated[Path, typer.Option(help="Folder of the gateway's data, as created by `lodgekey demo`.")] = Path(
        ".data/demo"
    ),
    like: Annotated[str | None, typer.Option(help="Code of the unit to copy; the first one by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add simulated locks to a building, running or not, for example: lodgekey device fleet 100"""
    settings = Settings(folder=folder)
    devices = folder / "devices"
    if not devices.is_dir():
        raise Refused("no_building", NOT_THERE, folder=folder)
    host, port = _broker_of(devices, settings)
    authority = Authority.open(folder / "certs", utc_now)
    with opened(settings, newest=True) as database, database.writing() as session:
        model = _model(session, like)
        first = (session.scalar(select(func.count()).select_from(Device)) or 0) + 1
        numbers = range(first, first + count)
        made = [
            _add(session, authority, devices, model, number, host, port)
            for number in watched(numbers, count, N_("Creating locks"))
        ]
    running = _move_in(devices)
    output = {"locks": len(made), "first": made[0], "last": made[-1], "running": running}
    tell(
        output,
        as_json,
        N_("Added {locks} locks, {first} to {last}. The running building has started them.")
        if running
        else N_("Added {locks} locks, {first} to {last}. They start with the building."),
        **output,
    )


def _broker_of(devices: Path, settings: Settings) -> tuple[str, int]:
    """Return the broker's host and port, as in another device's folder: in the demonstration they vary."""
    neighbours = find_device_folders(devices)
    if not neighbours:
        return settings.broker_name, settings.broker_port
    neighbour = read_device_folder(neighbours[0])
    return neighbour.host, neighbour.port


def _model(session: Session, code: str | None) -> Unit:
    query = select(Unit).order_by(Unit.code)
    found = session.scalars(query.where(Unit.code == code) if code else query).first()
    if found is None:
        raise Refused("no_such_unit", unit=code or "…")
    return found


def _add(session: Session, authority: Authority, devices: Path, model: Unit, number: int, host: str, port: int) -> str:
    """Add a unit like `model` with a lock; return the lock's id."""
    name = f"sim-{number:04}"
    unit = Unit(
        landlord_id=model.landlord_id,
        code=f"SIM-{number:04}",
        label=f"Simulated room {number}",
        address=model.address,
        area=model.area,
        timezone=model.timezone,
        jurisdiction=model.jurisdiction,
        destinations=[
            Destination(position=one.position, registry_name=one.registry_name, registry_facts=dict(one.registry_facts))
            for one in model.destinations
        ],
    )
    session.add(unit)
    session.flush()
    enrol_device(
        session,
        authority,
        devices / name,
        site="simulated",
        device=name,
        kind="lock",
        unit=unit,
        host=host,
        port=port,
        label=f"Door of simulated room {number}",
    )
    return name


def _move_in(devices: Path) -> bool:
    """Have the running building start the new locks; return whether one runs."""
    control, given = Control.read(devices), {"folder": str(devices.resolve())}
    if control is None:
        return False
    try:
        return asyncio.run(control.ask("POST", "/devices", given, timeout_s=READY_TIMEOUT_SECONDS)).ok
    except RequestFailed:
        return False
