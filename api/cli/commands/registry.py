"""`lodgekey registry`: filings that are pending, and those that need a decision. Prints ids, no personal data."""

from collections import Counter
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from api.cli.dates import format_time
from api.cli.folder import opened
from api.cli.output import AsJson, Folder, listed, said, settings_of, tell, word
from api.cli.refusal import NOT_IN_ORDER
from gateway.clock import utc_now
from gateway.journey.filings.deadlines import OPEN, standing_of
from gateway.store import Registration
from gateway.texts.marks import N_
from gateway.texts.outcomes import answer_text

app = typer.Typer(no_args_is_help=True)
COLUMNS = ("record", "registry", "kind", "state", "deadline_at", "standing", "code")
# column → family of codes that are printed as the pages' texts
FAMILIES = {"kind": "kind", "state": "filing", "standing": "standing"}


@app.command("list")
def list_registries(folder: Folder = None, as_json: AsJson = False) -> None:
    """List all registries that are set up or have records, with the number of records in each state."""
    settings = settings_of(folder)
    counted: dict[str, Counter[str]] = {name: Counter() for name in settings.registries}
    query = select(Registration.registry_name, Registration.state, func.count()).group_by(
        Registration.registry_name, Registration.state
    )
    with opened(settings) as database, database.reading() as session:
        for name, state, number in session.execute(query):
            counted.setdefault(name, Counter())[state] = number
    rows = [
        {"registry": name, "set_up": name in settings.registries, "records": dict(states)}
        for name, states in sorted(counted.items())
    ]
    if as_json:
        tell(rows, as_json)
        return
    table = headed("registry", "set_up", "records")
    for row in rows:
        states = counted[str(row["registry"])].items()
        counts = listed(
            said(N_("{number} {state}"), number=number, state=word("filing", state)) for state, number in states
        )
        table.add_row(str(row["registry"]), word("truth", "yes" if row["set_up"] else "no"), counts or said(N_("none")))
    Console().print(table)


@app.command("open")
def list_open(folder: Folder = None, as_json: AsJson = False) -> None:
    """List records that their registry has not accepted yet, by deadline. Exit code 1 if one is overdue."""
    now = utc_now()
    query = select(Registration).where(Registration.state.in_(OPEN)).order_by(Registration.deadline_at)
    with opened(settings_of(folder)) as database, database.reading() as session:
        rows: list[dict[str, Any]] = [
            {
                "record": row.id,
                "registry": row.registry_name,
                "kind": row.kind,
                "state": row.state,
                "deadline_at": row.deadline_at,
                "standing": standing_of(row, now),
                "code": row.answer_code,
                "args": dict(row.answer_args or {}),
                "sentence": answer_text("en", row.answer_code, row.answer_text, row.answer_args),
            }
            for row in session.scalars(query)
        ]
    if as_json:
        tell(rows, as_json)
    else:
        table = headed(*COLUMNS)
        for row in rows:
            named = {name: word(family, row[name]) for name, family in FAMILIES.items()}
            shown = row | named | {"deadline_at": format_time(row["deadline_at"])}
            table.add_row(*("" if shown[name] is None else str(shown[name]) for name in COLUMNS))
        Console().print(table)
    raise typer.Exit(NOT_IN_ORDER if any(row["standing"] == "late" for row in rows) else 0)


def headed(*columns: str) -> Table:
    """Return an empty table with these columns; long text without spaces, such as Chinese, is folded, not cut off."""
    table = Table()
    for column in columns:
        table.add_column(word("column", column), overflow="fold")
    return table
