"""Power cuts: a lock never repeats a begun movement, loses no sent report, and its counters never go back."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from firmware_sim.lock.door import Position
from tests.unit.firmware_sim.lock.lock_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench.make(tmp_path).ready()


class PowerCut(BaseException):
    """The moment of a power failure."""


def cut(*_: object) -> bool:
    raise PowerCut


def test_power_lost_between_storing_and_moving_never_moves_later(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    bench.lock.door.move = cut  # type: ignore[method-assign, assignment]
    with pytest.raises(PowerCut):
        bench.give(command)
    bench.cut_power()
    reports = bench.start()
    assert (reports.ack.command_id, reports.ack.outcome, reports.ack.code) == (command.id, "failed", "interrupted")
    assert reports.ack.body == {"bolt": "locked"}
    assert bench.give(command).acks == reports.acks
    assert bench.moved() == []


def test_power_lost_after_moving_never_moves_again(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    spoken = bench.lock.receive(bench.sign(command))
    next(spoken)
    bench.cut_power()
    reports = bench.start()
    assert (reports.ack.code, reports.ack.body) == ("interrupted", {"bolt": "unlocked"})
    assert bench.give(command).acks == reports.acks
    assert bench.moved() == [command.id.hex()]


def test_keys_clock_epoch_and_numbers_survive(bench: Bench) -> None:
    key = bench.put()
    last = bench.give(bench.command("revoke", epoch=5, keys=[bytes(16)])).ack.seq
    bench.cut_power()
    reports = bench.start()
    assert reports.events[0].seq > last
    state = bench.hear(bench.lock.connected()).states[0]
    assert (state.keys, state.epoch, state.clock) == ((key,), 5, "set")
    assert bench.give(bench.command("unlock", key=key)).ack.outcome == "done"


def test_what_the_broker_did_not_take_waits_through_a_power_cut(bench: Bench) -> None:
    reports = bench.give(bench.command("unlock", key=bench.put()))
    waiting = bench.lock.flash.waiting_count()
    bench.cut_power()
    bench.start()
    again = bench.hear(iter(bench.lock.flash.waiting()))
    assert len(again.acks) + len(again.events) == waiting + 1
    assert reports.acks[0] in again.acks
    for message in bench.lock.flash.waiting():
        bench.lock.flash.delivered(message.seq)
    assert bench.lock.flash.waiting_count() == 0


def test_a_replay_after_a_power_cut_is_known(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    first = bench.give(command)
    bench.cut_power()
    bench.start()
    assert bench.give(command).acks == first.acks
    assert len(bench.moved()) == 1


def test_a_failing_disk_moves_no_bolt(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    bench.cut_power()
    with pytest.raises(Exception, match="closed"):
        bench.give(command)
    assert bench.moved() == []


@pytest.mark.parametrize(("moved", "event_types"), [(True, ["unlocked"]), (False, [])])
def test_an_opening_at_the_door_around_a_power_cut_is_reported_exactly_if_it_was(
    bench: Bench, moved: bool, event_types: list[str]
) -> None:
    for message in bench.lock.flash.waiting():
        bench.lock.flash.delivered(message.seq)
    move = bench.lock.door.move

    def dying(to: Position, cause: str) -> bool:
        if moved:
            move(to, cause)
        raise PowerCut

    bench.lock.door.move = dying  # type: ignore[method-assign]
    with pytest.raises(PowerCut):
        bench.lock.move_here("unlocked", {"means": "ble"})
    bench.cut_power()
    bench.start()
    waiting = bench.hear(iter(bench.lock.flash.waiting()))
    assert [type_ for type_ in waiting.event_types() if type_ != "booted"] == event_types


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from firmware_sim.station.assembly import assemble_at
    lock = assemble_at(Path(sys.argv[1]))
    move = lock.door.move
    def dying(to, cause):
        if sys.argv[2] == "after":
            move(to, cause)
        os.kill(os.getpid(), signal.SIGKILL)
    lock.door.move = dying
    list(lock.receive(Path(sys.argv[3]).read_bytes()))
"""


@pytest.mark.parametrize(("moment", "movements"), [("before", 0), ("after", 1)])
def test_a_killed_process_never_moves_the_bolt_twice(tmp_path: Path, moment: str, movements: int) -> None:
    bench = Bench.make(tmp_path)
    bench.time.now = int(time.time())
    bench.ready()
    command = bench.command("unlock", key=bench.put(lasts=86400), lasts=3600)
    (tmp_path / "command").write_bytes(bench.sign(command))
    bench.cut_power()
    arguments = [
        sys.executable,
        "-c",
        textwrap.dedent(KILLED),
        str(bench.folder.path),
        moment,
        str(tmp_path / "command"),
    ]
    child = subprocess.run(arguments, check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    assert child.returncode == -signal.SIGKILL
    reports = bench.start()
    assert reports.ack.code == "interrupted"
    assert bench.give(command).acks == reports.acks
    assert bench.moved() == [command.id.hex()] * movements
