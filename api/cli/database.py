"""`lodgekey db`: the database."""

from typing import Annotated

import typer

from gateway.settings import Settings
from gateway.store.database import Database

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def migrate(url: Annotated[str, typer.Option(help="Database URL; the settings' own if left out.")] = "") -> None:
    """Bring the tables to the newest revision."""
    settings = Settings()
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(url or settings.database)
    database.migrate()
    database.close()
    typer.echo("The database is up to date.")
