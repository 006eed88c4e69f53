"""What makes a gateway the same one after a restart: its keys, its vault and its database. None of it is remade.

`installation.json` in the gateway's folder records what there was: the SHA-256 of each key file, the newest generation
of the authority, and whether the database had rows. Where the record is gone, the rows of the database tell.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, Self

from sqlalchemy import Connection, column, create_engine, func, inspect, literal, make_url, select, table

from certs.authority.generations import STATE_FILE, read_standing
from certs.files import SECRET, write_atomic
from gateway.operations.file_modes import close_to_others
from gateway.settings import Settings
from gateway.store.database import Database, file_of, is_missing

Element = Literal["authority", "disclosure_log", "vault", "offers", "database"]
Why = Literal["missing", "empty", "other"]

RECORD: Final = "installation.json"
MASTER: Final = "vault/master.key"
PEOPLE: Final = "vault/people.sqlite"
OFFERS: Final = "offers.secret"
LOG_KEY: Final = "certs/log.key"
RESTORING: Final = ".restoring"  # exists while a backup is being restored into the folder
OWN_KEYS: Final = tuple(f"certs/{name}.key" for name in ("command", "credential", "intake", "passcode"))
SECRET_BYTES: Final = {MASTER: 32, OFFERS: 32}
TABLES_OF_USE: Final = ("accounts", "units", "devices", "people", "events")
# element → tables whose rows show that it was in use
EVIDENCE: Final[dict[Element, tuple[str, ...]]] = {
    "authority": ("certificates", "claims"),
    "offers": ("offers",),
    "disclosure_log": ("disclosures",),
}


@dataclass(frozen=True, slots=True)
class Lost:
    """One part that was in use: its path in the gateway's folder (or the database's address), and what is wrong."""

    element: Element
    path: str
    why: Why


class LostIdentity(Exception):
    """The gateway was in use and parts of it are lost; with new ones it would be another gateway."""

    def __init__(self, folder: Path, lost: Sequence[Lost]) -> None:
        super().__init__(", ".join(each.path for each in lost))
        self.folder, self.lost = folder, lost


class DatabaseWentBack(Exception):
    """The database lacks what the gateway committed: it was restored to an earlier time, or it is another one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder


class RestoreUnfinished(Exception):
    """A restore into this folder was interrupted; it is run again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder


@dataclass(frozen=True, slots=True)
class Record:
    """The contents of `installation.json`. `files`: path → SHA-256; `renewed`: elements replaced on purpose.

    `events`: the highest id of an event in the database, which a database that was restored to an earlier time lacks.
    """

    files: dict[str, str] = field(default_factory=dict)
    generation: int = 1
    database: bool = False
    renewed: list[dict[str, Any]] = field(default_factory=list)
    events: int = 0

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The record; None where there is none, or it cannot be read."""
        try:
            return cls(**json.loads((folder / RECORD).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class Rows:
    """What the database holds. `schema`: it has tables; `used`: it has rows that somebody made."""

    schema: bool
    used: bool
    elements: frozenset[Element]
    people: bool
    events: int = 0  # the highest id of an event


def read_rows(settings: Settings) -> Rows:
    """Read what the database holds, without creating or migrating it."""
    if is_missing(settings.database):
        return Rows(schema=False, used=False, elements=frozenset(), people=False)
    engine = create_engine(settings.database, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return _rows_in(connection)
    finally:
        engine.dispose()


def _rows_in(connection: Connection) -> Rows:
    known = set(inspect(connection).get_table_names())
    elements: list[Element] = [
        element
        for element, names in EVIDENCE.items()
        if any(_has_rows(connection, name) for name in names if name in known)
    ]
    return Rows(
        schema="alembic_version" in known,
        used=any(_has_rows(connection, name) for name in TABLES_OF_USE if name in known),
        elements=frozenset(elements),
        people="people" in known and _has_rows(connection, "people", sealed=True),
        events=_newest_event(connection) if "events" in known else 0,
    )


def _has_rows(connection: Connection, name: str, *, sealed: bool = False) -> bool:
    rows = select(literal(1)).select_from(table(name)).limit(1)
    if sealed:
        rows = rows.where(column("sealed").is_not(None), column("erased_at").is_(None))
    return connection.scalar(rows) is not None


def _newest_event(connection: Connection) -> int:
    return connection.scalar(select(func.max(column("id"))).select_from(table("events"))) or 0


def went_back(settings: Settings) -> bool:
    """Whether the database lacks events that the gateway committed."""
    return _lacks_events(Record.read(settings.folder), read_rows(settings))


def _lacks_events(record: Record | None, rows: Rows) -> bool:
    return record is not None and rows.events < record.events


def find_lost(settings: Settings, rows: Rows | None = None) -> list[Lost]:
    """What was in use and is missing, empty or not this gateway's own. Empty in a fresh folder."""
    record, rows = Record.read(settings.folder), rows or read_rows(settings)
    return [*_lost_database(settings, record, rows), *_lost_files(settings.folder, record, rows)]


def open_database(settings: Settings) -> Database:
    """The migrated database of a folder. Raises LostIdentity before any key is created, and OpenToOthers.

    Raises RestoreUnfinished where a restore was interrupted, DatabaseWentBack where the database alone was restored.
    """
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (settings.folder / RESTORING).exists():
        raise RestoreUnfinished(settings.folder)
    close_to_others(settings)
    record, rows = Record.read(settings.folder), read_rows(settings)
    _refuse_lost(settings, list(_lost_database(settings, record, rows)))
    if _lacks_events(record, rows):
        raise DatabaseWentBack(settings.folder)
    database = Database(settings.database)
    database.keep_reserve()
    changed = database.migrate()
    _refuse_lost(settings, find_lost(settings, None if changed else rows))
    return database


def _refuse_lost(settings: Settings, lost: Sequence[Lost]) -> None:
    if lost:
        raise LostIdentity(settings.folder, lost)


def _lost_database(settings: Settings, record: Record | None, rows: Rows) -> Iterator[Lost]:
    folder = settings.folder
    had_rows = record.database if record else (folder / "certs" / "root.key").exists() and not rows.schema
    if not rows.used and (had_rows or _vault_keys(folder)):
        place = file_of(settings.database) or make_url(settings.database).render_as_string()
        yield Lost("database", str(place), "missing" if is_missing(settings.database) else "empty")


def _vault_keys(folder: Path) -> int:
    """The number of keys in the vault; 0 where there is none, or it cannot be read."""
    path = folder / PEOPLE
    if not path.exists() or not path.stat().st_size:
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as vault:
        try:
            return int(vault.execute("SELECT count(*) FROM people").fetchone()[0])
        except sqlite3.DatabaseError:
            return 0


def _lost_files(folder: Path, record: Record | None, rows: Rows) -> Iterator[Lost]:
    recorded = record.files if record else {}
    elements = rows.elements | ({"vault"} if rows.people else set()) | {element_of(name) for name in recorded}
    if record is not None and read_standing(folder / "certs").made < record.generation:
        yield Lost("authority", f"certs/{STATE_FILE}", "missing")
        return
    for name in identity_files(folder):
        element = element_of(name)
        why = _fault(folder / name, SECRET_BYTES.get(name), recorded.get(name))
        if why is not None and (element in elements or why == "empty"):
            yield Lost(element, name, why)
    renewed = record is not None and any("vault" in each["elements"] for each in record.renewed)
    if rows.people and not renewed and (folder / PEOPLE).exists() and not _vault_keys(folder):
        yield Lost("vault", PEOPLE, "empty")


def _fault(path: Path, length: int | None, expected: str | None) -> Why | None:
    if not path.exists():
        return "missing"
    content = path.read_bytes() if path.name != Path(PEOPLE).name else b"-"
    if not content or (length is not None and len(content) < length):
        return "empty"
    return "other" if expected is not None and hashlib.sha256(content).hexdigest() != expected else None


def element_of(name: str) -> Element:
    """The element that a file of the folder belongs to."""
    if name == LOG_KEY:
        return "disclosure_log"
    if name == OFFERS:
        return "offers"
    return "vault" if name.startswith("vault/") else "authority"


def identity_files(folder: Path) -> list[str]:
    """The files that a gateway in use has, as paths in its folder. The generations are those in use now."""
    standing = read_standing(folder / "certs") if (folder / "certs").is_dir() else None
    numbers = [1] if standing is None else [*standing.retired, standing.current]
    numbers += [standing.next] if standing is not None and standing.next is not None else []
    places = ["certs" if number == 1 else f"certs/generation-{number}" for number in sorted(set(numbers))]
    issuers = [f"{place}/{name}" for place in places for name in ("root.key", "root.pem", "issuing.key", "issuing.pem")]
    return [*issuers, *OWN_KEYS, LOG_KEY, MASTER, PEOPLE, OFFERS]


class Installation:
    """Keeps the record of one gateway up to date."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._used = False

    def note(self, renewed: dict[str, Any] | None = None, *, events: int = 0) -> None:
        """Write the record if it changed. `renewed`: what was replaced on purpose, and when. `events`: as in Record."""
        folder = self._settings.folder
        known = Record.read(folder)
        before = known or Record()
        kept = renewed is None and (self._used or before.database)
        self._used = kept or read_rows(self._settings).used
        files = {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in identity_files(folder)
            if name != PEOPLE and (folder / name).exists()
        }
        entries = [*before.renewed, *([] if renewed is None else [renewed])]
        highest = max(before.events, events)
        after = Record(files, read_standing(folder / "certs").made, self._used, entries, highest)
        if after != known:
            write_atomic(folder / RECORD, json.dumps(asdict(after), indent=1).encode(), SECRET)

    def accept_rows(self) -> None:
        """Record that the database is as it should be, though it may lack what it had."""
        known = Record.read(self._settings.folder)
        if known is not None:
            after = replace(known, events=read_rows(self._settings).events)
            write_atomic(self._settings.folder / RECORD, json.dumps(asdict(after), indent=1).encode(), SECRET)

    def note_use(self) -> None:
        """After a commit: record once that the database has rows."""
        if not self._used and read_rows(self._settings).used:
            self.note()
