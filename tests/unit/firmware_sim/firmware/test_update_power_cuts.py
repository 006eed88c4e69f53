"""A power cut before and within every durable act of an update leaves a lock that boots and can be updated."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_sim.firmware.slots import FACTORY, Slots
from tests.unit.firmware_sim.firmware.update_bench import IMAGE, UpdateBench, steps

MAX_CUTS = 4
WRITE = Slots.write


class Cut(BaseException):
    """The moment of a power failure."""


class Power:
    """Counts the durable acts of a lock, and fails before the one with the wanted number."""

    def __init__(self, fails_at: int) -> None:
        self.acts, self.fails_at = 0, fails_at

    def act(self) -> None:
        self.acts += 1
        if self.acts == self.fails_at:
            raise Cut

    def wire(self, bench: UpdateBench, patch: pytest.MonkeyPatch) -> None:
        """Watch the commits of this lock's flash, and both halves of each write to a slot."""
        commit = bench.bench.lock.flash.write

        @contextmanager
        def write() -> Iterator[None]:
            with commit():
                yield
                self.act()

        def write_slot(slots: Slots, offset: int, data: bytes) -> None:
            self.act()
            WRITE(slots, offset, data[: len(data) // 2])
            self.act()
            WRITE(slots, offset, data)

        patch.setattr(bench.bench.lock.flash, "write", write)
        patch.setattr(Slots, "write", write_slot)


def update(bench: UpdateBench, power: Power, patch: pytest.MonkeyPatch) -> bool:
    """Go on with the update from wherever the lock is; whether power lasted."""
    power.wire(bench, patch)
    try:
        for _ in steps(bench, bench.release(), IMAGE):
            pass
    except Cut:
        return False
    return True


def require_bootable(bench: UpdateBench) -> None:
    """What runs is whole, and the counter is that of the confirmed slot."""
    firmware, slots = bench.firmware, bench.firmware.slots
    assert slots.is_bootable(firmware.running)
    assert slots.is_bootable(slots.active)
    release = slots.release(slots.active)
    assert slots.counter == (FACTORY if release is None else release.sequence)


def survive(path: Path, cuts: list[int]) -> int:
    """Update a new lock, with power lost after so many acts each time; returns the acts of the last stretch."""
    bench = UpdateBench.make(path)
    for fails_at in cuts:
        with pytest.MonkeyPatch.context() as patch:
            lasted = update(bench, Power(fails_at), patch)
        bench.cut_power()
        bench.bench.set_time()
        require_bootable(bench)
        if lasted:
            break
    power = Power(0)
    with pytest.MonkeyPatch.context() as patch:
        assert update(bench, power, patch)
    require_bootable(bench)
    assert (bench.firmware.version, bench.firmware.slots.counter) == ("2.0", 2)
    bench.bench.cut_power()
    return power.acts


def test_one_cut_at_every_durable_act(tmp_path: Path) -> None:
    acts = survive(tmp_path / "uncut", [])
    assert acts > 15
    for fails_at in range(1, acts + 1):
        survive(tmp_path / str(fails_at), [fails_at])


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(1, 25), min_size=2, max_size=MAX_CUTS))
def test_several_cuts_anywhere(cuts: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        survive(Path(folder), cuts)


def test_a_cut_is_noticed_by_these_tests(tmp_path: Path) -> None:
    counting: Callable[[UpdateBench], None] = require_bootable
    bench = UpdateBench.make(tmp_path)
    bench.firmware.slots.flash.set_boot(active=1, counter=2)
    with pytest.raises(AssertionError):
        counting(bench)
