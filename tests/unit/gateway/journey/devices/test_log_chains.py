"""A lock's log at the gateway: a simulated lock writes it; attackers on the network or with its key tamper with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from certs.keys import new_private_key
from devices.drivers.native import NativeDriver
from devices.link import Received
from devices.links.memory import MemoryLink
from devices.reports import Answered, Happened, Report
from devices.wire.chain import NOTHING
from devices.wire.envelope import sign_event
from devices.wire.messages import Event as Said
from firmware_sim.device.dialogue import Spoken
from gateway.domain.keys.log_chain import GRACE_SECONDS
from gateway.journey.alerts import of_lock
from gateway.journey.devices.certificates import set_device_key
from gateway.journey.devices.log_chains import watch_chains
from gateway.store import Device
from gateway.store import Event as Row
from tests.parts.world import DAY, LOCK, World
from tests.unit.firmware_sim.lock.lock_bench import Bench


@dataclass
class Line:
    """A lock on a bench, and a gateway that receives what the test forwards."""

    bench: Bench
    world: World
    driver: NativeDriver

    def log(self, *spoken: Spoken) -> list[Report]:
        """The lock's log entries, without its state messages."""
        said = [message for part in spoken for message in part if message.channel != "state"]
        return [self.read(message.channel, message.payload) for message in said]

    def read(self, channel: str, payload: bytes) -> Report:
        (report,) = self.driver.read(Received("site-1", LOCK, channel, payload, retained=False, ack=lambda: None))
        return report

    def knob(self) -> list[Report]:
        """Turn the knob: one log entry."""
        return self.log(self.bench.lock.turn_knob())

    def alarms(self) -> list[str]:
        """Log alarms shown to people."""
        with self.world.database.reading() as session:
            rows = session.query(Row).where(Row.type == "DeviceAlarmed").order_by(Row.id)
            return [row.data["code"] for row in rows if row.data["type"].startswith("log_")]

    def time_passes(self, seconds: int = GRACE_SECONDS) -> None:
        """Advance the clock beyond the delay after which missing entries are reported."""
        self.world.now += seconds
        with self.world.database.writing() as session:
            watch_chains(session, self.world.now)

    def event_types(self) -> list[str]:
        """Types of the landlord's alerts about the log."""
        found = of_lock(self.world.device(), "101", self.world.now)
        return [notice.code for notice in found if notice.code.startswith("log_")]


@pytest.fixture
def line(world: World, tmp_path: Path) -> Line:
    bench = Bench.make(tmp_path / "bench", device=LOCK)
    key = bench.public
    driver = NativeDriver(MemoryLink(), bench.authority.command_key, lambda _: key, lambda: world.now)
    made = Line(bench, world, driver)
    bench.device = None
    bench.ready()
    world.say(*made.log(iter(bench.lock.flash.waiting())))
    assert world.device().chain_seq > 0
    return made


def test_a_lock_that_is_received_as_it_speaks_raises_nothing(line: Line) -> None:
    command = line.bench.command("unlock", key=line.bench.put())
    said = line.log(line.bench.device.receive(line.bench.sign(command)), line.bench.lock.turn_knob())
    line.world.say(*line.log(iter(line.bench.lock.flash.waiting())), *said, *said)  # and repeated once more
    line.time_passes()
    assert (line.alarms(), line.event_types()) == ([], [])
    assert line.world.device().chain_seq == said[-1].seq  # type: ignore[union-attr]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_an_entry_kept_from_the_gateway_is_missed_and_the_others_count(line: Line, gone: int) -> None:
    said = [entry for _ in range(4) for entry in line.knob()]
    line.world.say(*said[:gone], *said[gone + 1 :])
    assert line.alarms() == []  # it may still arrive
    line.time_passes()
    assert (line.alarms(), line.event_types()) == (["missing"], ["log_missing"])
    assert line.world.device().bolt == "locked"
    line.world.say(said[gone])  # it was only delayed
    line.time_passes()
    assert line.alarms() == ["missing"]


def test_entries_that_overtake_each_other_raise_nothing(line: Line) -> None:
    said = [entry for _ in range(5) for entry in line.knob()]
    line.world.say(said[2], said[0], said[4])
    line.world.say(said[3], said[1])
    line.time_passes()
    assert line.alarms() == []


def forged(line: Line, after: Report, seq: int, *, prev: bytes = b"", type_: str = "locked") -> Report:
    """An entry forged by a holder of the lock's key."""
    assert isinstance(after, Answered | Happened)
    assert after.place is not None
    event = Said(seq, line.world.now, type_, {}, after.seq, prev or after.place.digest)
    return line.read("event", sign_event(event, line.bench.folder.key))


def test_history_rewritten_by_somebody_with_the_locks_key_is_noticed_at_once(line: Line) -> None:
    said = [entry for _ in range(3) for entry in line.knob()]
    line.world.say(*said)
    line.world.say(forged(line, said[0], said[-1].seq + 1))  # type: ignore[union-attr]
    assert (line.alarms(), line.event_types()) == (["forked"], ["log_forged"])


def test_a_forger_who_knows_the_last_entry_is_found_out_when_the_lock_speaks(line: Line) -> None:
    (last,) = line.knob()
    line.world.say(last, forged(line, last, last.seq + 1, type_="clock_lost"))  # type: ignore[union-attr]
    assert line.alarms() == []  # a valid successor: not detectable yet
    line.world.say(*line.knob(), *line.knob())
    assert line.alarms()[0] in ("altered", "forked")
    assert line.event_types() == ["log_forged"]


def test_another_entry_under_a_number_received_before_is_noticed(line: Line) -> None:
    first, second = *line.knob(), *line.knob()
    line.world.say(first, second)
    line.world.say(forged(line, first, second.seq, type_="clock_lost"))  # type: ignore[union-attr]
    assert line.alarms() == ["altered"]
    assert line.world.device().alarm is None  # its content is ignored


def test_a_lock_that_chained_its_log_cannot_speak_without(line: Line) -> None:
    (last,) = line.knob()
    assert isinstance(last, Happened)
    line.world.say(last, replace(last, seq=last.seq + 1, place=None))
    assert line.alarms() == ["unchained"]


def test_a_lock_of_older_firmware_raises_nothing_and_may_begin_one_day(world: World, line: Line) -> None:
    with world.database.writing() as session:
        row = session.get_one(Device, LOCK)
        row.chain_seq, row.chain_digest = 0, None
    (entry,) = line.knob()
    assert isinstance(entry, Happened)
    old = replace(entry, seq=900, place=None)
    world.say(old, replace(old, seq=901))
    event = Said(902, world.now, "locked", {}, 0, NOTHING)
    world.say(line.read("event", sign_event(event, line.bench.folder.key)))
    assert (line.alarms(), world.device().chain_seq) == ([], 902)


def test_a_factory_reset_begins_a_log_knowingly_and_nothing_else_does(line: Line) -> None:
    line.world.say(*line.knob())
    anew = line.log(line.bench.lock.factory_reset())
    line.world.say(*anew, *line.knob())
    line.time_passes()
    assert line.alarms() == []
    event = Said(anew[0].seq + 500, line.world.now, "locked", {}, 0, NOTHING)  # type: ignore[union-attr]
    line.world.say(line.read("event", sign_event(event, line.bench.folder.key)))
    assert line.alarms() == ["forked"]


def test_a_new_key_begins_a_log_knowingly(line: Line) -> None:
    line.world.say(*line.knob())
    with line.world.database.writing() as session:
        set_device_key(session, session.get_one(Device, LOCK), new_private_key().public_key(), line.world.now)
    assert line.world.device().chain_seq == 0
    event = Said(1, line.world.now, "locked", {}, 0, NOTHING)
    line.world.say(line.read("event", sign_event(event, line.bench.folder.key)))
    assert (line.alarms(), line.world.device().chain_seq) == ([], 1)


def test_a_log_goes_on_after_its_numbers_were_forgotten(line: Line) -> None:
    line.world.say(*line.knob())
    line.world.now += 40 * DAY
    line.world.purge()
    assert line.world.rows()["received_messages"] == []
    line.world.say(*line.knob())
    line.time_passes()
    assert line.alarms() == []


def test_the_landlord_is_alerted_for_a_week(line: Line) -> None:
    said: Sequence[Report] = [*line.knob(), *line.knob()]
    line.world.say(said[1])
    line.time_passes()
    assert line.event_types() == ["log_missing"]
    line.time_passes(7 * DAY)
    assert line.event_types() == []


# Power cuts: the lock's side of the log


def test_power_lost_after_an_answer_left_breaks_no_log(line: Line) -> None:
    """The answer was sent and not stored: after the restart the lock answers `interrupted`, and both entries are
    valid.
    """
    command = line.bench.command("unlock", key=line.bench.put())
    before = line.log(iter(line.bench.lock.flash.waiting()))
    spoken = line.bench.lock.receive(line.bench.sign(command))
    answer = next(spoken)
    line.bench.cut_power()
    line.bench.start()
    after = line.log(iter(line.bench.lock.flash.waiting()))
    line.world.say(*before, line.read("ack", answer.payload), *after, *line.knob())
    line.time_passes()
    assert line.alarms() == []
    assert [report.code for report in after if isinstance(report, Answered)][-1] == "interrupted"


@pytest.mark.parametrize("moved", [True, False])
def test_power_lost_around_an_opening_at_the_door_breaks_no_log(line: Line, moved: bool) -> None:
    move = line.bench.lock.door.move

    def dying(to: object, cause: str) -> bool:
        if moved:
            move(to, cause)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    line.bench.lock.door.move = dying  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        line.bench.lock.move_here("unlocked", {"means": "ble"})
    line.bench.cut_power()
    line.bench.start()
    line.world.say(*line.log(iter(line.bench.lock.flash.waiting())), *line.knob())
    line.time_passes()
    assert line.alarms() == []


def test_a_jammed_opening_was_never_an_entry(line: Line) -> None:
    line.bench.lock.door.jammed = True
    assert line.bench.lock.move_here("unlocked", {"means": "ble"})[0] == "jammed"
    line.bench.lock.door.jammed = False
    line.world.say(*line.log(iter(line.bench.lock.flash.waiting())), *line.knob())
    line.time_passes()
    assert line.alarms() == []


def test_a_write_the_disk_refused_is_named_by_no_entry(line: Line) -> None:
    flash, speech = line.bench.lock.flash, line.bench.lock.dialogue.speech

    def fill_the_disk() -> None:
        with flash.write():
            flash.queue(speech.event("locked"))
            raise OSError(28, "no space left")

    with pytest.raises(OSError, match="no space"):
        fill_the_disk()
    line.world.say(*line.log(iter(flash.waiting())), *line.knob())
    line.time_passes()
    assert line.alarms() == []
