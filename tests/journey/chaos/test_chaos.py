"""A short run of `make chaos`, with the faults that take most with them: every kind would take minutes."""

import re
import shlex
from itertools import islice

import pytest

from tests.architecture.source import ROOT
from tests.journey.chaos.__main__ import HEADING, line, parser
from tests.journey.chaos.faults import FAULTS
from tests.journey.chaos.invariants import INVARIANTS
from tests.journey.chaos.run import BEFORE, LASTS, Round, chosen, run

PAGE = (ROOT / "docs" / "guides" / "chaos.md").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["gateway killed", "full and killed", "database killed"])
async def test_everything_holds_after_a_fault_under_load(fault: str) -> None:
    rounds = await run(7, 0, [fault])
    if not rounds:
        pytest.skip("no disk can be mounted here")
    (done,) = rounds
    assert done.wrong == {}
    assert done.unlocked > 0
    assert done.taps >= done.unlocked


def test_a_seed_chooses_order_and_moments() -> None:
    first, again, other = (list(islice(chosen(seed, tuple(FAULTS)), 2 * len(FAULTS))) for seed in (7, 7, 8))
    assert first == again != other
    assert {name for name, _, _ in first[: len(FAULTS)]} == FAULTS.keys()
    assert all(BEFORE[0] <= before <= BEFORE[1] and LASTS[0] <= lasts <= LASTS[1] for _, before, lasts in first)


def test_a_broken_invariant_is_in_the_line_of_its_fault() -> None:
    shown = line(Round("locks frozen", 1.0, 2.5, 10, 8, 1, {"filed once": ["r1: 2 records"]}))
    assert shown.split() == ["locks", "frozen", "1.0", "2.5", "10", "8", "1", "filed", "once:", "r1:", "2", "records"]
    assert len(HEADING.split()) == 7


def test_the_page_names_every_fault_and_invariant() -> None:
    assert [name for name in (*FAULTS, *INVARIANTS) if name not in PAGE] == []


@pytest.mark.parametrize("given", re.findall(r'make chaos ARGS="(.*)"', PAGE))
def test_the_commands_of_the_page_are_understood(given: str) -> None:
    options = parser().parse_args(shlex.split(given))
    assert set(options.only or FAULTS) <= FAULTS.keys()
    assert "python -m tests.journey.chaos $(ARGS)" in (ROOT / "Makefile").read_text()
