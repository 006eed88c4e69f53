"""`clock.json` in the gateway's folder: the newest time seen, and by how much the wall clock is not believed."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from sqlalchemy import create_engine, func, inspect, select

from certs.files import SECRET, write_atomic
from gateway.clock import TrustedClock
from gateway.settings import Settings
from gateway.store import Event
from gateway.store.database import is_missing

log = logging.getLogger(__name__)

STATE: Final = "clock.json"
ACCEPTED: Final = "clock-accepted"  # written by `lodgekey clock accept`, removed when the gateway has followed it


@dataclass(frozen=True, slots=True)
class ClockState:
    """`seen`: the newest time the gateway acted on, UTC seconds; `off_by`: as TrustedClock.off_by, when written."""

    seen: int = 0
    off_by: int = 0

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The state; zeros where there is none, or it cannot be read."""
        try:
            return cls(**json.loads((folder / STATE).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return cls()


def newest_time(settings: Settings) -> int:
    """The newest time known from before a start: of the state and of the recorded events; 0 for none."""
    return max(ClockState.read(settings.folder).seen, _newest_event(settings))


def _newest_event(settings: Settings) -> int:
    if is_missing(settings.database):
        return 0
    engine = create_engine(settings.database, hide_parameters=True)
    try:
        if not inspect(engine).has_table(Event.__tablename__):
            return 0
        with engine.connect() as connection:
            return connection.scalar(select(func.max(Event.at))) or 0
    finally:
        engine.dispose()


def follow_clock(folder: Path, clock: TrustedClock) -> None:
    """One round: follow an acceptance, note the time, and log while the wall clock is not believed."""
    accepted = folder / ACCEPTED
    if accepted.exists():
        clock.accept()
        accepted.unlink()
        log.warning("the system clock was accepted by a person")
    off = clock.off_by()
    if off:
        log.error("the system clock is off by %d s, and not followed: correct it, or run lodgekey clock accept", off)
    state = ClockState(clock(), off)
    write_atomic(folder / STATE, json.dumps(asdict(state)).encode(), SECRET)


def accept_clock(folder: Path, now: int) -> None:
    """Have the gateway believe the system clock: at its next round, or when it starts."""
    write_atomic(folder / ACCEPTED, str(now).encode(), SECRET)


def open_clock(settings: Settings) -> TrustedClock:
    """The clock of a gateway that starts. An acceptance from while it was stopped applies."""
    clock = TrustedClock(seen=newest_time(settings))
    if settings.folder.is_dir() and (settings.folder / ACCEPTED).exists():
        follow_clock(settings.folder, clock)
    return clock
