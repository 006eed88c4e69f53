"""`lodgekey device`: taking locks and kiosks into service and out of it."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy import select

from api.web.kiosk import jurisdiction_at, write_kiosk_page
from certs.ca import Authority
from gateway.bootstrap import utc_now
from gateway.domain.errors import LodgekeyError
from gateway.enrolment import enrol_device, revoke_device
from gateway.settings import Settings
from gateway.store import Device, Unit
from gateway.store.database import Database

app = typer.Typer(help="Locks and kiosks.", no_args_is_help=True)


@app.command()
def add(
    device: Annotated[str, typer.Argument(help="Its id: small letters, digits and hyphens.")],
    out: Annotated[Path, typer.Option(help="Folder to write its key and certificate to.")],
    site: Annotated[str, typer.Option(help="The building or compound.")],
    kind: Annotated[Literal["lock", "kiosk"], typer.Option(help="lock or kiosk")] = "lock",
    unit: Annotated[str | None, typer.Option(help="Code of the unit whose door it is on.")] = None,
) -> None:
    """Give a device a certificate and write the folder it starts from."""
    settings = Settings()
    authority, database = Authority.open(settings.folder / "certs", utc_now), Database(settings.database)
    database.migrate()
    host = settings.broker_host or settings.host
    try:
        with database.writing() as session:
            found = session.scalars(select(Unit).where(Unit.code == unit)).one_or_none() if unit else None
            if unit and found is None:
                raise typer.BadParameter(f"There is no unit with the code {unit}.")
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


@app.command()
def revoke(device: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Take a device out of service. A running gateway refuses its messages at once, its broker within a day."""
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
