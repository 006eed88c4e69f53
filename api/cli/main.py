"""The `lodgekey` command."""

import typer

from api.cli.program import Program

app = typer.Typer(cls=Program, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def lodgekey() -> None:
    """Lodgekey gateway: keys, locks and registrations of rented homes."""


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
