"""`lodgekey device`: taking locks and kiosks into service and out of it."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.web.kiosk import jurisdiction_at, write_kiosk_page
from certs.ca import Authority
from devices.drivers import DRIVERS
from devices.drivers.vendor import MqttDriver
from gateway.bootstrap import utc_now
from gateway.domain.errors import LodgekeyError
from gateway.enrolment import enrol_device, revoke_device
from gateway.settings import Settings
from gateway.store import Device, Unit
from gateway.store.database import Database
from gateway.vendor_locks import take_into_service

app = typer.Typer(help="Locks and kiosks.", no_args_is_help=True)


@app.command()
def add(
    device: Annotated[str, typer.Argument(help="Its id: small letters, digits and hyphens.")],
    site: Annotated[str, typer.Option(help="The building or compound.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write its key and certificate to.")] = None,
    kind: Annotated[Literal["lock", "kiosk"], typer.Option(help="lock or kiosk")] = "lock",
    unit: Annotated[str | None, typer.Option(help="Code of the unit whose door it is on.")] = None,
    driver: Annotated[str, typer.Option(help="native for ours, else the maker's: see docs/drivers.md.")] = "native",
    secrets: Annotated[
        Path | None, typer.Option(help="JSON with its address and keys, for a lock over Bluetooth.")
    ] = None,
) -> None:
    """Take a device into service: ours gets a certificate and the folder it starts from, another maker's needs none."""
    settings = Settings()
    if driver != "native":
        add_other_makers(settings, device, site=site, driver=driver, unit=unit, secrets=secrets)
        return
    if out is None:
        raise typer.BadParameter("A device of ours needs --out, the folder it starts from.")
    authority, database = Authority.open(settings.folder / "certs", utc_now), Database(settings.database)
    database.migrate()
    host = settings.broker_name
    try:
        with database.writing() as session:
            found = unit_coded(session, unit)
            row = enrol_device(
                session,
                authority,
                out,
                site=site,
                device=device,
                kind=kind,
                unit=found,
                host=host,
                port=settings.broker_port,
            )
            expires = row.certificate_expires_at
            if kind == "kiosk":
                write_kiosk_page(out, jurisdiction_at(session, site), settings.address)
    except LodgekeyError as error:
        raise typer.BadParameter(error.detail) from None
    typer.echo(json.dumps({"device": device, "folder": str(out), "certificate_expires_at": expires}))


def add_other_makers(
    settings: Settings, device: str, *, site: str, driver: str, unit: str | None, secrets: Path | None
) -> None:
    """A lock with a driver of its own."""
    if driver not in DRIVERS:
        raise typer.BadParameter(f"There is no driver {driver}. There are: {', '.join(sorted(DRIVERS))}.")
    home = settings.home_broker
    if issubclass(DRIVERS[driver], MqttDriver) and home is not None and site != home.site:
        raise typer.BadParameter(f"Locks on the broker of your own are all of the site {home.site}.")
    given = json.loads(secrets.read_text()) if secrets else {}
    database = Database(settings.database)
    database.migrate()
    try:
        with database.writing() as session:
            found = unit_coded(session, unit)
            take_into_service(
                session, settings.folder, driver=driver, device=device, site=site, unit=found, secrets=given
            )
    except LodgekeyError as error:
        raise typer.BadParameter(error.detail) from None
    can = sorted(ability.value for ability in DRIVERS[driver].abilities)
    typer.echo(json.dumps({"device": device, "driver": driver, "abilities": can}))


def unit_coded(session: Session, code: str | None) -> Unit | None:
    """The unit with this code, where one is given."""
    found = session.scalars(select(Unit).where(Unit.code == code)).one_or_none() if code else None
    if code and found is None:
        raise typer.BadParameter(f"There is no unit with the code {code}.")
    return found


@app.command()
def revoke(device: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Take a device out of service. A running gateway refuses its messages at once, its broker within half a minute."""
    database = Database(Settings().database)
    try:
        with database.writing() as session:
            revoke_device(session, device, utc_now())
    except LodgekeyError as error:
        raise typer.BadParameter(error.detail) from None
    typer.echo(json.dumps({"device": device, "revoked": True}))


@app.command("list")
def list_devices() -> None:
    """Every device, one JSON line each."""
    with Database(Settings().database).reading() as session:
        for row in session.scalars(select(Device).order_by(Device.id)):
            typer.echo(json.dumps({"device": row.id, "site": row.site, "kind": row.kind, "online": row.online}))
