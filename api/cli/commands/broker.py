"""`lodgekey broker config`: everything an operator's own mosquitto needs."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.folder import opened
from api.cli.output import AsJson, Folder, settings_of, tell
from certs.authority.ca import Authority
from gateway.broker.access import BrokerAccess
from gateway.broker.config import write_files
from gateway.clock import utc_now
from gateway.fleet.enrolment import revoked_devices

app = typer.Typer(no_args_is_help=True)


@app.command()
def config(
    out: Annotated[Path, typer.Option(help="Folder to write configuration, access list and certificates to.")],
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Write mosquitto.conf, the access list and certificates for a broker of your own."""
    settings = settings_of(folder)
    authority = Authority.open(settings.folder / "certs", utc_now)
    with opened(settings, new=True) as database, database.reading() as session:
        revoked = revoked_devices(session, utc_now())
    access = BrokerAccess(settings, lambda: authority, lambda: revoked)
    write_files(out, access.settings(), access.certificates(), absolute=True)
    output = {"config": str(out / "mosquitto.conf"), "folder": str(out)}
    tell(output, as_json, "broker_written", **output)
