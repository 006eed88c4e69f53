"""Moments as people read them: in the unit's own zone, and how long ago."""

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
ONLY: Final = float("inf")  # a threshold that no coarser unit reaches


Moment = int | str  # UTC seconds, or RFC 3339 on the unit's wall clock as the API tells it


def iso(at: Moment) -> str:
    """RFC 3339, for <time datetime>."""
    return at if isinstance(at, str) else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_input(at: Moment, zone: str = "UTC") -> str:
    """The value of <input type=datetime-local> on the unit's wall clock, to the minute."""
    return _local(at, zone).strftime("%Y-%m-%dT%H:%M")


def _local(at: Moment, zone: str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(at, ZoneInfo(zone))


def tell_moment(at: Moment, zone: str, language: Language, now: int) -> str:
    """Date and time on the wall clock of `zone` (IANA; text carries its own); the year only when it is not this one."""
    local = _local(at, zone)
    year = local.year != datetime.fromtimestamp(now, local.tzinfo).year
    locale = LOCALES[language]
    day = format_skeleton("yMMMEd" if year else "MMMEd", local, locale=locale)
    joined = str(get_datetime_format("medium", locale=locale))
    return joined.replace("{1}", day).replace("{0}", format_time(local, "HH:mm", locale=locale))


def tell_age(at: int, language: Language, now: int) -> str:
    """How long before `now` (UTC seconds) something was said."""
    age = max(0, now - at)
    if age < 5:
        return translator(language).translate(NP_("age", "just now"))
    seconds, unit = next(((seconds, unit) for limit, seconds, unit in STEPS if age < limit), (DAY, "day"))
    past = timedelta(seconds=-(age - age % seconds))
    return format_timedelta(past, unit, ONLY, add_direction=True, format="short", locale=LOCALES[language])
