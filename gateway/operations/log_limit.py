"""A limit on how often the same line of the program is logged: a flood of faults must not fill the disk."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

RECORDS: Final = 20  # of one line of the program in one window
WINDOW: Final = 60.0  # seconds


@dataclass(slots=True)
class _Window:
    since: float
    passed: int = 0
    left_out: int = 0


class LogLimit(logging.Filter):
    """Passes the first records of each line of the program in each window, and says how many it left out."""

    def __init__(
        self, records: int = RECORDS, window: float = WINDOW, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._records, self._window, self._elapsed = records, window, elapsed
        self._windows: dict[tuple[str, int], _Window] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged. The first one of a new window names the number left out before it."""
        now, place = self._elapsed(), (record.pathname, record.lineno)
        window = self._windows.setdefault(place, _Window(now))
        if now - window.since >= self._window:
            if window.left_out:
                record.msg = f"{record.getMessage()} ({window.left_out} more like this were left out)"
                record.args = ()
            window = self._windows[place] = _Window(now)
        if window.passed >= self._records:
            window.left_out += 1
            return False
        window.passed += 1
        return True
