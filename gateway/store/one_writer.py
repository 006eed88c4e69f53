"""The lock of SQLite's single writer: whoever is urgent goes before those who wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class OneWriter:
    """A lock with two queues. The ordinary one waits while anybody is in the urgent one."""

    def __init__(self) -> None:
        lock = threading.Lock()
        self._urgent, self._ordinary = threading.Condition(lock), threading.Condition(lock)
        self._held, self._urgent_waiting, self._ordinary_waiting = False, 0, 0

    @property
    def waiting(self) -> int:
        """How many wait for the lock."""
        return self._urgent_waiting + self._ordinary_waiting

    @contextmanager
    def hold(self, *, urgent: bool) -> Iterator[None]:
        """Hold the lock until the block ends."""
        if urgent:
            self._take_urgently()
        else:
            self._take()
        try:
            yield
        finally:
            with self._urgent:
                self._held = False
                (self._urgent if self._urgent_waiting else self._ordinary).notify()

    def _take_urgently(self) -> None:
        with self._urgent:
            self._urgent_waiting += 1
            self._urgent.wait_for(lambda: not self._held)
            self._urgent_waiting -= 1
            self._held = True

    def _take(self) -> None:
        with self._ordinary:
            self._ordinary_waiting += 1
            self._ordinary.wait_for(lambda: not self._held and not self._urgent_waiting)
            self._ordinary_waiting -= 1
            self._held = True
