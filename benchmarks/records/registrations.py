"""2,000 parties at each registry, from the tenant's page to the registry: everybody taken at the page is filed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, Literal

from benchmarks.harness import Pair
from gateway.registries import REGISTRIES

NAME: Final = "registrations"
BAR: Final = 1.0
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = (
    "1 + people taken at the tenant's page whose record the registry refused, who are stuck, or whom the registry's"
    " books have otherwise than they stayed / 1; a crowd of parties from more than 60 countries at each simulated"
    " registry"
)
PARTIES: Final = 2000
SEED: Final = 12
AUTHORITIES: Final = tuple(name for name, profile in REGISTRIES.items() if name != "webhook" and not profile.kept)
Counted = dict[str, Any]


@contextmanager
def prepare() -> Iterator[Pair]:
    """Count all crowds; the rounds repeat the same figures, because a seed's crowd is always the same."""
    counted = count_all(PARTIES)
    lost = sum(row["refused"] + row["unsent"] + row["stuck"] + row["wrong_in_books"] for row in counted)
    yield Pair(lambda: 1.0 + lost, lambda: 1.0, sum(row["people"] for row in counted))


def count_all(parties: int, registries: tuple[str, ...] = AUTHORITIES) -> list[Counted]:
    """The counts of every registry, each in a process of its own, as many at once as there are cores."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda name: count_one(name, parties), registries))


def count_one(registry: str, parties: int) -> Counted:
    """The counts of one registry (benchmarks.crowds.crowd.Counts)."""
    command = [sys.executable, "-m", "benchmarks.crowds.crowd", registry, str(parties), str(SEED)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    counts: Counted = json.loads(done.stdout.splitlines()[-1])
    print(f"{registry}: {counts['seconds']} s", file=sys.stderr)
    return counts
