"""The trusted clock: it never goes back, never jumps, and follows a wall clock that agrees with the time passed."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DRIFT, LONGEST_PAUSE, STEP_SECONDS, TrustedClock
from tests.parts.world import DAY, NOW


@dataclass
class Machine:
    """A true time, and a wall clock that is off from it by `off` seconds."""

    true: float = float(NOW)
    off: int = 0

    def wall(self) -> int:
        """What the wall clock shows."""
        return int(self.true) + self.off

    def passed(self) -> float:
        """Seconds on a clock that is never set."""
        return self.true - NOW

    def clock(self, seen: int = 0) -> TrustedClock:
        """A gateway's clock on this machine."""
        return TrustedClock(self.wall, self.passed, seen=seen)


@pytest.mark.parametrize("off", [3 * DAY, 40 * DAY, STEP_SECONDS + 60, -3 * DAY, -3600])
def test_a_step_while_running_is_not_followed_and_its_end_is(off: int) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.true, machine.off = machine.true + 45, off
    assert (clock(), clock.off_by()) == (NOW + 45, off)
    machine.true, machine.off = machine.true + 45, 0
    assert (clock(), clock.off_by()) == (NOW + 90, 0)


@pytest.mark.parametrize(
    ("ahead", "believed"), [(3600, True), (LONGEST_PAUSE, True), (LONGEST_PAUSE + 61, False), (40 * DAY, False)]
)
def test_at_a_start_a_long_pause_is_believed_and_a_longer_one_waits(ahead: int, believed: bool) -> None:
    clock = Machine().clock(NOW - ahead)
    assert clock() == (NOW if believed else NOW - ahead)
    assert (clock.off_by() == 0) is believed


def test_a_clock_behind_at_a_start_goes_on_from_the_newest_time_until_it_is_put_right() -> None:
    machine = Machine(off=-40 * DAY)
    clock = machine.clock(NOW - 600)
    machine.true += 30
    assert (clock(), clock.off_by() < 0) == (NOW - 570, True)
    machine.off = 0
    assert (clock(), clock.off_by()) == (NOW + 30, 0)


def test_a_person_can_accept_a_time_in_either_direction() -> None:
    machine = Machine()
    for off in (40 * DAY, -DAY):
        clock = machine.clock()
        machine.off = off
        clock.accept()
        assert (clock(), clock.off_by()) == (NOW + off, 0)
        machine.off = 0


def test_small_steps_that_add_up_are_not_followed_either() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(1000):
        machine.true, machine.off = machine.true + 1, machine.off + STEP_SECONDS // 2
        clock()
    assert clock() <= machine.true + STEP_SECONDS + DRIFT * 1000
    assert clock.off_by() == machine.off


MOVES = st.lists(
    st.tuples(st.floats(0, 2 * DAY), st.sampled_from([0, 1, -1, 59, -59, 3600, -3600, 3 * DAY, -3 * DAY, 40 * DAY])),
    max_size=40,
)


@given(
    moves=MOVES, pause=st.one_of(st.none(), st.integers(0, LONGEST_PAUSE)), first=st.sampled_from([0, 5 * DAY, -DAY])
)
def test_no_history_of_the_wall_clock_makes_the_time_contradict_the_time_passed(
    moves: list[tuple[float, int]], pause: int | None, first: int
) -> None:
    """The time never goes back, never runs ahead of what passed, and never lags behind what was known."""
    machine = Machine(off=0 if pause is None else first)
    seen = 0 if pause is None else NOW - pause
    clock = machine.clock(seen)
    before = clock()
    for passed, off in moves:
        machine.true, machine.off = machine.true + passed, off
        shown = clock()
        since = machine.true - NOW
        unknown = 0 if pause is None else LONGEST_PAUSE
        start = NOW if pause is None else seen
        assert before <= shown
        assert shown <= start + since + unknown + STEP_SECONDS + DRIFT * since + 1
        assert shown >= start + since - STEP_SECONDS - DRIFT * since - 1
        before = shown
