"""The manifest of a backup: what is in it, of which gateway and program, with the hash of each file."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Final, Literal, Self

from gateway.store.revisions.scripts import known_revisions

Part = Literal["data", "vault"]  # the keys of the people are encrypted apart from the rows that they open

FORMAT: Final = 1
PARTS: Final[tuple[Part, ...]] = ("data", "vault")
DATABASE: Final = "database.sqlite"  # the names of the database in the data part
DUMP: Final = "database.dump"
SAFE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


class BackupUnusable(Exception):
    """A backup cannot be made, read or restored: `code` names why, `facts` are the details."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Size in bytes and SHA-256 (hexadecimal) of one file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made_at`: UTC seconds; `schema`: the revision of the database; `files`: part → path in the folder → facts."""

    gateway: str
    made_at: int
    program: str
    schema: str
    database: Literal["sqlite", "postgresql"]
    files: Mapping[Part, Mapping[str, FileFacts]]
    format: int = FORMAT

    @property
    def has_rows(self) -> bool:
        """Whether the database is in the backup, not the files beside it alone."""
        return not {DATABASE, DUMP}.isdisjoint(self.files["data"])

    def shown(self) -> dict[str, Any]:
        """The manifest as JSON values."""
        return asdict(self)

    def encoded(self) -> bytes:
        """The manifest as it is in the encrypted parts."""
        return json.dumps(self.shown(), sort_keys=True).encode()

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """Read a manifest. Raises BackupUnusable: not_a_backup, backup_newer."""
        try:
            content = dict(json.loads(raw))
            number, files = content.pop("format"), content.pop("files")
            if type(number) is int and number > FORMAT:
                raise BackupUnusable("backup_newer", program=content["program"])
            facts = {part: {name: FileFacts(**files[part][name]) for name in files[part]} for part in PARTS}
            found = cls(**content, files=facts, format=number)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BackupUnusable("not_a_backup") from None
        if not all(SAFE_NAME.fullmatch(name) for names in facts.values() for name in names):
            raise BackupUnusable("not_a_backup")
        return found

    def require_known_schema(self) -> None:
        """Raises BackupUnusable where this program does not know the database's revision."""
        if self.schema not in known_revisions():
            raise BackupUnusable("backup_newer", program=self.program)


def program_version() -> str:
    """The version of the installed program."""
    return version("lodgekey")
