"""Who stayed from when to when, as the crowd's plan says it and as an authority's books do."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

NO_DAY: Final = ""


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """One person's stay. Days in the unit's time zone, YYYY-MM-DD; `born` as far as it is known; `leaves` or "".

    `records`: how many records of it there are in books that only grow; in the plan, how many there may be.
    """

    born: str
    arrives: str
    leaves: str = NO_DAY
    records: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an authority's books: the body as it was received, and what the authority says of it."""

    lot: str
    state: str
    receipt: str
    body: str


def day_at(moment: str | float, zone: str) -> str:
    """The day of a moment (RFC 3339, or UTC seconds) in this time zone."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else datetime.fromtimestamp(moment, ZoneInfo("UTC"))
    return at.astimezone(ZoneInfo(zone)).date().isoformat()


def day_of(digits: str) -> str:
    """YYYYMMDD as YYYY-MM-DD."""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
