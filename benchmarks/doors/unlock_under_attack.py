"""From the tap to "unlocked" while strangers sign in at random, or hold connections, uploads or the broker's port."""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from api.cli.demo.children import Child
from benchmarks.doors.tap_to_unlocked import our_house
from benchmarks.harness import Pair
from benchmarks.stages.attacks import KINDS

NAME: Final = "unlock_under_attack"
BAR: Final = 3.0
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = "slowest but one of 25 POST unlocks until the lock's answer, in the worst of four attacks / the same idle"
N = 25

Tap = Callable[[], Awaitable[None]]


@contextmanager
def prepare() -> Iterator[Pair]:
    """Start the gateway for all rounds; a round of ours taps N times in each attack."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            house = Path(folder) / "house"
            tap, url = runner.run(our_house(stack, house))
            ports = (urlsplit(url).port or 0, broker_port(house))
            runner.run(slow_ms(tap))
            yield Pair(lambda: runner.run(worst_ms(tap, *ports, house)), lambda: runner.run(slow_ms(tap)), N)
        finally:
            runner.run(stack.aclose())


async def worst_ms(tap: Tap, port: int, broker: int, folder: Path) -> float:
    """Return the slowest of the attacks; tells each on stderr."""
    worst = 0.0
    for kind in KINDS:
        async with attacked(kind, port, broker, folder):
            took = await slow_ms(tap)
        print(f"  {kind}: {took:.1f} ms", file=sys.stderr)
        worst = max(worst, took)
    return worst


@asynccontextmanager
async def attacked(kind: str, port: int, broker: int, folder: Path) -> AsyncIterator[None]:
    """Strangers do one kind of thing to the gateway's pages or its broker while this is open."""
    at = broker if kind == "idle_at_the_broker" else port
    arguments = ["-m", "benchmarks.stages.attacks", kind, str(at)]
    async with Child(kind, arguments, folder / "logs" / "attacks.log") as strangers:
        await strangers.start()
        yield


async def slow_ms(tap: Tap) -> float:
    """Return the second longest of N taps in milliseconds: one hiccup of the machine is not the attack."""
    return sorted(await taps_ms(tap, N))[-2]


async def taps_ms(tap: Tap, count: int) -> list[float]:
    """Return the milliseconds of each of so many taps."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        await tap()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def broker_port(folder: Path) -> int:
    """Return the port of the gateway's own broker."""
    listener = (folder / "broker" / "mosquitto.conf").read_text().splitlines()[0]
    return int(listener.split()[1])
