"""`lodgekey device claim`: what the installer of one lock or kiosk takes along, so that it enrols itself."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy import select

from certs.ca import CLAIM_DAYS, Authority
from gateway.bootstrap import utc_now
from gateway.domain.errors import LodgekeyError
from gateway.enrolment import make_claim
from gateway.settings import Settings
from gateway.store import Unit
from gateway.store.database import Database


def claim(
    device: Annotated[str, typer.Argument(help="Its id: small letters, digits and hyphens.")],
    out: Annotated[Path, typer.Option(help="File to write the claim to, for its owner to read only.")],
    site: Annotated[str, typer.Option(help="The building or compound.")],
    kind: Annotated[Literal["lock", "kiosk"], typer.Option(help="lock or kiosk")] = "lock",
    unit: Annotated[str | None, typer.Option(help="Code of the unit whose door it is on.")] = None,
    url: Annotated[str, typer.Option(help="Where the device reaches this gateway.")] = "",
    days: Annotated[int, typer.Option(min=1, max=7, help="How long the claim is good.")] = CLAIM_DAYS,
) -> None:
    """Let one device in, once: new, reset to the factory, or with a certificate that ran out."""
    settings = Settings()
    authority, database = Authority.open(settings.folder / "certs", utc_now), Database(settings.database)
    database.migrate()
    try:
        with database.writing() as session:
            found = session.scalars(select(Unit).where(Unit.code == unit)).one_or_none() if unit else None
            if unit and found is None:
                raise typer.BadParameter(f"There is no unit with the code {unit}.")
            made = make_claim(
                session,
                authority,
                site=site,
                device=device,
                kind=kind,
                unit=found,
                url=url or settings.address,
                host=settings.broker_name,
                port=settings.broker_port,
                days=days,
            )
            made.write(out)
    except LodgekeyError as error:
        raise typer.BadParameter(error.detail) from None
    finally:
        database.close()
    typer.echo(json.dumps({"device": device, "claim": str(out), "expires_at": made.expires}))
