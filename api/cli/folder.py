"""Access to the gateway's folder: its database, a unit by its code."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.refusal import NOT_THERE, Refused
from gateway.operations.backup.ended import EndedList
from gateway.settings import Settings
from gateway.store import Unit
from gateway.store.database import Database, is_missing
from gateway.supervision import NOTE


@contextmanager
def opened(settings: Settings, *, newest: bool = False, new: bool = False) -> Iterator[Database]:
    """Open the gateway's database and close it at the end. `newest` migrates it; `new` creates a missing one."""
    if is_missing(settings.database):
        if not new:
            raise Refused("no_gateway", NOT_THERE, folder=settings.folder)
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        if newest or new:
            database.migrate()
        EndedList(settings.folder, database).watch()
        yield database
    finally:
        database.close()


def unit_coded(session: Session, code: str | None) -> Unit | None:
    """Return the unit with this code; None without a code. Raises Refused for an unknown code."""
    found = session.scalars(select(Unit).where(Unit.code == code)).one_or_none() if code else None
    if code and found is None:
        raise Refused("no_such_unit", unit=code)
    return found


def require_stopped(folder: Path) -> None:
    """Raises Refused while a gateway runs in the folder."""
    note = folder / NOTE
    process = json.loads(note.read_text())["process"] if note.exists() else None
    if process is not None and Path(f"/proc/{process}").exists():
        raise Refused("gateway_running", NOT_THERE, folder=folder, process=process)
