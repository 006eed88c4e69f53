"""`lodgekey certs`: rotation of the certificate authority, one phase at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.cli.folder import opened
from api.cli.output import AsJson, Folder, listed, said, settings_of, tell, word
from certs.authority.ca import Authority
from gateway.clock import utc_now
from gateway.fleet.rotation import advance, forget, is_followed, roll_back
from gateway.journey.devices.certificates import behind
from gateway.store import Device
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)
Leave = Annotated[list[str] | None, typer.Option("--leave", help="Device not to wait for. Can be repeated.")]


@app.command()
def status(folder: Folder = None, as_json: AsJson = False) -> None:
    """Show the state of the rotation, and the devices that have not confirmed it."""
    _with_authority(folder, as_json, lambda _, authority: authority)


@app.command()
def rotate(leave: Leave = None, folder: Folder = None, as_json: AsJson = False) -> None:
    """Advance the rotation: standby, init, clients, servers, standby. Each phase waits for every device."""
    _with_authority(folder, as_json, lambda session, authority: advance(session, authority, set(leave or ())))


@app.command("roll-back")
def give_up(folder: Folder = None, as_json: AsJson = False) -> None:
    """Cancel the rotation in any phase, and return to the current authority."""
    _with_authority(folder, as_json, lambda _, authority: roll_back(authority))


@app.command("forget")
def forget_generation(
    generation: Annotated[
        int, typer.Argument(help="Number of the authority, as listed by `status` under “retired authorities”.")
    ],
    leave: Leave = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Stop trusting a retired authority. Devices that still use its certificates then need an enrolment token."""
    left = set(leave or ())
    _with_authority(folder, as_json, lambda session, authority: forget(session, authority, generation, left, utc_now()))


def _with_authority(folder: Path | None, as_json: bool, act: Callable[[Session, Authority], Authority]) -> None:
    settings = settings_of(folder)
    with opened(settings, newest=True) as database, database.reading() as session:
        rotation = _rotation_status(session, act(session, Authority.open(settings.folder / "certs", utc_now)))
    if as_json:
        tell(rotation, as_json)
        return
    for name, value in rotation.items():
        typer.echo(said(N_("{name}: {value}"), name=word("certs", name), value=_in_words(name, value)))


def _in_words(name: str, value: Any) -> str:
    if name == "phase":
        return word(name, value)
    if name == "behind":
        return str({device: [word("paper", work) for work in works] for device, works in value.items()})
    if isinstance(value, list):
        return listed(value)
    return word("truth", str(value)) if value is None or isinstance(value, bool) else str(value)


def _rotation_status(session: Session, authority: Authority) -> dict[str, Any]:
    standing = authority.generations.standing
    in_service = select(func.count()).select_from(Device).where(Device.revoked_at.is_(None), Device.driver == "native")
    return {
        "phase": standing.phase,
        "current": standing.current,
        "next": standing.next,
        "retired": list(standing.retired),
        "followed_by_gateway": is_followed(authority),
        "devices": session.scalar(in_service),
        "behind": behind(session, authority),
    }
