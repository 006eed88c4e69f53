"""The simulated authorities' clock: the machine's, or ahead of it by what the control interface last set."""

import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

_AHEAD = {"seconds": 0}


def set_ahead(seconds: int) -> None:
    """Put the clock ahead of the machine's by this many seconds."""
    _AHEAD["seconds"] = seconds


def now() -> float:
    """UTC seconds."""
    return time.time() + _AHEAD["seconds"]


def today(zone: str) -> date:
    """The date in an IANA time zone."""
    return datetime.fromtimestamp(now(), ZoneInfo(zone)).date()
