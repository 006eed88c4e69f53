"""The time a gateway acts on: the system clock while it is plausible, else the time that has passed since it was.

A stay that ended or a key that was destroyed does not come back when the clock is put right.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

STEP_SECONDS: Final = 60  # difference that a time service corrects without anybody noticing
DRIFT: Final = 1 / 1000  # a clock that is being corrected gains or loses at most half of this (adjtime: 500 ppm)
LONGEST_PAUSE: Final = 2 * 86_400  # seconds a gateway may be off without anybody confirming the time afterwards


def utc_now() -> int:
    """UTC seconds since 1970, by the system clock."""
    return int(time.time())


def elapsed() -> float:
    """Seconds on a clock that is never set, and that goes on while the machine sleeps where the system has one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class TrustedClock:
    """UTC seconds that never go back and never jump; call it for the time.

    Between two calls it advances as `elapsed` does; it follows the wall clock only within STEP_SECONDS and DRIFT of
    that. `seen` is the newest time known from before the start, 0 for none: until the wall clock shows a time from
    there to LONGEST_PAUSE later, time goes on from `seen`. A person can `accept` another time. Thread-safe.
    """

    def __init__(
        self, wall: Callable[[], int] = utc_now, passed: Callable[[], float] = elapsed, *, seen: int = 0
    ) -> None:
        self._wall, self._passed = wall, passed
        self._since, self._base = passed(), float(seen or wall())
        self._sure = not seen  # whether the base is a time of the wall clock
        self._highest = seen
        self._lock = threading.Lock()

    def __call__(self) -> int:
        """The time in UTC seconds."""
        with self._lock:
            off = self._off()
            expected = self._base + self._passed() - self._since
            self._highest = max(self._highest, self._wall() if off == 0 else int(expected))
            return self._highest

    def off_by(self) -> int:
        """Seconds by which the wall clock is implausibly ahead (negative: behind); 0 while it is believed."""
        with self._lock:
            return self._off()

    def accept(self) -> None:
        """Believe the wall clock as it is: a person confirmed it. The only way by which the time goes back."""
        with self._lock:
            self._since, self._base, self._sure = self._passed(), float(self._wall()), True
            self._highest = int(self._base)

    def _off(self) -> int:
        passed = self._passed() - self._since
        off = self._wall() - (self._base + passed)
        if not self._sure and -STEP_SECONDS <= off <= LONGEST_PAUSE:
            self._base, self._sure, off = self._base + off, True, 0.0
        allowed = STEP_SECONDS + DRIFT * passed
        if -allowed <= off <= allowed:
            return 0
        return int(off) or (1 if off > 0 else -1)
