"""Limit of failed attempts, in memory, one counter per name, for requests that do not arrive over HTTP."""

from collections import defaultdict, deque
from collections.abc import Callable

from gateway.domain.errors import TooManyAttempts
from gateway.texts.marks import N_


class AttemptLimiter:
    """At most `maximum` failed attempts per name within `seconds`."""

    def __init__(self, maximum: int, seconds: int, now: Callable[[], int]) -> None:
        self._maximum, self._seconds, self._now = maximum, seconds, now
        self._wrong: defaultdict[str, deque[int]] = defaultdict(deque)

    def check(self, name: str) -> None:
        """Raise TooManyAttempts while `name` is over the limit."""
        wrong, since = self._wrong[name], self._now() - self._seconds
        while wrong and wrong[0] <= since:
            wrong.popleft()
        if len(wrong) >= self._maximum:
            raise TooManyAttempts(N_("Too many wrong codes. Scan the QR code, or try again later."))

    def record_failure(self, name: str) -> None:
        """Count one failed attempt."""
        self._wrong[name].append(self._now())
