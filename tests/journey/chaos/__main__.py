"""`make chaos ARGS="--seed 7 --for 600"`: faults in the order of a seed; exit code 1 if an invariant breaks."""

import argparse
import asyncio
import json
import secrets
import sys
from dataclasses import asdict
from typing import Final

from tests.journey.chaos.faults import FAULTS
from tests.journey.chaos.run import Round, run

HEADING: Final = "fault             lasts   steady  taps unlocked registered  invariants"


def line(done: Round) -> str:
    """One round as a line of the table."""
    state = "; ".join(f"{what}: {', '.join(wrong)}" for what, wrong in done.wrong.items()) or "all hold"
    counts = f"{done.taps:5} {done.unlocked:8} {done.registered:10}"
    return f"{done.fault:16} {done.lasted_s:6.1f} {done.steady_s:8.1f} {counts}  {state}\n"


def parser() -> argparse.ArgumentParser:
    """The options."""
    given = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    given.add_argument("--seed", type=int, default=secrets.randbelow(10_000), help="chooses order and moments")
    given.add_argument("--for", dest="seconds", type=float, default=600, help="seconds, at most 600")
    given.add_argument("--only", action="append", choices=list(FAULTS), help="this fault; can be repeated")
    given.add_argument("--json", action="store_true")
    return given


def main() -> int:
    """Run, print the table or JSON, return the exit code."""
    options = parser().parse_args()
    if not options.json:
        sys.stdout.write(f"seed {options.seed}\n{HEADING}\n")

    def tell(done: Round) -> None:
        if not options.json:
            sys.stdout.write(line(done))
            sys.stdout.flush()

    rounds = asyncio.run(run(options.seed, min(options.seconds, 600), options.only or tuple(FAULTS), tell))
    if options.json:
        sys.stdout.write(json.dumps({"seed": options.seed, "rounds": [asdict(each) for each in rounds]}) + "\n")
    return int(any(each.wrong for each in rounds))


if __name__ == "__main__":
    sys.exit(main())
