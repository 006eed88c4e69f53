"""`lodgekey device claim`: the token with which a lock or kiosk enrols itself where it is installed."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.dates import format_time
from api.cli.folder import opened, unit_coded
from api.cli.output import AsJson, Folder, settings_of, tell
from certs.authority.ca import CLAIM_DAYS, Authority
from gateway.clock import utc_now
from gateway.fleet.enrolment import make_claim
from gateway.texts.marks import N_


def claim(
    device: Annotated[str, typer.Argument(help="Device id: lower-case letters, digits and hyphens.")],
    out: Annotated[Path, typer.Option(help="File to write the enrolment token to, readable only by its owner.")],
    site: Annotated[str, typer.Option(help="Site: the building or compound.")],
    kind: Annotated[Literal["lock", "kiosk"], typer.Option(help="lock or kiosk")] = "lock",
    unit: Annotated[str | None, typer.Option(help="Code of the unit whose door the device is on.")] = None,
    url: Annotated[str, typer.Option(help="Address at which the device reaches this gateway.")] = "",
    days: Annotated[
        int, typer.Option(min=1, max=7, help="Number of days for which the enrolment token is valid.")
    ] = CLAIM_DAYS,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Issue an enrolment token for one device, once: new, factory-reset, or with an expired certificate."""
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
    tell(
        output,
        as_json,
        N_("The enrolment token of {device} is {claim}, valid until {expires} (UTC)."),
        device=device,
        claim=out,
        expires=format_time(made.expires),
    )
