"""`lodgekey certs`: rotation of the certificate authority, one phase at a time; new keys for lost ones."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.cli.folder import opened, require_stopped
from api.cli.output import AsJson, Folder, listed, said, settings_of, tell, word
from api.cli.refusal import Refused
from certs.authority.ca import Authority
from gateway.clock import utc_now
from gateway.fleet.rotation import advance, forget, is_followed, roll_back
from gateway.journey.devices.certificates import behind
from gateway.operations.installation import Lost, find_lost
from gateway.operations.renewal import Cost, cost_of, elements_of, renew_identity
from gateway.settings import Settings
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


@app.command("renew-identity")
def renew(
    yes: Annotated[bool, typer.Option("--yes", help="Go on without asking.")] = False,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Go on without what is lost of this gateway: create new keys, and print what that costs."""
    settings = settings_of(folder)
    require_stopped(settings.folder)
    lost = find_lost(settings)
    if not lost:
        tell({"lost": []}, as_json, N_("Nothing is missing, so nothing was changed."))
        return
    cost = _cost(settings, lost)
    if not as_json:
        for line in _cost_lines(cost, [each.path for each in lost]):
            typer.echo(line)
    if not yes and (as_json or not typer.confirm(said(N_("Go on without them?")))):
        raise Refused("not_confirmed")
    remains = renew_identity(settings, lost)
    result = {"lost": [asdict(each) for each in lost], "cost": asdict(cost), "remains": str(remains)}
    tell(result, as_json, N_("New ones were created. What was left of the old ones is in {folder}."), folder=remains)


def _cost(settings: Settings, lost: list[Lost]) -> Cost:
    if any(each.element == "database" for each in lost):
        return Cost(elements_of(lost), [], 0, 0, 0, 0)
    with opened(settings, newest=True) as database, database.reading() as session:
        return cost_of(session, lost)


def _cost_lines(cost: Cost, paths: list[str]) -> Iterator[str]:
    yield said(N_("Missing, empty or not this gateway's own: {paths}."), paths=listed(paths))
    if "database" in cost.elements:
        yield said(N_("All accounts, units, stays, devices and records are lost: the gateway starts empty."))
    if "authority" in cost.elements:
        devices = listed(cost.devices) or said(N_("none"))
        yield said(N_("These devices must be enrolled again (lodgekey device claim): {devices}."), devices=devices)
        yield said(N_("Keys and passcodes change in {n} stays; locks get them once enrolled again."), n=cost.stays)
    if "offers" in cost.elements:
        yield said(N_("{n} links already sent to tenants stop working. Send new ones."), n=cost.links)
    if "vault" in cost.elements:
        yield said(N_("The personal data of {n} people can never be read again, nor reported."), n=cost.people)
    if "disclosure_log" in cost.elements:
        yield said(
            N_("Tree heads kept so far cannot be compared with the log's {n} entries any more."), n=cost.disclosures
        )


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
