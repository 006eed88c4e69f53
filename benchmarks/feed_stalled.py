"""What one consumer who stopped reading costs the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from benchmarks.feed_stage import Stage, open_stage
from benchmarks.harness import Pair

NAME: Final = "feed_stalled"
BAR: Final = 1.1
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = (
    "seconds of a burst to 500 consumers while another has stopped reading with 20,000 entries owed to it"
    " / the same without that one; the best of three bursts each"
)
CONSUMERS, EVENTS, BACKLOG, BURSTS = 500, 200, 20_000, 3


@contextmanager
def prepare() -> Iterator[Pair]:
    """The same server for both."""
    with open_stage(CONSUMERS, EVENTS) as stage:
        stage.round("/ours")

        def with_stalled() -> float:
            stage.stall(BACKLOG)
            took = best(stage)
            stage.unstall()
            return took

        yield Pair(with_stalled, lambda: best(stage), CONSUMERS * EVENTS)


def best(stage: Stage) -> float:
    """Seconds of the fastest of a few bursts: what else the machine does is not ours to measure."""
    return min(CONSUMERS * EVENTS / stage.round("/ours") for _ in range(BURSTS))
