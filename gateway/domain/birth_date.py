"""Dates of birth whose day, or day and month, may be unknown, as documents may state them.

ICAO Doc 9303-3 section 4.8: "If all or part of the date of birth is unknown, the relevant character positions shall be
completed with filler characters (<)." As text, in the reduced representations of ISO 8601-1: 1990-05-17, 1990-05,
1990.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_TEXT: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class BirthDate:
    """What is known of a date of birth; a day is known with its month only. A missing part is never filled in."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        """The text: YYYY-MM-DD, YYYY-MM or YYYY."""
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)

    @property
    def whole(self) -> bool:
        """Whether year, month and day are known."""
        return self.day is not None

    @property
    def first(self) -> date:
        """The first day that it may be, on which the person is oldest."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day that it may be, on which the person is youngest."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def birth_date(text: str) -> BirthDate | None:
    """The date of birth that a text states, or None if it is none."""
    found = _TEXT.fullmatch(text)
    return _possible(*(int(part) if part else None for part in found.groups())) if found else None


def zone_birth(text: str, century: int) -> BirthDate | None:
    """What YYMMDD of a machine-readable zone may stand for; fillers, of which those at the end may be missing, and 00
    are parts that are unknown.

    None if the year is unknown, or a part is impossible.
    """
    padded = text.ljust(6, "<")
    year, month, day = (padded[at : at + 2] for at in (0, 2, 4))
    if not re.fullmatch(r"\d\d", year, re.ASCII):
        return None
    parts = [None if part in ("<<", "00") else part for part in (month, day)]
    if len(padded) != 6 or not all(part is None or re.fullmatch(r"\d\d", part, re.ASCII) for part in parts):
        return None
    known = [int(part) if part else None for part in parts]
    return _possible(century + int(year), known[0], known[1] if known[0] else None)


def _possible(year: int | None, month: int | None, day: int | None) -> BirthDate | None:
    if year is None or 0 in (month, day):
        return None
    found = BirthDate(year, month, day)
    try:
        return found if found.first <= found.last else None
    except ValueError:
        return None
