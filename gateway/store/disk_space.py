"""Space on the disk of an SQLite database: a reserve is given back for what must not wait for somebody to tidy up.

While the disk is short, ordinary writers are refused before they begin, so that revocations, ends and unlocks have it.
"""

import logging
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy.exc import OperationalError

log = logging.getLogger(__name__)

RESERVE: Final = "reserve"  # in the database's folder
RESERVE_BYTES: Final = 32 << 20
SHORT_BYTES: Final = 8 << 20  # below this much free space the reserve is given back
FULL: Final = "disk is full"  # part of SQLite's message (SQLITE_FULL)


class DiskFull(OperationalError):
    """Refused because the disk is full: a database error, so that whoever waits for the database waits."""

    def __init__(self) -> None:
        super().__init__(None, None, OSError(f"database or {FULL}"))


def is_full(error: Exception) -> bool:
    """Whether the database said that the disk is full."""
    return isinstance(error, OperationalError) and FULL in str(error.orig)


class DiskSpace:
    """The reserve file in a folder. Thread-safe. `free`: bytes that this user may still write there."""

    def __init__(self, folder: Path, size: int = RESERVE_BYTES, free: Callable[[], int] | None = None) -> None:
        self._file, self._size = folder / RESERVE, size
        self._free = free or (lambda: shutil.disk_usage(folder).free)
        self._lock = threading.Lock()

    @property
    def held(self) -> bool:
        """Whether the reserve is there."""
        return self._file.exists() and self._file.stat().st_size == self._size

    def admit(self, *, essential: bool) -> None:
        """Before a transaction is begun. Raises DiskFull for an ordinary one while the disk is short."""
        with self._lock:
            self._adjust()
            short = not self.held
        if short and not essential:
            raise DiskFull

    def give_back(self) -> None:
        """Delete the reserve: the disk said that it is full."""
        with self._lock, suppress(FileNotFoundError):
            self._file.unlink()
            log.error("the disk is full: the reserve of %d MB is given back", self._size >> 20)

    def _adjust(self) -> None:
        free = self._free()
        if self.held:
            if free < SHORT_BYTES:
                self._file.unlink()
                log.error("the disk is full: the reserve of %d MB is given back", self._size >> 20)
        elif free >= self._size + 2 * SHORT_BYTES:
            self._take()

    def _take(self) -> None:
        """Allocate the reserve, not as a hole in the file; the disk may have filled up meanwhile."""
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        except OSError:
            self._file.unlink(missing_ok=True)
        finally:
            os.close(descriptor)
