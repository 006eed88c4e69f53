"""The trusted clock: it never goes back, never jumps, and follows a wall clock that agrees with the time passed."""

import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import AGREES, DRIFT, LONGEST_PAUSE, MAX_CLOCKS, STEP_SECONDS, TrustedClock, elapsed
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


@pytest.mark.parametrize(
    ("reported", "followed"),
    [
        ({}, False),
        ({"device a": 0}, False),
        ({"police.example": 0}, False),
        ({"device a": 0, "police.example": 0}, True),
        ({"device a": AGREES - 5, "device b": 5 - AGREES}, True),
        ({"device a": 0, "device b": AGREES + 60}, False),
        ({"device a": 0, "device b": 0, "device c": -5 * DAY, "device d": -5 * DAY}, False),
        ({"device a": 0, "device b": 0, "device c": -5 * DAY}, True),
    ],
)
def test_a_clock_that_is_ahead_is_followed_when_two_others_agree_and_most_do(
    reported: dict[str, int], followed: bool
) -> None:
    """After five days off: what each other clock shows, against the machine's."""
    machine = Machine()
    clock = machine.clock(NOW - 5 * DAY)
    for name, off in reported.items():
        for _ in range(3):
            clock.hear(name, NOW + off)
    machine.true += 10
    assert (clock(), clock.off_by() == 0) == ((NOW + 10, True) if followed else (NOW - 5 * DAY + 10, False))


def test_one_device_that_reports_many_times_is_one_clock() -> None:
    machine = Machine(off=40 * DAY)
    clock = machine.clock(NOW - 60)
    for _ in range(50):
        clock.hear("device a", NOW + 40 * DAY)
    assert (clock(), clock.off_by()) == (NOW - 60, 40 * DAY + 60)


def test_a_clock_that_is_behind_is_not_followed_whoever_agrees() -> None:
    machine = Machine(off=-40 * DAY)
    clock = machine.clock(NOW - 600)
    clock.hear("device a", NOW - 40 * DAY)
    clock.hear("police.example", NOW - 40 * DAY, fresh=True)
    assert (clock(), clock.off_by() < 0) == (NOW - 600, True)


def test_a_leap_back_while_running_waits_and_the_time_goes_on() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.true, machine.off = machine.true + 100, -3600
    assert (clock(), clock.off_by()) == (NOW + 100, -3600)
    machine.true += 100
    assert clock() == NOW + 200


@pytest.mark.parametrize(
    ("reported", "disputed"),
    [
        ([("police.example", True), ("device a", False)], True),
        ([("police.example", True), ("bureau.example", True)], True),
        ([("device a", False), ("device b", False)], False),
        ([("police.example", True)], False),
    ],
)
def test_a_time_that_is_believed_is_disputed_by_a_registry_and_another_clock(
    reported: list[tuple[str, bool]], disputed: bool
) -> None:
    """Forty hours ahead at a start, which could be a pause. Devices' messages may have waited, so they alone do not."""
    machine = Machine(off=40 * 3600)
    clock = machine.clock(NOW - 60)
    assert (clock(), clock.off_by()) == (NOW + 40 * 3600, 0)
    for name, fresh in reported:
        clock.hear(name, NOW, fresh=fresh)
    assert clock.disputed() is disputed
    assert clock.off_by() == (40 * 3600 if disputed else 0)
    machine.true += 3600
    assert clock.disputed() is disputed
    clock.accept()
    assert (clock.disputed(), clock.off_by()) == (False, 0)


def test_the_clocks_remembered_are_bounded_and_the_oldest_go() -> None:
    machine = Machine()
    clock = machine.clock(NOW - 5 * DAY)
    for number in range(MAX_CLOCKS):
        clock.hear(f"device {number}", NOW - 5 * DAY)
    clock.hear("device x", NOW)
    clock.hear("police.example", NOW, fresh=True)
    assert len(clock._others.starts) == MAX_CLOCKS
    assert not clock.disputed(), "most show what the gateway knows"


@pytest.mark.parametrize("hours", [8, 7 * 24])
def test_a_laptop_that_slept_is_followed_at_once_where_the_kernel_counts_its_sleep(hours: int) -> None:
    """CLOCK_BOOTTIME goes on during a suspension, CLOCK_MONOTONIC stops (clock_gettime(2))."""
    machine, asleep = Machine(), 0.0
    counted = machine.clock()
    stopped = TrustedClock(machine.wall, lambda: machine.passed() - asleep)
    machine.true += hours * 3600
    asleep = hours * 3600.0
    assert (counted(), counted.off_by()) == (NOW + hours * 3600, 0)
    assert (stopped(), stopped.off_by()) == (NOW, hours * 3600)


def test_the_time_that_passed_is_read_from_the_clock_that_goes_on_during_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "clock_gettime", lambda clock: {time.CLOCK_BOOTTIME: 7.0}[clock])
    assert elapsed() == 7.0
    monkeypatch.setattr(time, "clock_gettime", lambda clock: {time.CLOCK_MONOTONIC: 5.0}[clock])
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    assert elapsed() == 5.0
