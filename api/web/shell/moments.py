"""Moments as people read them: in the unit's own zone, and how long ago."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from api.web.text import say
from api.web.text.pair import Language

STEPS = ((60, 1, "age.seconds"), (3600, 60, "age.minutes"), (86_400, 3600, "age.hours"))


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
    if language == "zh-CN":
        return format_datetime(local, "y年M月d日 EEE HH:mm" if year else "M月d日 EEE HH:mm", locale="zh_CN")
    return format_datetime(local, "EEE d MMM y, HH:mm" if year else "EEE d MMM, HH:mm", locale="en_GB")


def tell_age(at: int, language: Language, now: int) -> str:
    """How long before `now` (UTC seconds) something was said."""
    age = max(0, now - at)
    if age < 5:
        return say(language, "age.now")
    for limit, unit, name in STEPS:
        if age < limit:
            return say(language, name, n=age // unit)
    return say(language, "age.days", n=age // 86_400)


def tell_span(minutes: int, language: Language) -> str:
    """How long something takes: minutes, and from three hours on full hours, rounded up."""
    hours = minutes >= 180
    return say(language, "span.hours" if hours else "span.minutes", n=-(-minutes // 60) if hours else minutes)
