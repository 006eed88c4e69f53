"""Steps of a roll-out: who is chosen, when it goes on, and when it stops by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.firmware import STEPS, Tally, judge, ranked, share_size, supported_until

NAMES = st.lists(st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True), unique=True, max_size=60)


@given(devices=st.integers(0, 5000))
def test_each_step_takes_at_least_as_many_and_the_last_everybody(devices: int) -> None:
    sizes = [share_size(devices, step) for step in range(len(STEPS))]
    assert sizes == sorted(sizes)
    assert sizes[-1] == devices
    assert bool(sizes[0]) == bool(devices)


@given(devices=NAMES, roll_out=st.uuids().map(str))
def test_the_order_names_everybody_once_however_the_devices_are_given(devices: list[str], roll_out: str) -> None:
    assert ranked(devices, roll_out) == ranked(devices[::-1], roll_out)
    assert sorted(ranked(devices, roll_out)) == sorted(devices)


def test_another_roll_out_begins_with_other_devices() -> None:
    fleet = [f"lock-{number}" for number in range(200)]
    assert len({ranked(fleet, f"roll-out-{number}")[0] for number in range(20)}) > 10
    assert share_size(200, 0) == 2


@pytest.mark.parametrize(
    ("tally", "limit", "soaked", "verdict"),
    [
        (Tally(2, confirmed=2), 0, True, "go_on"),
        (Tally(2, confirmed=2), 0, False, "stay"),
        (Tally(3, confirmed=2, failed=1), 0, True, "stop"),
        (Tally(3, confirmed=2, failed=1), 0, False, "stop"),
        (Tally(3, confirmed=2, failed=1), 1, True, "go_on"),
        (Tally(3, under_way=1, confirmed=2), 0, True, "stay"),
        (Tally(2, confirmed=1), 0, True, "go_on"),  # the other one waits or is held up
        (Tally(3, confirmed=1), 0, True, "stay"),
        (Tally(1, failed=1), 1, True, "go_on"),  # a whole share within the limit: only the next can tell
        (Tally(2, failed=1), 1, True, "stay"),  # nobody runs it yet, and somebody may
        (Tally(3), 0, True, "stay"),
        (Tally(0), 0, True, "stay"),
    ],
)
def test_a_step_goes_on_or_stops(tally: Tally, limit: int, soaked: bool, verdict: str) -> None:
    assert judge(tally, limit, soaked=soaked) == verdict


def test_the_longest_line_of_a_version_decides_its_end_of_support() -> None:
    lines = {"": 1, "2.": 2, "2.1": 3}
    assert [supported_until(version, lines) for version in ("1.0", "2.0", "2.1.4")] == [1, 2, 3]
    assert supported_until("1.0", {"2.": 2}) is None
