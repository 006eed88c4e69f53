"""Translates commands whose help Typer makes; imported only where another language than English is spoken."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

from gateway.texts.marks import N_, NP_
from gateway.texts.translator import Translator, translator

# Typer's own words around every help: constants of typer.rich_utils, by their names there. An English text here is not
# shown: in English Typer's own are.
FRAME: Final[Mapping[str, str]] = {
    "ARGUMENTS_PANEL_TITLE": NP_("heading in the help of a command", "Arguments"),
    "OPTIONS_PANEL_TITLE": NP_("heading in the help of a command", "Options"),
    "COMMANDS_PANEL_TITLE": NP_("heading in the help of a command", "Commands"),
    "DEFAULT_STRING": N_("[default: {}]"),
    "REQUIRED_LONG_STRING": N_("[required]"),
}
USAGE: Final = N_("Usage: ")
OPTIONS: Final = N_("[OPTIONS]")
COMMAND: Final = N_("COMMAND [ARGS]...")


def translate_help(command: Any, language: str) -> None:
    """A command's help, that of its arguments and options, and of the commands under it that are loaded."""
    reader = translator(language)
    command.context_class = context_class(reader)
    command.options_metavar = reader.gettext(OPTIONS)
    translate([command, *command.params], reader)
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = reader.gettext(COMMAND)
        for each in command.commands.values():
            translate_help(each, language)


def translate(things: Iterable[Any], reader: Translator) -> None:
    """Translate the help of each."""
    for thing in things:
        if thing.help:
            thing.help = reader.gettext(thing.help)


def context_class(reader: Translator) -> type[typer.Context]:
    """The class of contexts whose help has Typer's own words translated, too."""

    class TranslatedContext(typer.Context):
        """A command's context."""

        def make_formatter(self) -> Any:
            """Typer's, with the translated word for the usage."""
            formatter: Any = super().make_formatter()
            formatter.write_usage = partial(formatter.write_usage, prefix=reader.gettext(USAGE))
            return formatter

        def get_help(self) -> str:
            """The command's help."""
            translate(self.command.get_params(self), reader)  # --help itself is an option only from here on
            with framed(reader):
                return super().get_help()

    return TranslatedContext


@contextmanager
def framed(reader: Translator) -> Iterator[None]:
    """Typer's words around a help, translated: it has them in constants, and no other way to them."""
    typers = vars(import_module("typer.rich_utils"))
    translated = {name: reader.translate(text) for name, text in FRAME.items()}
    here = {**translated, "highlighter": folding(typers["highlighter"])}
    before = {name: typers[name] for name in here}
    try:
        typers.update(here)
        yield
    finally:
        typers.update(before)


def folding(highlight: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A highlighter whose texts go on in the next line: without it what has no spaces is cut off where a line ends."""

    def highlight_and_fold(text: Any) -> Any:
        shown = highlight(text)
        shown.overflow = "fold"
        return shown

    return highlight_and_fold
