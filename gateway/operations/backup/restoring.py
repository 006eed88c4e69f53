"""Restores a backup into an empty folder: all of it, or nothing that a gateway would start with.

Everything is unpacked, verified and brought up to date in `.restoring` in the folder, then moved to its place. While
that folder exists, no gateway starts; a restore that was interrupted begins anew.
"""

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, inspect

from certs.files import SECRET, sync_folder
from gateway.operations.backup.aftermath import Aftermath
from gateway.operations.backup.archive import Archive, Identity
from gateway.operations.backup.contents import PLACED
from gateway.operations.backup.ended import ENDED, End
from gateway.operations.backup.making import run_postgres
from gateway.operations.backup.manifest import DATABASE, DUMP, BackupUnusable, Manifest
from gateway.operations.backup.settling import merge_lists, settle_rows
from gateway.operations.installation import RESTORING, Installation
from gateway.settings import Settings
from gateway.store.database import Database, file_of

HARMLESS: Final = frozenset({ENDED, RESTORING, "lost+found"})


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what was changed in it."""

    manifest: Manifest
    aftermath: Aftermath


def restore_backup(
    settings: Settings, archive: Archive, identities: Sequence[Identity], ended: Sequence[Path], now: int
) -> Restored:
    """Restore the backup into the settings' folder and database, both empty. `ended`: later lists of what has ended.

    Raises BackupUnusable: not_empty, backup_newer, altered, wrong_key, other_database, no_rows.
    """
    folder = settings.folder
    archive.manifest.require_known_schema()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = folder / RESTORING
    if staging.exists():
        _clear(settings, staging)
    _require_empty(settings, archive.manifest)
    staging.mkdir(mode=0o700)
    archive.read(identities, staging)
    entries = merge_lists(staging / ENDED, [folder / ENDED, *ended])
    _load_database(settings, staging)
    aftermath = _bring_up_to_date(settings, staging, entries, archive.manifest, now)
    _put_in_place(settings, staging)
    return Restored(archive.manifest, aftermath)


def has_later_list(settings: Settings) -> bool:
    """Whether the folder still has the list of what has ended, from before it was lost."""
    return (settings.folder / ENDED).exists()


def _require_empty(settings: Settings, manifest: Manifest) -> None:
    """Raises BackupUnusable where anything would be overwritten, or the database is of another kind or empty."""
    found = sorted(path.name for path in settings.folder.iterdir() if path.name not in HARMLESS)
    file = file_of(settings.database)
    if (file is None) != (manifest.database == "postgresql"):
        raise BackupUnusable("other_database", database=manifest.database)
    if file is not None and file.exists():
        found.append(str(file))
    if file is None and bool(_tables(settings.database)) == manifest.has_rows:
        if not manifest.has_rows:
            raise BackupUnusable("no_rows")
        found.append("LODGEKEY_DATABASE_URL")
    if found:
        raise BackupUnusable("not_empty", folder=settings.folder, found=", ".join(found))


def _tables(url: str) -> list[str]:
    engine = create_engine(url, hide_parameters=True)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()


def _clear(settings: Settings, staging: Path) -> None:
    """Remove what an interrupted restore left; the folder held nothing else, or that restore would not have begun."""
    for name in PLACED:
        path = settings.folder / name
        if name != ENDED and path.exists():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    file = file_of(settings.database)
    if file is not None:
        file.unlink(missing_ok=True)
    shutil.rmtree(staging)


def _load_database(settings: Settings, staging: Path) -> None:
    """Check the SQLite file, or load the dump into PostgreSQL in one transaction. Raises BackupUnusable.

    A backup without rows leaves the database as PostgreSQL's own tools restored it.
    """
    dump, file = staging / DUMP, staging / DATABASE
    if dump.exists():
        options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        run_postgres("pg_restore", *options, str(dump), url=settings.database)
        dump.unlink()
    if not file.exists():
        return
    with closing(sqlite3.connect(file)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupUnusable("database_damaged", name=DATABASE)


def _bring_up_to_date(
    settings: Settings, staging: Path, entries: Sequence[End], manifest: Manifest, now: int
) -> Aftermath:
    """Migrate the restored rows and settle in them what has happened since, before any gateway sees them."""
    file = staging / DATABASE
    database = Database(f"sqlite:///{file.resolve()}" if file.exists() else settings.database)
    made_at = manifest.made_at if manifest.has_rows else None
    try:
        database.migrate()
        return settle_rows(settings, database, staging, entries, made_at, now)
    finally:
        database.close()
        if file.exists():
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")


def _put_in_place(settings: Settings, staging: Path) -> None:
    """Move everything to its place, the database last; the gateway may start once the staging folder is gone."""
    for name in PLACED:
        if (staging / name).exists():
            (staging / name).replace(settings.folder / name)
    file = file_of(settings.database)
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        move_file(staging / DATABASE, file)
    Installation(settings).accept_rows()
    sync_folder(settings.folder)
    shutil.rmtree(staging)
    sync_folder(settings.folder)


def move_file(source: Path, place: Path, mode: int = SECRET) -> None:
    """Move a file to its place with `mode`, also to another file system; to disk before the source is gone."""
    draft = place.with_name(f".{place.name}.restoring")
    shutil.copyfile(source, draft)
    draft.chmod(mode)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(place)
    sync_folder(place.parent)
