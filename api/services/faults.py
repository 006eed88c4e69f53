"""Internal errors: what is logged, and what the caller gets."""

import logging
import traceback
from typing import Final

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from gateway.domain.errors import Busy, LodgekeyError, StorageFull
from gateway.store.disk_space import is_full
from gateway.texts.errors import ERROR
from gateway.texts.marks import N_

log = logging.getLogger(__name__)

DATABASE_REFUSED: Final = (OperationalError, NoConnection)
TOO_FAST: Final = N_("Too many requests from your network. Try again in a few seconds.")
BROKEN: Final = ERROR["error"]


def database_refused(error: Exception) -> LodgekeyError:
    """Log that the database could not be read or written; return the error for the caller."""
    if is_full(error):
        log.error("the disk is full: nothing was saved")
        return StorageFull(ERROR["disk_full"])
    log.error("the database refused: nothing was saved")
    return Busy(N_("The gateway's database is busy and nothing was saved. Try again later."))


def log_fault(method: str, error: Exception) -> None:
    """Log an internal error: its type and stack, without values, which may be personal data."""
    stack = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s broke: %s\n%s", method, type(error).__name__, stack)
