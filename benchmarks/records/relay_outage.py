"""A registry outage of a day with continuing check-ins, and the deliveries after it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from benchmarks.harness import ROUNDS, Pair
from benchmarks.stages.relay import Quota, RelayStage, open_relay, scratch
from gateway.registries import open_registry
from gateway.supervision import Rounds

NAME: Final = "relay_outage"
BAR: Final = 0.9
BETTER: Final[Literal["lower", "higher"]] = "higher"
WHAT: Final = (
    "records/s at which 10,000 check-ins owed through 24 h of outage (by injected clock) are delivered afterwards, each"
    " once and in order per stay / records/s of the same relay where there was no outage"
)
N, STEADY = 3_334, 1_000  # of 10,002, a third each round
STEP, DAY = 320, 86_400  # a little more than the longest retry pause


@contextmanager
def prepare() -> Iterator[Pair]:
    """Create all check-ins and run the outage; each round delivers a third of them, and as many without an outage."""
    with (
        scratch() as folder,
        open_relay(folder / "away", ROUNDS * N) as away,
        open_relay(folder / "steady", ROUNDS * STEADY) as steady,
    ):
        asyncio.run(outage(away))
        yield Pair(lambda: asyncio.run(away.drain(N)), lambda: asyncio.run(steady.drain(STEADY)), ROUNDS * N)
        for stage in (away, steady):
            check(stage)


async def outage(stage: RelayStage) -> None:
    """Advance the clock by a day in steps of about five minutes; the relay tries at each step."""
    await stage.switch("down")
    registry = open_registry("sandbox", {"url": stage.url, "token": "x"}, lambda: stage.now)
    relay = stage.relay(registry, Quota())
    running = asyncio.create_task(relay.run(Rounds()))
    news = stage.settled_news()
    async with asyncio.timeout(60):
        for _ in range(DAY // STEP):
            before = stage.attempts()
            stage.now += STEP
            relay.wake()
            await stage.until(news, lambda before=before: stage.attempts() > before)  # type: ignore[misc]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await registry.close()
    stage.now += STEP
    await stage.switch("up")


def check(stage: RelayStage) -> None:
    """Check by the registry's records that nothing is missing, doubled or out of order."""
    books = asyncio.run(stage.books())
    if sorted(books) != sorted(stage.rows.registrations):
        raise RuntimeError("a record is missing or came twice")
    place = {reference: number for number, reference in enumerate(books)}
    pairs = zip(stage.rows.registrations[::2], stage.rows.registrations[1::2], strict=True)
    if any(place[first] > place[second] for first, second in pairs):
        raise RuntimeError("a stay's records came out of order")
