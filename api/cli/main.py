"""The `lodgekey` command."""

from importlib import import_module
from typing import Annotated, Final

import typer

from api.cli.program import Program
from gateway.texts.marks import N_

VERSION: Final = N_("lodgekey {version}, security fixes until {day}")

app = typer.Typer(cls=Program, no_args_is_help=True, pretty_exceptions_enable=False)


def show_version(wanted: bool) -> None:
    """Print name, version and the last day of its security fixes, and end."""
    if wanted:
        release, output = (import_module(name) for name in ("gateway.operations.release", "api.cli.output"))
        typer.echo(output.said(VERSION, version=release.VERSION, day=release.SUPPORTED_UNTIL))
        raise typer.Exit


@app.callback()
def lodgekey(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=show_version, is_eager=True, help="Version, and until when it gets security fixes."
        ),
    ] = False,
) -> None:
    """Lodgekey gateway: keys, locks and registrations of rented homes."""


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
