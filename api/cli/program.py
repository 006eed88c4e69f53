"""The entry of the command line: every failure becomes text on stderr or, with --json, one JSON object."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

from api.cli.catalog import COMMANDS, Later
from api.cli.refusal import NOT_POSSIBLE
from gateway.texts.languages import DOMAINS, SOURCE, Language, language_of_locale

NAME: Final = "lodgekey"
LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")  # POSIX.1-2024 §8.2: the first that is set applies


def spoken(environment: Mapping[str, str] = os.environ) -> Language:
    """Return the language of the terminal: Chinese if the locale is, else English."""
    locale = next((environment[name] for name in LOCALE if environment.get(name)), "")
    language = language_of_locale(locale)
    return language if language in DOMAINS["command"] else SOURCE


def help_spoken(command: Any) -> None:
    """Translate a command's help into the language of the terminal."""
    if spoken() != SOURCE:
        import_module("api.cli.texts.help_translation").translate_help(command, spoken())


class Program(TyperGroup):
    """The group of all commands. Exits with one of the codes in api.cli.refusal."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            **{**given, "commands": {name: Later(name, place, help_spoken) for name, place in COMMANDS.items()}}
        )

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> Any:
        """Run the command and exit with its code."""
        given = list(sys.argv[1:] if args is None else args)
        help_spoken(self)
        try:
            code = super().main(given, **{**extra, "prog_name": NAME, "standalone_mode": False})
        except problems().EXPECTED as error:
            if type(error).__name__ == "NoArgsIsHelpError" and "--json" not in given:
                typer.echo(error, err=True)
                sys.exit(NOT_POSSIBLE)
            problem = problems().problem_of(error, spoken(), self.named_in(given))
            code = problems().complain(problem, as_json="--json" in given)
        sys.exit(code if isinstance(code, int) else 0)

    def named_in(self, given: Sequence[str]) -> str:
        """Return the command that these arguments name, as in `lodgekey device add`."""
        found, words = [NAME], list(given)
        commands = self.commands
        while words and words[0] in commands:
            found.append(words[0])
            commands = getattr(commands[words.pop(0)], "commands", {})
        return " ".join(found)


def problems() -> Any:
    """Return api.cli.problems, imported only after a failure because it imports every library whose errors it knows."""
    return import_module("api.cli.problems")
