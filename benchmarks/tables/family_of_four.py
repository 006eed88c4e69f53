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
HEAD: Final = ("step", "pictures", "typed", "choices", "touches", "people", "machine", "machine, plain")


def table(pairs: Sequence[tuple[Effort, Effort]], day: str, commit: str, load: float) -> Iterator[str]:
    """The lines between the markers: of each step what was done, and the medians of the machine's seconds."""
    paced, plain = [own for own, _ in pairs], [at_once for _, at_once in pairs]
    yield f"Measured on {day} at {commit}, {len(pairs)} families each, load average {load:.0f} at the end; together"
    yield f"**{span(paced)}, **{paced[0].typed} typed fields**. As a plain sum, in which the machine works while"
    yield f"nobody acts: **{span(plain)}."
    yield ""
    yield f"| {' | '.join(HEAD)} |"
    yield "|" + "---|" * len(HEAD)
    for place, step in enumerate(paced[0].steps):
        done = (step.pictures, len(step.typed), step.choices, step.touches)
        machine = (statistics.median(effort.steps[place].machine for effort in efforts) for efforts in (paced, plain))
        seconds = " | ".join(f"{of_step:.1f} s" for of_step in (step.allowance, *machine))
        yield f"| {step.name} | {' | '.join(str(count) for count in done)} | {seconds} |"


def span(efforts: Sequence[Effort]) -> str:
    """The median of the seconds, with the least and the most."""
    took = sorted(effort.seconds for effort in efforts)
    return f"{statistics.median(took):.0f} s** ({took[0]:.0f} to {took[-1]:.0f})"


def main() -> None:
    """Measure and write."""
    pairs = measured()
    lines = list(table(pairs, datetime.now(UTC).date().isoformat(), short_commit(), os.getloadavg()[0]))
    write(PAGE, lines, BEGIN, END)


if __name__ == "__main__":
    main()
