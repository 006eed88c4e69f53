"""`lodgekey certs`: the authority behind every certificate, and its change, one phase at a time."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certs.ca import Authority
from certs.generations import BadPhase
from gateway.bootstrap import utc_now
from gateway.domain.errors import LodgekeyError
from gateway.journey.fleet import behind
from gateway.settings import Settings
from gateway.store import Device
from gateway.store.database import Database
from gateway.succession import advance, forget, is_followed, roll_back

app = typer.Typer(help="Certificates of the fleet, and the authority behind them.", no_args_is_help=True)
Leave = Annotated[list[str] | None, typer.Option("--leave", help="A device not to wait for; give it once for each.")]


@app.command()
def status() -> None:
    """Where the rotation stands, and which devices have not confirmed it, as one JSON object."""
    _with_authority(lambda _, authority: authority)


@app.command()
def rotate(leave: Leave = None) -> None:
    """Go one phase further: standby, init, clients, servers, standby. Each waits until every device has confirmed."""
    _with_authority(lambda session, authority: advance(session, authority, set(leave or ())))


@app.command("roll-back")
def give_up() -> None:
    """Give the rotation up, from any phase, and go back to the present authority."""
    _with_authority(lambda _, authority: roll_back(authority))


@app.command("forget")
def forget_generation(
    generation: Annotated[int, typer.Argument(help="Its number, as status lists it under retired.")],
    leave: Leave = None,
) -> None:
    """Stop believing a retired authority. Devices that still present its certificates need a claim afterwards."""
    _with_authority(lambda session, authority: forget(session, authority, generation, set(leave or ()), utc_now()))


def _with_authority(act: Callable[[Session, Authority], Authority]) -> None:
    settings = Settings()
    authority, database = Authority.open(settings.folder / "certs", utc_now), Database(settings.database)
    database.migrate()
    try:
        with database.reading() as session:
            told = _told(session, act(session, authority))
    except (LodgekeyError, BadPhase) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    finally:
        database.close()
    typer.echo(json.dumps(told))


def _told(session: Session, authority: Authority) -> dict[str, Any]:
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
