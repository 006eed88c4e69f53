"""Live feed to a thousand simultaneous consumers, against sse-starlette."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from benchmarks.harness import Pair
from benchmarks.stages.feed import open_stage

NAME: Final = "feed_fanout"
BAR: Final = 5.0
BETTER: Final[Literal["lower", "higher"]] = "higher"
WHAT: Final = (
    "deliveries/s of a burst of 100 new entries to 1,000 connected consumers, from commit to the last byte, each page"
    " in the disclosure log beforehand, none lost / sse-starlette with the same texts ready in memory"
)
CONSUMERS, EVENTS = 1000, 100


@contextmanager
def prepare() -> Iterator[Pair]:
    """Start a server with both feeds; the consumers run in another process."""
    with open_stage(CONSUMERS, EVENTS) as stage:
        yield Pair(lambda: stage.round("/ours"), lambda: stage.round("/theirs"), CONSUMERS * EVENTS)
