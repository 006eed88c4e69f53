"""A stay's window: the unit's local times as half-open UTC seconds; and the stay's state table."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.domain.errors import Conflict, InputRefused, StayBackwards, TimeDoesNotExist, TimeIsAmbiguous
from gateway.texts.marks import N_

MAX_STAY_SECONDS: Final = 10 * 366 * 86_400
YEARS: Final = range(1971, 2201)

# state → allowed next states
STAY_STATES: Final[dict[str, frozenset[str]]] = {
    "offered": frozenset({"active", "cancelled", "ended"}),
    "active": frozenset({"ended"}),
    "cancelled": frozenset(),
    "ended": frozenset(),
}
OCCUPYING: Final = ("offered", "active")


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open [start, end) in UTC seconds."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise StayBackwards(N_("The stay must end after it begins. Check both dates."), field="until")
        if self.end - self.start > MAX_STAY_SECONDS:
            raise InputRefused(N_("A stay can last up to ten years. Check the end date."), field="until")

    def holds(self, at: int) -> bool:
        """Whether `at` lies in [start, end)."""
        return self.start <= at < self.end


def follow(state: str, following: str) -> str:
    """The next state. Raises Conflict if the table does not allow it."""
    if following not in STAY_STATES[state]:
        raise Conflict(
            N_("A stay with the state {state} cannot change to {following}."), {"state": state, "following": following}
        )
    return following


def instant(text: str, timezone: str, field: str) -> int:
    """UTC seconds of an RFC 3339 date-time; without an offset it is the unit's local time.

    Raises TimeDoesNotExist or TimeIsAmbiguous for a local time that the zone skips or repeats: a key must never be
    off by an hour. Other invalid input raises InputRefused.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputRefused(N_("Enter a date and time such as 2026-03-28T15:00."), field=field) from None
    if moment.year not in YEARS:
        raise InputRefused(N_("Enter a year between 1971 and 2200."), field=field)
    zone = ZoneInfo(timezone)
    if moment.tzinfo is not None:
        return int(moment.timestamp())
    early, late = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return int(early.timestamp())
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise TimeDoesNotExist(
            N_(
                "The clocks go forward that night and {time} is skipped. Choose a time before {before}, "
                "or one hour later."
            ),
            {"time": f"{moment:%H:%M}", "before": f"{skipped_from(moment, zone):%H:%M}"},
            field=field,
        )
    raise TimeIsAmbiguous(
        N_(
            "The clocks go back that night and {time} occurs twice. Choose another time, or state which one: "
            "{early} or {late}."
        ),
        {"time": f"{moment:%H:%M}", "early": early.isoformat(), "late": late.isoformat()},
        field=field,
        choices=[early.isoformat(), late.isoformat()],
    )


def skipped_from(moment: datetime, zone: ZoneInfo) -> datetime:
    """The local minute at which the skipped period around `moment` begins."""
    probe = moment.replace(second=0, microsecond=0)
    while not exists(probe, zone):
        probe -= timedelta(minutes=1)
    return probe + timedelta(minutes=1)


def exists(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether this naive local date-time exists in the zone."""
    return moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment


def wall_clock(at: int, timezone: str) -> str:
    """UTC seconds as RFC 3339 in the unit's time zone, with offset."""
    return datetime.fromtimestamp(at, ZoneInfo(timezone)).isoformat()
