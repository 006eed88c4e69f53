"""`lodgekey device claim`: what the installer of one lock or kiosk takes along, so that it enrols itself."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.dates import format_time
from api.cli.folder import opened, unit_coded
from api.cli.output import AsJson, Folder, settings_of, tell
from certs.authority.ca import CLAIM_DAYS, Authority
from gateway.clock import utc_now
from gateway.fleet.enrolment import make_claim


def claim(
    device: Annotated[str, typer.Argument(help="Its id: small letters, digits and hyphens.")],
    out: Annotated[Path, typer.Option(help="File to write the claim to, for its owner to read only.")],
    site: Annotated[str, typer.Option(help="The building or compound.")],
    kind: Annotated[Literal["lock", "kiosk"], typer.Option(help="lock or kiosk")] = "lock",
    unit: Annotated[str | None, typer.Option(help="Code of the unit whose door it is on.")] = None,
    url: Annotated[str, typer.Option(help="Where the device reaches this gateway.")] = "",
    days: Annotated[int, typer.Option(min=1, max=7, help="How long the claim is good.")] = CLAIM_DAYS,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Let one device in, once: new, reset to the factory, or with a certificate that ran out."""
    settings = settings_of(folder)
    with opened(settings, newest=True) as database, database.writing() as session:
        made = make_claim(
            session,
            Authority.open(settings.folder / "certs", utc_now),
            site=site,
            device=device,
            kind=kind,
            unit=unit_coded(session, unit),
            url=url or settings.address,
            host=settings.broker_name,
            port=settings.broker_port,
            days=days,
        )
        made.write(out)
    output = {"device": device, "claim": str(out), "expires_at": made.expires}
    tell(output, as_json, "claimed", device=device, claim=out, expires=format_time(made.expires))
