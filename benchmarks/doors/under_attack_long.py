"""Percentiles of tap → unlocked, idle and in each of four attacks: `python -m benchmarks.doors.under_attack_long`.

A round of the benchmark `unlock_under_attack` is too short for a 99th percentile; this takes minutes.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import quantiles
from typing import Final
from urllib.parse import urlsplit

from benchmarks.doors.tap_to_unlocked import our_house
from benchmarks.doors.unlock_under_attack import BAR, Tap, attacked, broker_port, taps_ms
from benchmarks.stages.attacks import KINDS

TAPS: Final = 200  # in each state, at least: of fewer, the 99th percentile is one tap
STEPS: Final = 4  # the idle house is measured as often, before and between the attacks


async def measure(tap: Tap, port: int, broker: int, folder: Path, taps: int) -> dict[str, list[float]]:
    """Return the milliseconds of each tap, idle and by attack; idle in parts before each of the attacks."""
    taken: dict[str, list[float]] = {"idle": []}
    await taps_ms(tap, 10)
    for kind in KINDS:
        taken["idle"] += await taps_ms(tap, taps // STEPS)
        async with attacked(kind, port, broker, folder):
            taken[kind] = await taps_ms(tap, taps)
    return taken


def table(taken: dict[str, list[float]]) -> str:
    """Return a line for each state: taps, percentiles in milliseconds, and the 99th against the idle one."""
    lines = [f"{'':20} {'taps':>5} {'p50 ms':>8} {'p99 ms':>8} {'p99 / idle':>10}"]
    idle = percentiles(taken["idle"])[1]
    for state, values in taken.items():
        half, slowest = percentiles(values)
        lines.append(f"{state:20} {len(values):5} {half:8.1f} {slowest:8.1f} {slowest / idle:10.2f}")
    return "\n".join(lines)


def percentiles(values: list[float]) -> tuple[float, float]:
    """Return the 50th and the 99th percentile."""
    hundred = quantiles(values, n=100, method="inclusive")
    return hundred[49], hundred[98]


def holds(taken: dict[str, list[float]]) -> bool:
    """Whether no attack makes the 99th percentile more than the bar's multiple of the idle one."""
    idle = percentiles(taken["idle"])[1]
    return all(percentiles(values)[1] <= BAR * idle for values in taken.values())


async def run(taps: int) -> dict[str, list[float]]:
    """Start a house, measure, end it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "house"
        tap, url = await our_house(stack, folder)
        return await measure(tap, urlsplit(url).port or 0, broker_port(folder), folder, taps)


def main() -> int:
    """Print the table; exit code 1 if the bar is not held."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--taps", type=int, default=TAPS, help="taps in each state")
    taken = asyncio.run(run(max(given.parse_args().taps, TAPS)))
    sys.stdout.write(table(taken) + "\n")
    return int(not holds(taken))


if __name__ == "__main__":
    sys.exit(main())
