"""Makes a backup while the gateway runs or stands still.

The rows are copied first: a person's key is created before the row that it seals is committed, so every row in the copy
has its key in the vault that is copied afterwards.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import create_engine, make_url, text

from gateway.operations.backup.archive import Seal, file_facts, write_archive
from gateway.operations.backup.contents import files_of
from gateway.operations.backup.ended import ENDED
from gateway.operations.backup.manifest import DATABASE, DUMP, BackupUnusable, Manifest, Part, program_version
from gateway.operations.clock_state import STATE
from gateway.operations.installation import MASTER, PEOPLE
from gateway.settings import Settings
from gateway.store.database import file_of, is_missing

SCRATCH: Final = ".backup-"  # in the gateway's folder, followed by the process's number
GROWING: Final = (STATE, ENDED)  # written every half minute; any state of theirs will do
ATTEMPTS: Final = 3

Files = dict[Part, dict[str, Path]]


def make_backup(settings: Settings, out: Path, seal: Seal, now: int, *, rows: bool = True) -> Manifest:
    """Write a backup of the gateway to a new file. Without `rows`: of its other files, where PostgreSQL has tools.

    Raises BackupUnusable: no_gateway, out_exists, database_damaged, rows_needed.
    """
    if not rows and file_of(settings.database) is not None:
        raise BackupUnusable("rows_needed")
    if is_missing(settings.database) or not (settings.folder / MASTER).exists():
        raise BackupUnusable("no_gateway", folder=settings.folder)
    if out.exists():
        raise BackupUnusable("out_exists", name=out)
    with scratch_folder(settings.folder) as scratch:
        schema = _copy_database(settings.database, scratch, rows=rows)
        files = _copy_files(settings.folder, scratch)
        kind: Literal["sqlite", "postgresql"] = "postgresql" if file_of(settings.database) is None else "sqlite"
        files["data"] |= {name: scratch / name for name in (DATABASE, DUMP) if (scratch / name).exists()}
        facts = {part: {name: file_facts(path) for name, path in sorted(files[part].items())} for part in files}
        manifest = Manifest(settings.gateway_name, now, program_version(), schema, kind, facts)
        write_archive(out, manifest, files, seal, scratch)
    return manifest


@contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """A folder for plain copies, removed at the end; so are those of processes that were killed."""
    for left in folder.glob(f"{SCRATCH}*"):
        if not Path("/proc", left.name.removeprefix(SCRATCH)).exists():
            shutil.rmtree(left)
    place = folder / f"{SCRATCH}{os.getpid()}"
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _copy_database(url: str, scratch: Path, *, rows: bool) -> str:
    """Copy the database as of one moment, with what is in the WAL; returns its revision."""
    file = file_of(url)
    if file is None:
        if rows:
            _dump(url, scratch / DUMP)
        engine = create_engine(url, hide_parameters=True)
        try:
            with engine.connect() as connection:
                return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
        finally:
            engine.dispose()
    copy_sqlite(file, scratch / DATABASE)
    with closing(sqlite3.connect(scratch / DATABASE)) as copied:
        return str(copied.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def copy_sqlite(source: Path, copy: Path) -> None:
    """Copy an SQLite database with SQLite's backup API. Raises BackupUnusable where the copy is damaged."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True)) as live, closing(sqlite3.connect(copy)) as copied:
        live.backup(copied)
        copied.execute("PRAGMA journal_mode = DELETE")
        if copied.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupUnusable("database_damaged", name=source)


def _dump(url: str, out: Path) -> None:
    """Dump a PostgreSQL database as of one moment. Raises BackupUnusable: program_missing, program_failed."""
    run_postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={out}", url=url)


def run_postgres(program: str, *arguments: str, url: str) -> None:
    """Run one of PostgreSQL's programs on the database; the password is in its environment, not in its arguments."""
    given = make_url(url)
    plain = given.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = os.environ | ({} if given.password is None else {"PGPASSWORD": str(given.password)})
    try:
        done = subprocess.run(
            [program, *arguments, f"--dbname={plain}"], env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BackupUnusable("program_missing", name=program) from None
    if done.returncode:
        raise BackupUnusable("program_failed", name=program, detail=done.stderr.strip())


def _copy_files(folder: Path, scratch: Path) -> Files:
    """Copies of the other files; taken again where one changed meanwhile, as in a rotation of the authority."""
    for attempt in range(ATTEMPTS):
        place = scratch / str(attempt)
        place.mkdir(mode=0o700)
        with suppress(FileNotFoundError):  # one was removed meanwhile
            names = files_of(folder, "data")
            data = {name: _copied(folder / name, place / name) for name in names}
            vault = {name: place / name for name in files_of(folder, "vault")}
            for name, copy in vault.items():
                copy_sqlite(folder / name, copy) if name == PEOPLE else _copied(folder / name, copy)
            if names == files_of(folder, "data") and all(
                file_facts(copy) == file_facts(folder / name) for name, copy in data.items() if name not in GROWING
            ):
                return {"data": data, "vault": vault}
    raise BackupUnusable("files_change", folder=folder)


def _copied(source: Path, copy: Path) -> Path:
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(source, copy)
    return copy
