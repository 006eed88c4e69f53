"""Translates the help that Typer generates. Imported only for languages other than English."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

from gateway.texts.marks import N_, NP_
from gateway.texts.translator import Translator, translator

# Texts of Typer's own around help, by their names in typer.rich_utils. The English texts here are not shown: in English
# Typer's own are.
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
    """Translate the help of a command, its arguments and options, and of its loaded subcommands, in place."""
    reader = translator(language)
    command.context_class = context_class(reader)
    command.options_metavar = reader.gettext(OPTIONS)
    translate([command, *command.params], reader)
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = reader.gettext(COMMAND)
        for each in command.commands.values():
            translate_help(each, language)


def translate(things: Iterable[Any], reader: Translator) -> None:
    """Translate the help of each parameter or command, in place."""
    for thing in things:
        if thing.help:
            thing.help = reader.gettext(thing.help)


def context_class(reader: Translator) -> type[typer.Context]:
    """Return a class of contexts that also translate Typer's own texts."""

    class TranslatedContext(typer.Context):
        """A command's context whose help is translated."""

        def make_formatter(self) -> Any:
            """Return Typer's formatter with "Usage" translated."""
            formatter: Any = super().make_formatter()
            formatter.write_usage = partial(formatter.write_usage, prefix=reader.gettext(USAGE))
            return formatter

        def get_help(self) -> str:
            """Return the command's help, translated."""
            translate(self.command.get_params(self), reader)  # --help becomes an option only here
            with framed(reader):
                return super().get_help()

    return TranslatedContext


@contextmanager
def framed(reader: Translator) -> Iterator[None]:
    """Replace Typer's texts around help by translations; they are module constants, which can only be patched."""
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
    """Return a highlighter whose texts wrap: without it, text without spaces is cut off at the end of a line."""

    def highlight_and_fold(text: Any) -> Any:
        shown = highlight(text)
        shown.overflow = "fold"
        return shown

    return highlight_and_fold
