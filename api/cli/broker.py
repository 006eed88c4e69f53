"""`lodgekey broker config`: everything an operator's own mosquitto needs."""

from pathlib import Path
from typing import Annotated

import typer

from certs.ca import Authority
from gateway.bootstrap import utc_now
from gateway.broker_access import BrokerAccess
from gateway.broker_config import write_files
from gateway.enrolment import revoked_devices
from gateway.settings import Settings
from gateway.store.database import Database

app = typer.Typer(help="The MQTT broker.", no_args_is_help=True)


@app.command()
def config(
    out: Annotated[Path, typer.Option(help="Folder to write configuration, access list and certificates to.")],
) -> None:
    """Write mosquitto.conf, the access list and certificates for a broker of your own."""
    settings = Settings()
    authority = Authority.open(settings.folder / "certs", utc_now)
    database = Database(settings.database)
    database.migrate()
    with database.reading() as session:
        revoked = revoked_devices(session, utc_now())
    database.close()
    access = BrokerAccess(settings, lambda: authority, lambda: revoked)
    write_files(out, access.settings(), access.certificates(), absolute=True)
    typer.echo(f"Start it with: mosquitto -c {out / 'mosquitto.conf'}")
    typer.echo(f"Then set LODGEKEY_BROKER_HOST and LODGEKEY_BROKER_PORT, and LODGEKEY_BROKER_FOLDER={out}.")
