"""`lodgekey db`: the database."""

from typing import Annotated

import typer

from api.cli.folder import opened
from api.cli.output import AsJson, Folder, settings_of, tell
from gateway.store.database import newest_revision
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)


@app.command()
def migrate(
    url: Annotated[str, typer.Option(help="Database URL; by default the one in the settings.")] = "",
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Migrate the database to the latest revision."""
    settings = settings_of(folder)
    with opened(settings.model_copy(update={"database_url": url}) if url else settings, new=True):
        tell({"revision": newest_revision()}, as_json, N_("The database is up to date."))
