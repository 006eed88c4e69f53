"""What a database is, by its revision and by its tables.

The number alone does not say it: before the first release numbers were given to other migrations, and some migrations
were changed. `landed.json` holds a digest of the tables that each revision leaves.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, inspect

from gateway.store.revisions.scripts import known_revisions, newest_revision

Kind = Literal["empty", "newest", "older", "newer", "unknown", "altered"]
LANDED: Final = Path(__file__).with_name("landed.json")


@dataclass(frozen=True, slots=True)
class DatabaseKind:
    """What was found. newer: of a later release; unknown: of another program, or of none of our revisions;
    altered: its tables are not those of its revision.
    """

    kind: Kind
    revision: str | None

    @property
    def opens(self) -> bool:
        """Whether this program opens it, after a migration."""
        return self.kind in ("empty", "newest", "older")


class UnusableDatabase(Exception):
    """This program cannot migrate the database; nothing was changed in it."""

    def __init__(self, found: DatabaseKind) -> None:
        super().__init__(f"{found.kind}: {found.revision}")
        self.found = found


@dataclass(frozen=True, slots=True)
class Landed:
    """`tables`: the name of every table that a revision ever had. By revision: the digests of its source and tables."""

    tables: tuple[str, ...]
    revisions: Mapping[str, Mapping[str, str]]


@cache
def landed() -> Landed:
    """The migrations that have landed, which never change."""
    content = json.loads(LANDED.read_text())
    return Landed(tuple(content["tables"]), content["revisions"])


def kind_of(connection: Connection) -> DatabaseKind:
    """What this database is. Reads only."""
    try:
        revision = MigrationContext.configure(connection).get_current_revision()
    except CommandError:  # it names several
        return DatabaseKind("unknown", None)
    return DatabaseKind(_kind(connection, revision), revision)


def _kind(connection: Connection, revision: str | None) -> Kind:
    if revision is None:
        ours = {*landed().tables} & {*inspect(connection).get_table_names()}
        return "unknown" if ours else "empty"
    newest = str(newest_revision())
    if revision not in known_revisions():
        return "newer" if revision.isdecimal() and revision > newest else "unknown"
    known = landed().revisions.get(revision)
    if known is not None and known["tables"] != digest_of_tables(connection, landed().tables):
        return "altered"
    return "newest" if revision == newest else "older"


def digest_of_tables(connection: Connection, tables: Collection[str]) -> str:
    """SHA-256 of the names of these tables and of their columns, as far as they are there."""
    found = inspect(connection)
    names = sorted({*tables} & {*found.get_table_names()})
    lines = [f"{name}: {' '.join(sorted(column['name'] for column in found.get_columns(name)))}" for name in names]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
