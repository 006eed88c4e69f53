"""How a figure is made: ours and a baseline in turns in one process, three rounds, the median of their ratios.

A benchmark is a module of this package with NAME (its file's), BAR, BETTER ("lower" or "higher": on which side of
BAR the ratio should be), WHAT (one line) and `prepare()`, a context manager that yields a Pair: there processes are
started and ended, and the first, slower round is run if there is one.
"""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from gateway.operations.collector import collect_seldom

ROUNDS = 3
MAX_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """Each call does one round of `n` operations and returns its cost or rate, in the same unit for both."""

    ours: Callable[[], float]
    baseline: Callable[[], float]
    n: int


class Benchmark(Protocol):
    """What a module of this package offers; one without NAME helps others."""

    NAME: str
    BAR: float
    BETTER: Literal["lower", "higher"]
    WHAT: str

    def prepare(self) -> AbstractContextManager[Pair]:
        """Set up both sides."""


@dataclass(frozen=True, slots=True)
class Figure:
    """ratio = ours / baseline, the median of the rounds; spread: its lowest and highest; n: operations a round."""

    ratio: float
    bar: float
    better: str
    spread: tuple[float, float]
    n: int
    what: str

    @property
    def met(self) -> bool:
        """Whether the ratio is on the right side of the bar."""
        return self.ratio <= self.bar if self.better == "lower" else self.ratio >= self.bar

    def row(self) -> dict[str, object]:
        """As it is printed."""
        return asdict(self)


def benchmark_names() -> list[str]:
    """Every benchmark's name, which is its file's; nothing is imported for this."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return [file.stem for file in files if "\nNAME: " in file.read_text(encoding="utf-8")]


def load_benchmark(name: str) -> Benchmark:
    """One benchmark, imported only now: some bring heavy libraries."""
    module: Any = importlib.import_module(f"benchmarks.{name}")
    benchmark: Benchmark = module
    return benchmark


def measure(benchmark: Benchmark) -> Figure:
    """Run one benchmark; says on stderr when it took longer than it should."""
    began = time.monotonic()
    with benchmark.prepare() as pair:
        collect_seldom()  # as `lodgekey serve` does once it is up, for both sides
        ratios = [_ratio(pair, ours_first=bool(number % 2)) for number in range(ROUNDS)]
    if time.monotonic() - began > MAX_SECONDS:
        print(f"{benchmark.NAME} took {time.monotonic() - began:.0f} s", file=sys.stderr)
    spread = (round(min(ratios), 3), round(max(ratios), 3))
    ratio = round(statistics.median(ratios), 3)
    return Figure(ratio, benchmark.BAR, benchmark.BETTER, spread, pair.n, benchmark.WHAT)


def _ratio(pair: Pair, *, ours_first: bool) -> float:
    if ours_first:
        ours = pair.ours()
        return ours / pair.baseline()
    baseline = pair.baseline()
    return pair.ours() / baseline


def cpu_seconds(operation: Callable[[], object], times: int) -> float:
    """CPU this process spent on `times` operations, all threads together."""
    began = time.process_time()
    for _ in range(times):
        operation()
    return time.process_time() - began
