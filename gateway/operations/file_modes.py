"""Access modes of the gateway's folder: folders 0700; databases, private keys and secrets 0600.

The rule: what others can read is closed at start, and logged. Where this user may not close it, the start is refused.
"""

import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gateway.settings import Settings
from gateway.store.database import file_of

log = logging.getLogger(__name__)

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
OTHERS: Final = 0o077
PRIVATE_NAMES: Final = ("*.key", "*.secret", "*.sqlite", "*.sqlite-wal", "*.sqlite-shm", "*.sqlite-journal")


class OpenToOthers(Exception):
    """A secret that others can read, and that this user may not close."""

    def __init__(self, path: Path, mode: int) -> None:
        super().__init__(str(path))
        self.path, self.mode = path, mode


def database_files(settings: Settings) -> list[Path]:
    """The files of an SQLite database that exist; empty for a database server."""
    file = file_of(settings.database)
    if file is None:
        return []
    return [path for end in ("", "-wal", "-shm") if (path := file.with_name(file.name + end)).exists()]


def open_to_others(settings: Settings) -> Iterator[tuple[Path, int]]:
    """Folders and secret files that others can read, each with the mode it should have."""
    if not settings.folder.is_dir():
        return
    for path in (settings.folder, *_below(settings.folder, settings.broker_folder)):
        if path.is_dir() and stat.S_IMODE(path.stat().st_mode) & OTHERS:
            yield path, PRIVATE_FOLDER
    secrets = {path for path in _below(settings.folder, settings.broker_folder) if _is_secret(path)}
    for path in sorted(secrets.union(database_files(settings))):
        if stat.S_IMODE(path.stat().st_mode) & OTHERS:
            yield path, PRIVATE_FILE


def close_to_others(settings: Settings) -> None:
    """Give every folder and secret file the mode it should have. Raises OpenToOthers where that is not allowed."""
    for path, mode in list(open_to_others(settings)):
        before = stat.S_IMODE(path.stat().st_mode)
        try:
            path.chmod(mode)
        except PermissionError:
            raise OpenToOthers(path, mode) from None
        log.warning("other users could read %s (mode %03o); its mode is now %03o", path, before, mode)


def _below(folder: Path, besides: Path | None) -> Iterator[Path]:
    """Everything in the folder, except the folder whose files an operator's own broker reads."""
    for path in folder.iterdir():
        if path.is_symlink() or (besides is not None and path.resolve() == besides.resolve()):
            continue
        yield path
        if path.is_dir():
            yield from _below(path, besides)


def _is_secret(path: Path) -> bool:
    return path.is_file() and any(path.match(pattern) for pattern in PRIVATE_NAMES)
