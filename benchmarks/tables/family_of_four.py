"""Writes the steps of a family of four into `docs/registries.md`: `python -m benchmarks.tables.family_of_four`."""

import os
import statistics
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from benchmarks.records.family_of_four import measured
from benchmarks.tables.registrations import PAGE, short_commit, write
from tests.browser.family import Effort

BEGIN, END = "<!-- Family of four -->", "<!-- end of Family of four -->"
HEAD: Final = ("step", "pictures", "typed", "choices", "touches", "people", "machine")


def table(efforts: Sequence[Effort], day: str, commit: str, load: float) -> Iterator[str]:
    """The lines between the markers: of each step what was done, and the median of the machine's seconds."""
    took = sorted(effort.seconds for effort in efforts)
    middle = statistics.median(took)
    yield f"Measured on {day} at {commit}, {len(efforts)} families, load average {load:.0f} at the end; together"
    yield f"**{middle:.0f} s** ({took[0]:.0f} to {took[-1]:.0f}), **{efforts[0].typed} typed fields**:"
    yield ""
    yield f"| {' | '.join(HEAD)} |"
    yield "|" + "---|" * len(HEAD)
    for place, step in enumerate(efforts[0].steps):
        machine = statistics.median(effort.steps[place].machine for effort in efforts)
        done = (step.pictures, len(step.typed), step.choices, step.touches)
        yield f"| {step.name} | {' | '.join(str(count) for count in done)} | {step.allowance:.1f} s | {machine:.1f} s |"


def main() -> None:
    """Measure and write."""
    efforts = measured()
    lines = list(table(efforts, datetime.now(UTC).date().isoformat(), short_commit(), os.getloadavg()[0]))
    write(PAGE, lines, BEGIN, END)


if __name__ == "__main__":
    main()
