"""The `lodgekey` command."""

import typer

from api.cli import audit, broker, certs, claim, database, demo, device, doctor, fleet, key, registry, serve, simulate
from api.cli.program import Program

app = typer.Typer(
    cls=Program,
    name="lodgekey",
    help="The gateway between the doors of rented homes and the people around them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
device.app.command("claim")(claim.claim)
device.app.command("fleet")(fleet.fleet)
app.add_typer(device.app, name="device")
app.add_typer(key.app, name="key")
app.add_typer(simulate.app, name="simulate")
app.add_typer(certs.app, name="certs")
app.add_typer(broker.app, name="broker")
app.add_typer(registry.app, name="registry")
app.add_typer(audit.app, name="audit")
app.add_typer(database.app, name="db")


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
