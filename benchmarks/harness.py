"""Measures a ratio: ours and a baseline alternate in one process for three rounds; the figure is the median ratio.

A benchmark is a module in one of this package's folders, with NAME (its file's), BAR, BETTER ("lower" or "higher": on
which side of BAR the ratio should be), WHAT (one line) and `prepare()`, a context manager that yields a Pair. It starts
and ends processes, and runs the first, slower round if there is one.
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
from typing import Any, Final, Literal, Protocol

from gateway.operations.collector import collect_seldom

ROUNDS = 3
MAX_SECONDS = 60
HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Pair:
    """Each call runs one round of `n` operations and returns its cost or rate, in the same unit for both."""

    ours: Callable[[], float]
    baseline: Callable[[], float]
    n: int


class Benchmark(Protocol):
    """Interface of a benchmark module; a module without NAME is a helper."""

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
        """Return the figure as printed."""
        return asdict(self)


def benchmark_names() -> list[str]:
    """Return every benchmark's name, which is its file's, without importing any."""
    return sorted(_modules())


def load_benchmark(name: str) -> Benchmark:
    """Import one benchmark, not before it is needed: some import heavy libraries."""
    module: Any = importlib.import_module(_modules()[name])
    benchmark: Benchmark = module
    return benchmark


def _modules() -> dict[str, str]:
    files = [file for file in HERE.glob("*/*.py") if "\nNAME: " in file.read_text(encoding="utf-8")]
    return {file.stem: f"benchmarks.{file.parent.name}.{file.stem}" for file in files}


def measure(benchmark: Benchmark) -> Figure:
    """Run one benchmark; warns on stderr if it took more than MAX_SECONDS."""
    began = time.monotonic()
    with benchmark.prepare() as pair:
        collect_seldom()  # for both sides, as `lodgekey serve` does after its start
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
    """Return the CPU seconds of this process for `times` operations, all threads together."""
    began = time.process_time()
    for _ in range(times):
        operation()
    return time.process_time() - began
