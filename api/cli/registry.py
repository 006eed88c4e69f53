"""`lodgekey registry`: what is owed to authorities, and what waits for a person. Ids only, nobody's data."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from api.cli.dates import told_time
from gateway.bootstrap import utc_now
from gateway.journey.clocks import OPEN, standing_of
from gateway.settings import Settings
from gateway.store import Registration
from gateway.store.database import Database

app = typer.Typer(help="Registries and what is filed with them.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Option(help="Where the gateway keeps everything.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _settings(folder: Path | None) -> Settings:
    return Settings() if folder is None else Settings(folder=folder)


@app.command("list")
def list_registries(folder: Folder = None, as_json: AsJson = False) -> None:
    """Each registry that is set up or has been filed with, and how many records stand how."""
    settings = _settings(folder)
    counted: dict[str, Counter[str]] = {name: Counter() for name in settings.registries}
    query = select(Registration.registry_name, Registration.state, func.count()).group_by(
        Registration.registry_name, Registration.state
    )
    with Database(settings.database).reading() as session:
        for name, state, number in session.execute(query):
            counted.setdefault(name, Counter())[state] = number
    rows = [
        {"registry": name, "set_up": name in settings.registries, "records": dict(states)}
        for name, states in sorted(counted.items())
    ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = Table("registry", "set up", "records")
    for row in rows:
        told = ", ".join(f"{number} {state}" for state, number in counted[str(row["registry"])].items()) or "none"
        table.add_row(str(row["registry"]), "yes" if row["set_up"] else "no", told)
    Console().print(table)


@app.command("open")
def list_open(folder: Folder = None, as_json: AsJson = False) -> None:
    """Records that are not with their registry yet, by deadline. Exit code 1 where one is late."""
    now = utc_now()
    query = select(Registration).where(Registration.state.in_(OPEN)).order_by(Registration.deadline_at)
    with Database(_settings(folder).database).reading() as session:
        rows: list[dict[str, Any]] = [
            {
                "record": row.id,
                "registry": row.registry_name,
                "kind": row.kind,
                "state": row.state,
                "deadline_at": row.deadline_at,
                "standing": standing_of(row, now),
                "code": row.answer_code,
            }
            for row in session.scalars(query)
        ]
    if as_json:
        typer.echo(json.dumps(rows))
    else:
        table = Table("record", "registry", "kind", "state", "deadline (UTC)", "standing", "code")
        for row in rows:
            shown = row | {"deadline_at": told_time(row["deadline_at"])}
            table.add_row(*("" if value is None else str(value) for value in shown.values()))
        Console().print(table)
    raise typer.Exit(1 if any(row["standing"] == "late" for row in rows) else 0)
