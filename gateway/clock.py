"""The time a gateway acts on: the system clock while it is plausible, else the time that has passed since it was.

A stay that ended or a key that was destroyed does not come back when the clock is put right.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Final

log = logging.getLogger(__name__)

STEP_SECONDS: Final = 60  # difference that a time service corrects without anybody noticing
DRIFT: Final = 1 / 1000  # a clock that is being corrected gains or loses at most half of this (adjtime: 500 ppm)
LONGEST_PAUSE: Final = 2 * 86_400  # seconds a gateway may be off without anybody confirming the time afterwards
AGREES: Final = 300  # seconds by which clocks that agree may differ: a lock's drifts by a minute a month
ENOUGH: Final = 2  # other clocks that have to agree; one alone decides nothing
MAX_CLOCKS: Final = 10_000  # other clocks remembered


def utc_now() -> int:
    """UTC seconds since 1970, by the system clock."""
    return int(time.time())


def elapsed() -> float:
    """Seconds on a clock that is never set, and that goes on while the machine sleeps where the system has one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True)
class OtherClocks:
    """What other clocks showed, each as the time at which `elapsed` was 0; by name, the newest of each.

    A device's message may have waited on its way, so that its clock seems to be behind. `fresh` are those that answered
    just now.
    """

    starts: dict[str, float] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)

    def note(self, name: str, start: float, *, fresh: bool) -> None:
        """Remember what one clock shows."""
        self.starts.pop(name, None)
        self.starts[name] = start
        if fresh:
            self.fresh.add(name)
        if len(self.starts) > MAX_CLOCKS:
            oldest = next(iter(self.starts))
            del self.starts[oldest]
            self.fresh.discard(oldest)

    def agree(self, start: float) -> bool:
        """Whether at least two show this time, and more than show another."""
        agreeing = sum(abs(other - start) <= AGREES for other in self.starts.values())
        return agreeing >= ENOUGH and 2 * agreeing > len(self.starts)

    def dissent(self, start: float) -> float:
        """By how many seconds this time is ahead of another, on which at least two agree, one of them fresh; else 0.

        Two devices alone do not count: messages that waited since one power cut agree with each other.
        """
        if any(abs(other - start) <= AGREES for other in self.starts.values()):
            return 0.0
        for name in self.fresh:
            if self.agree(self.starts[name]):
                together = [other for other in self.starts.values() if abs(other - self.starts[name]) <= AGREES]
                return start - median(together)
        return 0.0

    def clear(self) -> None:
        """Forget them: a person has confirmed another time."""
        self.starts.clear()
        self.fresh.clear()


class TrustedClock:
    """UTC seconds that never go back and never jump; call it for the time.

    Between two calls it advances as `elapsed` does; it follows the wall clock only within STEP_SECONDS and DRIFT of
    that. `seen` is the newest time known from before the start, 0 for none: until the wall clock shows a time from
    there to LONGEST_PAUSE later, time goes on from `seen`. A wall clock that is further ahead is followed when two
    others agree with it (`hear`), or when a person does (`accept`). Thread-safe.
    """

    def __init__(
        self, wall: Callable[[], int] = utc_now, passed: Callable[[], float] = elapsed, *, seen: int = 0
    ) -> None:
        self._wall, self._passed = wall, passed
        self._since, self._base = passed(), float(seen or wall())
        self._sure = not seen  # whether the base is a time of the wall clock
        self._highest = seen
        self._others = OtherClocks()
        self._lock = threading.Lock()

    def __call__(self) -> int:
        """The time in UTC seconds."""
        with self._lock:
            off = self._off()
            expected = self._base + self._passed() - self._since
            self._highest = max(self._highest, self._wall() if off == 0 else int(expected))
            return self._highest

    def off_by(self) -> int:
        """Seconds by which the wall clock is implausibly ahead (negative: behind); 0 while it is believed.

        A wall clock that is followed can be off too: by what two other clocks show, one of them a registry's.
        """
        with self._lock:
            return self._off() or int(self._dissent())

    def disputed(self) -> bool:
        """Whether the time acted on is not that of two other clocks: what cannot be undone waits."""
        with self._lock:
            return self._dissent() != 0

    def hear(self, name: str, at: int, *, fresh: bool = False) -> None:
        """What another clock shows, UTC seconds. `name`: of one party, who proved to be it. `fresh`: it answers now."""
        with self._lock:
            self._others.note(name, at - self._passed(), fresh=fresh)

    def accept(self) -> None:
        """Believe the wall clock as it is: a person confirmed it. The only way by which the time goes back."""
        with self._lock:
            self._others.clear()
            self._follow()
            self._highest = int(self._base)

    def _follow(self) -> None:
        self._since, self._base, self._sure = self._passed(), float(self._wall()), True

    def _dissent(self) -> float:
        return self._others.dissent(self._base - self._since)

    def _off(self) -> int:
        passed = self._passed() - self._since
        off = self._wall() - (self._base + passed)
        if not self._sure and -STEP_SECONDS <= off <= LONGEST_PAUSE:
            self._base, self._sure, off = self._base + off, True, 0.0
        allowed = STEP_SECONDS + DRIFT * passed
        if -allowed <= off <= allowed:
            return 0
        if off > 0 and self._others.agree(self._wall() - self._passed()):
            log.warning("the system clock is ahead by %d s, and followed: other clocks agree with it", off)
            self._follow()
            return 0
        return int(off) or (1 if off > 0 else -1)


def is_believed(now: Callable[[], int]) -> bool:
    """Whether a clock's time is certain; a clock that a test sets always is."""
    return not isinstance(now, TrustedClock) or now.off_by() == 0


def is_disputed(now: Callable[[], int]) -> bool:
    """As TrustedClock.disputed."""
    return isinstance(now, TrustedClock) and now.disputed()


def hears(now: Callable[[], int], *, fresh: bool = False) -> Callable[[str, int], None]:
    """What is told the names and times of other clocks, as TrustedClock.hear; a test's clock hears nothing."""
    return partial(now.hear, fresh=fresh) if isinstance(now, TrustedClock) else lambda _name, _at: None
