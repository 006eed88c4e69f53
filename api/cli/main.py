"""The `lodgekey` command."""

import sys

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from api.cli import audit, broker, certs, claim, database, demo, device, doctor, fleet, key, registry, serve, simulate
from gateway.broker import BrokerFailed
from gateway.broker_config import BrokerMissing

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
    """Run the command; what an operator can put right is said in a sentence, with exit code 1."""
    try:
        app()
    except SQLAlchemyError as error:
        sys.exit(f"The database refused ({type(error).__name__}). See what is wrong with: lodgekey doctor")
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        sys.exit("\n".join(f"{doctor.setting_named(each['loc'])}: {each['msg']}" for each in wrong))
    except (BrokerMissing, BrokerFailed) as error:
        sys.exit(f"{error}")
    except OSError as error:
        sys.exit(f"{error.strerror or error}: {error.filename or 'lodgekey doctor tells more'}")


if __name__ == "__main__":
    main()
