"""Cost of one consumer that stopped reading, to the other consumers."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from benchmarks.harness import Pair
from benchmarks.stages.feed import Stage, open_stage

NAME: Final = "feed_stalled"
BAR: Final = 1.1
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = (
    "seconds of a burst to 500 consumers while another has stopped reading with 20,000 entries owed to it / the same"
    " without that one; medians of bursts taken in turns on the same server"
)
CONSUMERS, EVENTS, BACKLOG, BURST_PAIRS = 500, 200, 20_000, 3


@contextmanager
def prepare() -> Iterator[Pair]:
    """Use the same server for both."""
    with open_stage(CONSUMERS, EVENTS) as stage:
        stage.round("/ours")
        bursts = AlternatingBursts(stage)
        yield Pair(bursts.with_stalled, bursts.without, CONSUMERS * EVENTS)


class AlternatingBursts:
    """Bursts in the order ABBA…, so that drift of the machine affects both equally; each result is returned once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._medians: dict[bool, list[float]] = {True: [], False: []}

    def with_stalled(self) -> float:
        """Median seconds of bursts beside a stalled reader."""
        return self._next(stalled=True)

    def without(self) -> float:
        """Median seconds of bursts without one."""
        return self._next(stalled=False)

    def _next(self, *, stalled: bool) -> float:
        if not self._medians[stalled]:
            taken = {True: list[float](), False: list[float]()}
            for burst in range(2 * BURST_PAIRS):
                now = burst % 4 in (1, 2)
                taken[now].append(self._burst(stalled=now))
            for kind, seconds in taken.items():
                self._medians[kind].append(statistics.median(seconds))
        return self._medians[stalled].pop()

    def _burst(self, *, stalled: bool) -> float:
        if stalled:
            self._stage.stall(BACKLOG)
        took = CONSUMERS * EVENTS / self._stage.round("/ours")
        self._stage.unstall()
        return took
