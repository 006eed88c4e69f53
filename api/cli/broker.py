"""`lodgekey broker config`: everything an operator's own mosquitto needs."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.bootstrap import Gateway
from gateway.broker_config import write_files
from gateway.settings import Settings

app = typer.Typer(help="The MQTT broker.", no_args_is_help=True)


@app.command()
def config(
    out: Annotated[Path, typer.Option(help="Folder to write configuration, access list and certificates to.")],
) -> None:
    """Write mosquitto.conf, the access list and certificates for a broker of your own."""
    gateway = Gateway(Settings())
    write_files(out, *gateway.broker_parts(), absolute=True)
    typer.echo(f"Start it with: mosquitto -c {out / 'mosquitto.conf'}")
    typer.echo(
        "Then set LODGEKEY_BROKER_HOST, LODGEKEY_BROKER_PORT, and LODGEKEY_BROKER_CA_FILE,"
        f" _CERT_FILE, _KEY_FILE to ca.pem, gateway.pem and gateway.key under {gateway.settings.folder / 'certs'}."
    )
