"""`lodgekey doctor`: what is wrong with this installation, and what to do about it."""

import dataclasses
import json

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from api.cli.problems import setting_named
from api.cli.refusal import NOT_IN_ORDER
from api.cli.terms import AsJson, Folder, settings_of
from gateway.bootstrap import utc_now
from gateway.checkup import Finding, examine

SIGNS = {"good": "[green]ok  [/green]", "care": "[yellow]soon[/yellow]", "bad": "[red]bad [/red]"}


def doctor(
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Look for what keeps the gateway from its work. Exit code 1 where something is bad."""
    try:
        found = examine(settings_of(folder), utc_now())
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
    raise typer.Exit(NOT_IN_ORDER if bad else 0)
