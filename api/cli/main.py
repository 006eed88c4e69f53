"""The `lodgekey` command."""

import typer

from api.cli import audit, broker, certs, claim, database, demo, device, doctor, serve

app = typer.Typer(
    name="lodgekey",
    help="The gateway between the doors of rented homes and the people around them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
device.app.command("claim")(claim.claim)
app.add_typer(device.app, name="device")
app.add_typer(certs.app, name="certs")
app.add_typer(broker.app, name="broker")
app.add_typer(audit.app, name="audit")
app.add_typer(database.app, name="db")

if __name__ == "__main__":
    app()
