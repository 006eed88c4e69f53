"""Every benchmark has the form that the harness prints."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from benchmarks.harness import Benchmark, Pair, benchmark_names, load_benchmark, measure
from tests.architecture.source import ROOT


@pytest.mark.parametrize("name", benchmark_names())
def test_a_benchmark_says_what_it_measures(name: str) -> None:
    benchmark = load_benchmark(name)
    assert name == benchmark.NAME
    assert benchmark.BAR > 0
    assert benchmark.BETTER in ("lower", "higher")
    assert len(benchmark.WHAT.split()) > 4


def fixed(better: str, ours: list[float], baseline: list[float]) -> Benchmark:
    left, right = iter(ours), iter(baseline)

    @contextmanager
    def prepare() -> Iterator[Pair]:
        yield Pair(lambda: next(left), lambda: next(right), 7)

    return SimpleNamespace(NAME="fixed", BAR=2.0, BETTER=better, WHAT="one two three", prepare=prepare)


def test_the_ratio_is_the_median_of_three_rounds() -> None:
    figure = measure(fixed("lower", [1.0, 9.0, 3.0], [1.0, 1.0, 1.0]))
    assert (figure.ratio, figure.spread, figure.n, figure.met) == (3.0, (1.0, 9.0), 7, False)


def test_a_rate_is_better_when_higher() -> None:
    assert measure(fixed("higher", [3.0] * 3, [1.0] * 3)).met


def test_an_unknown_benchmark_is_refused_with_the_names_there_are() -> None:
    command = [sys.executable, "-m", "benchmarks", "no_such", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "issue_credential" in done.stderr


def test_json_is_one_object_and_all_of_stdout() -> None:
    command = [sys.executable, "-m", "benchmarks", "issue_credential", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    row = json.loads(done.stdout)["issue_credential"]
    assert set(row) == {"ratio", "bar", "better", "spread", "n", "what"}
