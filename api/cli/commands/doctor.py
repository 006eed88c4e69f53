"""`lodgekey doctor`: finds problems of this installation and says how to solve them."""

import json

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from api.cli.output import AsJson, Folder, padded, said, settings_of
from api.cli.problems import setting_named
from api.cli.program import spoken
from api.cli.refusal import NOT_IN_ORDER
from api.cli.texts.findings import CHECKS, SEVERITIES, sentence
from gateway.clock import utc_now
from gateway.operations.health import Finding, examine

COLOURS = {"good": "green", "care": "yellow", "bad": "red"}


def doctor(
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Check the gateway for problems. Exit code 1 if a check fails."""
    try:
        found = examine(settings_of(folder), utc_now())
    except ValidationError as error:
        facts = [{"name": setting_named(wrong["loc"]), "detail": wrong["msg"]} for wrong in error.errors()]
        found = [Finding("settings", "bad", "setting_refused", each) for each in facts]
    bad, language = any(finding.severity == "bad" for finding in found), spoken()
    if as_json:
        rows = [
            {"check": each.check, "severity": each.severity, "code": each.code, "sentence": sentence(each, language)}
            for each in found
        ]
        typer.echo(json.dumps({"ok": not bad, "findings": rows}, ensure_ascii=False))
    else:
        console = Console()
        for each in found:
            severity, check = padded(said(SEVERITIES[each.severity]), 4), said(CHECKS[each.check])
            line = f"[{COLOURS[each.severity]}]{severity}[/] {check}: {escape(sentence(each, language))}"
            console.print(line, highlight=False)
    raise typer.Exit(NOT_IN_ORDER if bad else 0)
