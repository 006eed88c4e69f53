"""Which files of a gateway's folder are in its backup, in which part; and why the others are not.

A file that no entry of `KINDS` names is nobody's of the gateway: it is not in the backup, and the command says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from gateway.integrations.vendor_locks import SECRETS as VENDOR_LOCKS
from gateway.operations.backup.ended import ENDED
from gateway.operations.backup.manifest import Part
from gateway.operations.clock_state import ACCEPTED, STATE
from gateway.operations.installation import MASTER, OFFERS, PEOPLE, RECORD
from gateway.operations.registry_tables import FILE as REGISTRY_TABLES
from gateway.store.disk_space import RESERVE
from gateway.supervision import NOTE

AUTHORITY: Final = "certs"
VAULT: Final = "vault"


@dataclass(frozen=True, slots=True)
class Kind:
    """Files whose path in the folder matches `pattern` (`*` matches `/` too).

    `part`: where they are in the backup; None where they are not in it, with the reason.
    """

    pattern: str
    part: Part | None
    reason: str = ""


KINDS: Final = (  # the first one that matches
    Kind(".*", None, "draft of a backup or a restore that was interrupted"),
    Kind("*/.*", None, "draft of a file whose writing was interrupted"),
    Kind("*.new", None, "draft of a file whose writing was interrupted"),
    Kind(f"{AUTHORITY}/*", "data"),
    Kind(OFFERS, "data"),
    Kind(RECORD, "data"),
    Kind(STATE, "data"),
    Kind(ENDED, "data"),
    Kind(REGISTRY_TABLES, "data"),
    Kind(f"{VENDOR_LOCKS}/*", "data"),
    Kind(MASTER, "vault"),
    Kind(PEOPLE, "vault"),
    Kind(f"{PEOPLE}-*", None, "SQLite's own files; what they hold is in the copy of the vault"),
    Kind("lodgekey.sqlite*", None, "the rows are in the backup as of one moment, as a copy by SQLite or a dump"),
    Kind(NOTE, None, "what the running process reports about itself"),
    Kind(RESERVE, None, "space kept free; it is made again"),
    Kind(ACCEPTED, None, "a person's word on the clock of that moment; it does not count for another moment"),
    Kind("broker/*", None, "made at each start from the authority and the rows; unsent commands are sent again"),
    Kind("devices/*", None, "what simulated devices hold; real ones hold it themselves"),
    Kind("lost-*", None, "remains of an identity that was replaced on purpose"),
    *(Kind(pattern, None, "of the demonstration") for pattern in ("logins.json", "logs/*", "registry/*", "tenant/*")),
)
# What a restore puts into the folder: the first parts of the paths above.
PLACED: Final = tuple(dict.fromkeys(kind.pattern.partition("/")[0] for kind in KINDS if kind.part is not None))


def kind_of(name: str) -> Kind | None:
    """The kind of a file, by its path in the folder; None for one that is not the gateway's."""
    return next((kind for kind in KINDS if fnmatchcase(name, kind.pattern)), None)


def files_of(folder: Path, part: Part) -> list[str]:
    """The files that belong in this part of a backup, as paths in the folder, sorted."""
    return sorted(name for name in _names(folder) if (kind := kind_of(name)) is not None and kind.part == part)


def unknown_files(folder: Path) -> list[str]:
    """Files that are not the gateway's and not in the backup, as paths in the folder, sorted."""
    return sorted(name for name in _names(folder) if kind_of(name) is None)


def _names(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
