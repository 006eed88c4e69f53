"""`lodgekey db`: the database."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.backup import settled, tell_settled
from api.cli.folder import opened, require_stopped
from api.cli.output import AsJson, Folder, settings_of, tell
from api.cli.program import spoken
from api.cli.refusal import NOT_IN_ORDER
from api.cli.texts.findings import sentence
from gateway.clock import utc_now
from gateway.operations.backup.settling import settle_database
from gateway.operations.health import check_database
from gateway.store.revisions.scripts import newest_revision
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


@app.command()
def settle(
    ended: Annotated[
        list[Path] | None, typer.Option(help="Another copy of ended.jsonl, besides the folder's. Can be repeated.")
    ] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """After PostgreSQL's own tools restored the database to a point in time: make the rows fit what happened since."""
    settings = settings_of(folder)
    require_stopped(settings.folder)
    for path in ended or ():
        path.open().close()  # a wrong name must not pass for an empty list
    after = settle_database(settings, ended or (), utc_now())
    tell(settled(after), as_json, N_("The database fits the gateway in {folder} again."), folder=settings.folder)
    if not as_json:
        tell_settled(after)


@app.command()
def status(
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show what the database is: up to date, older, newer, or none of this program. Exit code 1 if it is not usable."""
    (found,) = check_database(settings_of(folder), utc_now())
    if as_json:
        typer.echo(json.dumps({"code": found.code, **found.facts}))
    else:
        typer.echo(sentence(found, spoken()))
    raise typer.Exit(NOT_IN_ORDER if found.severity == "bad" else 0)
