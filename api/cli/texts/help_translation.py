"""Puts the Chinese of texts.chinese over commands whose help Typer makes; imported only where Chinese is spoken."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from api.cli.texts.chinese import COMMAND, FRAME, HELP, OPTIONS, USAGE


def speak_chinese(command: Any) -> None:
    """Chinese help for a command, its arguments and options, and the commands under it that are loaded."""
    command.context_class = ChineseContext
    command.options_metavar = OPTIONS
    translate([command, *command.params])
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = COMMAND
        for each in command.commands.values():
            speak_chinese(each)


def translate(things: Iterable[Any]) -> None:
    """Put Chinese where a thing's help is English that has any."""
    for thing in things:
        thing.help = HELP.get(thing.help, thing.help)


class ChineseContext(typer.Context):
    """A command's context whose help says in Chinese what is Typer's own, too."""

    def make_formatter(self) -> Any:
        """Typer's, with another word for the usage."""
        formatter: Any = super().make_formatter()
        formatter.write_usage = partial(formatter.write_usage, prefix=USAGE)
        return formatter

    def get_help(self) -> str:
        """The command's help."""
        translate(self.command.get_params(self))  # --help itself is an option only from here on
        with framed():
            return super().get_help()


@contextmanager
def framed() -> Iterator[None]:
    """Typer's words around a help in Chinese: it has them in constants, and no other way to them."""
    typers = vars(import_module("typer.rich_utils"))
    chinese = {**FRAME, "highlighter": folding(typers["highlighter"])}
    english = {name: typers[name] for name in chinese}
    try:
        typers.update(chinese)
        yield
    finally:
        typers.update(english)


def folding(highlight: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A highlighter whose texts go on in the next line: without it what has no spaces is cut off where a line ends."""

    def highlight_and_fold(text: Any) -> Any:
        shown = highlight(text)
        shown.overflow = "fold"
        return shown

    return highlight_and_fold
