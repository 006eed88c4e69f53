"""The catalog of commands: name, one line of help, and place. A command's module is imported only when it is called."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperCommand


class Place(NamedTuple):
    """Where a command is defined (a function, or the Typer of a group), and its help."""

    help: str
    module: str
    name: str = "app"


COMMANDS: Final[Mapping[str, Place]] = {
    "serve": Place("Start the gateway. Settings not given here come from LODGEKEY_… environment variables.",
                   "api.cli.commands.serve", "serve"),
    "demo": Place("Start a demonstration, and print the addresses for landlord, tenant, officer and tester.",
                  "api.cli.demo.demo", "demo"),
    "doctor": Place("Check the gateway for problems. Exit code 1 if a check fails.",
                    "api.cli.commands.doctor", "doctor"),
    "account": Place("Accounts: landlords, officers and testers.", "api.cli.commands.account"),
    "unit": Place("Units that landlords let.", "api.cli.commands.unit"),
    "device": Place("Locks and kiosks.", "api.cli.commands.device"),
    "firmware": Place("Firmware of locks: signed images, staged roll-outs, ends of support.", "api.cli.firmware"),
    "key": Place("Keys and their state on the locks.", "api.cli.commands.key"),
    "simulate": Place("Simulated locks, kiosks and phones.", "api.cli.commands.simulate"),
    "certs": Place("Device certificates and their certificate authority.", "api.cli.commands.certs"),
    "broker": Place("The MQTT broker.", "api.cli.commands.broker"),
    "registry": Place("Registries and the records reported to them.", "api.cli.commands.registry"),
    "erasure": Place("Tenants' requests for erasure.", "api.cli.erasure"),
    "audit": Place("The disclosure log.", "api.cli.commands.audit"),
    "clock": Place("The time the gateway acts on.", "api.cli.clock"),
    "backup": Place("Encrypted backups of the gateway.", "api.cli.backup"),
    "restore": Place("Restore a backup into an empty folder.", "api.cli.backup", "restore"),
    "db": Place("The database.", "api.cli.commands.database"),
}  # fmt: skip


class Later(TyperCommand):
    """A command whose module is imported when the command, its help or completion is needed; `speak` then gets it."""

    def __init__(self, name: str, place: Place, speak: Callable[[Any], None]) -> None:
        super().__init__(name, help=place.help)
        self._name, self._place, self._speak = name, place, speak
        self._loaded: Any = None

    @property
    def commands(self) -> Any:
        """Return a group's commands. Raises AttributeError for a single command."""
        return self._load().commands

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """Return the context of the imported command, which then runs."""
        return self._load().make_context(*args, **extra)

    def _load(self) -> Any:
        if self._loaded is None:
            found, alone = getattr(import_module(self._place.module), self._place.name), typer.Typer()
            if isinstance(found, typer.Typer):
                alone.add_typer(found, name=self._name, help=self._place.help)
            else:
                alone.command(self._name, help=self._place.help)(found)
            self._loaded = typer.main.get_group(alone).commands[self._name]
            self._speak(self._loaded)
        return self._loaded
