"""Password hashing in threads of its own: strangers who sign in at random take bounded memory, threads and CPU."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, ParamSpec, TypeVar

from gateway.domain.errors import Busy, TooManyAttempts
from gateway.texts.marks import N_

WORKERS: Final = 1  # 64 MiB each; argon2 itself uses four threads
PLACES: Final = 8  # requests hashing or waiting to, each in a thread of the pages' pool of 40
PLACES_PER_CALLER: Final = 4
NICENESS: Final = 10  # added to that of the process
LOWEST: Final = 19
RETRY_AFTER: Final = 2

P = ParamSpec("P")
T = TypeVar("T")


class HashingPool:
    """Runs hash functions in `workers` threads of low priority, for at most `places` requests at a time."""

    def __init__(self, workers: int = WORKERS, places: int = PLACES, per_caller: int = PLACES_PER_CALLER) -> None:
        self._threads = ThreadPoolExecutor(workers, "hashing", initializer=_lower_priority)
        self._places, self._per_caller = places, per_caller
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, caller: str) -> Iterator[None]:
        """Hold one of the places while a request hashes. Does not wait.

        Raises Busy if all are taken, TooManyAttempts if `caller` (an address or account) has its share.
        """
        with self._lock:
            if self._taken.total() >= self._places:
                message = N_("Too many people are signing in at the moment. Try again in a few seconds.")
                raise Busy(message, retry_after=RETRY_AFTER)
            if self._taken[caller] >= self._per_caller:
                message = N_("Too many sign-ins at the same time from your network. Try again in a few seconds.")
                raise TooManyAttempts(message, retry_after=RETRY_AFTER)
            self._taken[caller] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[caller] -= 1
                self._taken += Counter()  # drops callers without a place

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a thread of the pool and return its result, or raise what it raised."""
        return self._threads.submit(function, *args, **kwargs).result()


def _lower_priority() -> None:
    """Let other threads run first; argon2's own threads inherit it. Linux has a niceness per thread: sched(7)."""
    thread = threading.get_native_id()
    present = os.getpriority(os.PRIO_PROCESS, thread)
    os.setpriority(os.PRIO_PROCESS, thread, min(LOWEST, present + NICENESS))


hashing: Final = HashingPool()
