"""What every command takes, and how it tells: one JSON document on stdout with --json, lines for people without."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import track

from api.cli.program import spoken
from api.cli.text import say
from gateway.settings import Settings

Folder = Annotated[Path | None, typer.Option(help="Where the gateway keeps everything.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, also where it fails.")]
Thing = TypeVar("Thing")
TENTHS, LONG = 10, 20


def settings_of(folder: Path | None) -> Settings:
    """The settings of the environment, with this folder where one is named."""
    return Settings() if folder is None else Settings(folder=folder)


def tell(result: Any, as_json: bool, sentence: str = "", /, **facts: object) -> None:
    """What a command did: the result as JSON, or `sentence` of api.cli.text for people."""
    typer.echo(json.dumps(result, ensure_ascii=False) if as_json else say(spoken(), sentence, **facts))


def tell_rows(rows: Sequence[Mapping[str, Any]], as_json: bool, lines: Iterable[str]) -> None:
    """A list: one JSON array, or `lines` for people, with a word where there is nothing."""
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for line in list(lines) or [say(spoken(), "nothing")]:
        typer.echo(line)


def watched(things: Iterable[Thing], total: int, what: str) -> Iterator[Thing]:
    """The things one by one, with progress on stderr: a bar on a terminal, elsewhere lines, where it takes a while."""
    text = say(spoken(), what)
    if sys.stderr.isatty():
        yield from track(things, text, total, console=Console(stderr=True), transient=True)
        return
    step = max(1, total // TENTHS)
    for number, thing in enumerate(things, 1):
        yield thing
        if total >= LONG and (number % step == 0 or number == total):
            typer.echo(f"{text}: {number}/{total}", err=True)
