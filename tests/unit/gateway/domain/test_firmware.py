"""Steps of a roll-out: who is chosen, when it goes on, and when it stops by itself."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.firmware import STEPS, Tally, judge, share, supported_until

NAMES = st.lists(st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True), unique=True, max_size=60)


@given(devices=NAMES, roll_out=st.uuids().map(str))
def test_each_step_contains_the_one_before_and_the_last_is_everybody(devices: list[str], roll_out: str) -> None:
    chosen = [share(devices, percent, roll_out) for percent in STEPS]
    for smaller, larger in itertools.pairwise(chosen):
        assert larger[: len(smaller)] == smaller
    assert sorted(chosen[-1]) == sorted(devices)
    assert bool(chosen[0]) == bool(devices)


@given(devices=NAMES, roll_out=st.uuids().map(str))
def test_the_choice_does_not_depend_on_the_order_of_the_devices(devices: list[str], roll_out: str) -> None:
    assert share(devices, 10, roll_out) == share(devices[::-1], 10, roll_out)


def test_another_roll_out_begins_with_other_devices() -> None:
    fleet = [f"lock-{number}" for number in range(200)]
    firsts = {share(fleet, 1, f"roll-out-{number}")[0] for number in range(20)}
    assert len(firsts) > 10
    assert len(share(fleet, 1, "a")) == 2


@pytest.mark.parametrize(
    ("tally", "limit", "soaked", "verdict"),
    [
        (Tally(confirmed=2), 0, True, "go_on"),
        (Tally(confirmed=2), 0, False, "stay"),
        (Tally(confirmed=2, failed=1), 0, True, "stop"),
        (Tally(confirmed=2, failed=1), 0, False, "stop"),
        (Tally(confirmed=2, failed=1), 1, True, "go_on"),
        (Tally(confirmed=2, under_way=1), 0, True, "stay"),
        (Tally(confirmed=1, waiting=1), 0, True, "go_on"),
        (Tally(confirmed=1, waiting=2), 0, True, "stay"),
        (Tally(confirmed=1, offline=2), 0, True, "stay"),
        (Tally(failed=1), 1, True, "go_on"),  # a whole share within the limit: only the next can tell
        (Tally(failed=1, waiting=1), 1, True, "stay"),  # nobody runs it yet, and somebody may
        (Tally(waiting=3), 0, True, "stay"),
        (Tally(), 0, True, "stay"),
    ],
)
def test_a_step_goes_on_or_stops(tally: Tally, limit: int, soaked: bool, verdict: str) -> None:
    assert judge(tally, limit, soaked=soaked) == verdict


def test_the_longest_line_of_a_version_decides_its_end_of_support() -> None:
    lines = {"": 1, "2.": 2, "2.1": 3}
    assert [supported_until(version, lines) for version in ("1.0", "2.0", "2.1.4")] == [1, 2, 3]
    assert supported_until("1.0", {"2.": 2}) is None
