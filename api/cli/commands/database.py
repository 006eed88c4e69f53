"""`lodgekey db`: the database."""

from typing import Annotated

import typer

from api.cli.folder import opened
from api.cli.output import AsJson, Folder, settings_of, tell
from gateway.store.database import newest_revision

app = typer.Typer(no_args_is_help=True)


@app.command()
def migrate(
    url: Annotated[str, typer.Option(help="Database URL; the settings' own if left out.")] = "",
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Bring the tables to the newest revision."""
    settings = settings_of(folder)
    with opened(settings.model_copy(update={"database_url": url}) if url else settings, new=True):
        tell({"revision": newest_revision()}, as_json, "migrated")
