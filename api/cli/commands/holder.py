"""`lodgekey simulate holder`: the tenant's phone, each command a process of the simulator."""

import json
import subprocess
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.output import AsJson
from api.cli.refusal import Refused
from api.cli.simulator import command_of

app = typer.Typer(no_args_is_help=True)
Phone = Annotated[Path, typer.Option("--dir", help="Folder of the phone's private key and credential.")]
Gateway = Annotated[str, typer.Option(help="Address of the gateway, for example http://127.0.0.1:8080.")]
KeyId = Annotated[str, typer.Option("--key", help="Key id.")]
LockCertificate = Annotated[
    Path, typer.Option("--lock-cert", help="Certificate of the lock (PEM); the phone connects to no other lock.")
]
Air = Annotated[
    str, typer.Option(help="HOST:PORT of the simulated Bluetooth network, as printed by `lodgekey simulate building`.")
]


@app.command()
def new(folder: Phone, as_json: AsJson = False) -> None:
    """Create the phone's key pair, if it has none, and print its public key as a JWK."""
    run(["new", "--dir", str(folder)], as_json)


@app.command()
def read(folder: Phone, gateway: Gateway, key: KeyId, as_json: AsJson = False) -> None:
    """Read the key from the gateway and store its credential on the phone."""
    run(["read", "--dir", str(folder), "--gateway", gateway, "--key", key], as_json)


@app.command()
def unlock(folder: Phone, gateway: Gateway, key: KeyId, as_json: AsJson = False) -> None:
    """Unlock the door through the gateway."""
    run(["unlock", "--dir", str(folder), "--gateway", gateway, "--key", key], as_json)


@app.command()
def near(
    folder: Phone,
    lock: Annotated[str, typer.Option(help="Device id of the lock.")],
    lock_certificate: LockCertificate,
    air: Air,
    order: Annotated[
        Literal["unlock", "lock"], typer.Option(help="unlock: unlock the door; lock: lock it.")
    ] = "unlock",
    as_json: AsJson = False,
) -> None:
    """Unlock or lock a door over Bluetooth, without a network."""
    given = {"--dir": folder, "--lock": lock, "--lock-cert": lock_certificate, "--air": air, "--order": order}
    run(["near", *(part for name, value in given.items() for part in (name, str(value)))], as_json)


def run(arguments: list[str], as_json: bool) -> None:
    """Run the simulator and print its JSON; exit with its code. Refused with its message where it printed none."""
    done = subprocess.run(command_of("holder", *arguments), capture_output=True, check=False)
    if not done.stdout:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise Refused("simulator_refused", done.returncode, detail=said)
    typer.echo(json.dumps(json.loads(done.stdout)) if as_json else done.stdout.decode().rstrip())
    raise typer.Exit(done.returncode)
