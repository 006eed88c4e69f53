"""How often somebody guessed wrong lately: in memory, one counter a name, for what does not come over HTTP."""

from collections import defaultdict, deque
from collections.abc import Callable

from gateway.domain.errors import TooManyAttempts


class AttemptLimiter:
    """`maximum` wrong tries a name within `seconds`; beyond them nothing is looked up any more."""

    def __init__(self, maximum: int, seconds: int, now: Callable[[], int]) -> None:
        self._maximum, self._seconds, self._now = maximum, seconds, now
        self._wrong: defaultdict[str, deque[int]] = defaultdict(deque)

    def check(self, name: str) -> None:
        """TooManyAttempts while `name` has guessed wrong too often."""
        wrong, since = self._wrong[name], self._now() - self._seconds
        while wrong and wrong[0] <= since:
            wrong.popleft()
        if len(wrong) >= self._maximum:
            raise TooManyAttempts("Too many wrong codes in a short time. Please scan the code, or try again later.")

    def record_failure(self, name: str) -> None:
        """One more wrong try."""
        self._wrong[name].append(self._now())
