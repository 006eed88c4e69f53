"""`lodgekey broker config`: the configuration of an operator's own mosquitto."""

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
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)


@app.command()
def config(
    out: Annotated[
        Path, typer.Option(help="Folder to write the configuration, access control list and certificates to.")
    ],
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Write mosquitto.conf, the access control list and certificates for your own broker."""
    settings = settings_of(folder)
    authority = Authority.open(settings.folder / "certs", utc_now)
    with opened(settings, new=True) as database, database.reading() as session:
        revoked = revoked_devices(session, utc_now())
    access = BrokerAccess(settings, lambda: authority, lambda: revoked)
    write_files(out, access.settings(), access.certificates(), absolute=True)
    output = {"config": str(out / "mosquitto.conf"), "folder": str(out)}
    tell(
        output,
        as_json,
        N_(
            "Start the broker with: mosquitto -c {config}\n"
            "Then set LODGEKEY_BROKER_HOST, LODGEKEY_BROKER_PORT and LODGEKEY_BROKER_FOLDER={folder}."
        ),
        **output,
    )
