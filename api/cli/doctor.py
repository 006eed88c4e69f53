"""`lodgekey doctor`: what is wrong with this installation, and what to do about it."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from gateway.bootstrap import utc_now
from gateway.checkup import Finding, examine
from gateway.settings import Settings

SIGNS = {"good": "[green]ok  [/green]", "care": "[yellow]soon[/yellow]", "bad": "[red]bad [/red]"}


def doctor(
    folder: Annotated[Path | None, typer.Option(help="Where the gateway keeps everything.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Look for what keeps the gateway from its work. Exit code 1 where something is bad."""
    try:
        settings = Settings() if folder is None else Settings(folder=folder)
        found = examine(settings, utc_now())
    except ValidationError as error:
        found = [
            Finding("settings", "bad", f"{setting_named(wrong['loc'])}: {wrong['msg']}") for wrong in error.errors()
        ]
    bad = any(finding.mood == "bad" for finding in found)
    if as_json:
        typer.echo(json.dumps({"ok": not bad, "findings": [dataclasses.asdict(finding) for finding in found]}))
    else:
        console = Console()
        for finding in found:
            console.print(f"{SIGNS[finding.mood]} {finding.check}: {escape(finding.sentence)}", highlight=False)
    raise typer.Exit(1 if bad else 0)


def setting_named(path: tuple[int | str, ...]) -> str:
    """The variable that a setting is read from."""
    return "__".join(["LODGEKEY", *map(str, path)]).replace("__", "_", 1).upper() if path else "LODGEKEY_…"
