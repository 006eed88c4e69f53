"""Common options and output of all commands: one JSON document on stdout with --json, else lines for people."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import track

from api.cli.program import spoken
from api.cli.texts.codes import CODES
from gateway.settings import Settings
from gateway.texts.families import code_text
from gateway.texts.languages import SOURCE
from gateway.texts.marks import N_
from gateway.texts.translator import translator

Folder = Annotated[Path | None, typer.Option(help="Folder of the gateway's data.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document to stdout, also on failure.")]
Thing = TypeVar("Thing")
TENTHS, LONG = 10, 20


def settings_of(folder: Path | None) -> Settings:
    """Return the settings of the environment, with `folder` if given."""
    return Settings() if folder is None else Settings(folder=folder)


def tell(result: Any, as_json: bool, sentence: str = "", /, **facts: object) -> None:
    """Print what a command did: `result` as JSON, or the marked text `sentence` with `facts`."""
    typer.echo(json.dumps(result, ensure_ascii=False) if as_json else said(sentence, **facts))


def tell_rows(rows: Sequence[Mapping[str, Any]], as_json: bool, lines: Iterable[str]) -> None:
    """Print a list: `rows` as one JSON array, or `lines`; says so if there is nothing."""
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for line in list(lines) or [said(N_("There are no entries."))]:
        typer.echo(line)


def said(text: str, /, **facts: object) -> str:
    """Return a marked text in the language of the terminal, with `facts` for its placeholders."""
    return translator(spoken()).translate(text, **facts)


def word(family: str, code: str) -> str:
    """Return a code of the API for people: in English the code itself, which help and guides use, else the pages' text.

    A code in CODES has a text of the command line's own, in every language.
    """
    language, text = spoken(), CODES.get(family, {}).get(code)
    if text is not None:
        return said(text)
    return code if language == SOURCE else code_text(language, family, code)


def listed(things: Iterable[object]) -> str:
    """Return several things as one line, separated as usual in the language."""
    return translator(spoken()).join(map(str, things))


def padded(text: str, width: int) -> str:
    """Return a text padded to `width` cells of a terminal; a Chinese character takes two."""
    return text + " " * (width - cell_len(text))


def watched(things: Iterable[Thing], total: int, what: str) -> Iterator[Thing]:
    """Yield the things, with progress on stderr: a bar on a terminal, elsewhere lines if it takes long."""
    text = said(what)
    if sys.stderr.isatty():
        yield from track(things, text, total, console=Console(stderr=True), transient=True)
        return
    step = max(1, total // TENTHS)
    for number, thing in enumerate(things, 1):
        yield thing
        if total >= LONG and (number % step == 0 or number == total):
            typer.echo(f"{text}: {number}/{total}", err=True)
