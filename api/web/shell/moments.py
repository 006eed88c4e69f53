"""Moments for people to read: in the unit's time zone, or as an age."""

from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time, format_timedelta, get_datetime_format

from gateway.texts.languages import LOCALES, Language
from gateway.texts.marks import NP_
from gateway.texts.translator import translator

Unit = Literal["second", "minute", "hour", "day"]
STEPS: Final[tuple[tuple[int, int, Unit], ...]] = ((60, 1, "second"), (3600, 60, "minute"), (86_400, 3600, "hour"))
DAY: Final = 86_400  # seconds
ONLY: Final = float("inf")  # threshold of format_timedelta that keeps it from a coarser unit
Moment = int | str  # UTC seconds, or RFC 3339 with the offset of the unit's time zone


def iso(at: Moment) -> str:
    """Return RFC 3339, for <time datetime>."""
    return at if isinstance(at, str) else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_input(at: Moment, zone: str = "UTC") -> str:
    """Return the value of <input type=datetime-local> in `zone` (IANA), to the minute."""
    return _local(at, zone).strftime("%Y-%m-%dT%H:%M")


def _local(at: Moment, zone: str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(at, ZoneInfo(zone))


def tell_moment(at: Moment, zone: str, language: Language, now: int) -> str:
    """Return date and time in `zone` (IANA; a text has its own offset), with the year unless it is that of `now`."""
    local = _local(at, zone)
    year = local.year != datetime.fromtimestamp(now, local.tzinfo).year
    locale = LOCALES[language]
    day = format_skeleton("yMMMEd" if year else "MMMEd", local, locale=locale)
    joined = str(get_datetime_format("medium", locale=locale))
    return joined.replace("{1}", day).replace("{0}", format_time(local, "HH:mm", locale=locale))


def tell_age(at: int, language: Language, now: int) -> str:
    """Return how long before `now` the moment `at` was (both UTC seconds)."""
    age = max(0, now - at)
    if age < 5:
        return translator(language).translate(NP_("age", "just now"))
    seconds, unit = next(((seconds, unit) for limit, seconds, unit in STEPS if age < limit), (DAY, "day"))
    past = timedelta(seconds=-(age - age % seconds))
    return format_timedelta(past, unit, ONLY, add_direction=True, format="short", locale=LOCALES[language])
