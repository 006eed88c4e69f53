"""A lock keeps two invariants under any order of commands, replays, power cuts and clock changes.

At most one movement per command id; each accepted unlock had a valid, unrevoked key within its window.
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from devices.wire.messages import Ack, Command
from tests.unit.firmware_sim.lock.lock_bench import Bench

KEYS = [bytes([number]) * 16 for number in range(3)]


class LockMachine(RuleBasedStateMachine):
    """The test's model of the valid keys, compared with the lock's."""

    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.path = Path(tempfile.mkdtemp())
        self.bench = Bench.make(self.path).ready()
        self.windows: dict[bytes, tuple[int, int]] = {}
        self.revoked: set[bytes] = set()
        self.epoch = 0
        self.answers: dict[bytes, Ack] = {}

    def teardown(self) -> None:
        self.bench.cut_power()
        shutil.rmtree(self.path)

    def give(self, command: Command) -> Ack:
        ack = self.bench.give(command).ack
        assert self.answers.setdefault(command.id, ack) == ack, "one command, one answer"
        return ack

    @rule(target=sent, key=st.sampled_from(KEYS), begins=st.integers(-50, 50), lasts=st.integers(1, 100))
    def put(self, key: bytes, begins: int, lasts: int) -> Command:
        raw = self.bench.credential(key=key, begins=begins, lasts=lasts)[1]
        start = self.bench.time.now + begins
        command = self.bench.command("put_key", credential=raw)
        over = start + lasts <= self.bench.time.now
        good = self.clock_known and not over and key not in self.revoked
        assert (self.give(command).outcome == "done") == good
        if good:
            self.windows[key] = (start, start + lasts)
        return command

    @rule(target=sent, key=st.sampled_from(KEYS))
    def drop(self, key: bytes) -> Command:
        command = self.bench.command("drop_key", key=key)
        if self.give(command).outcome == "done":
            self.windows.pop(key, None)
        return command

    @rule(target=sent, key=st.sampled_from(KEYS), rise=st.integers(-1, 2))
    def revoke(self, key: bytes, rise: int) -> Command:
        epoch = max(0, self.epoch + rise)
        command = self.bench.command("revoke", epoch=epoch, keys=[key])
        if self.give(command).outcome == "done":
            assert epoch >= self.epoch
            self.epoch = epoch
            self.revoked.add(key)
            self.windows.pop(key, None)
        return command

    @rule(target=sent, key=st.sampled_from(KEYS), age=st.integers(0, 15))
    def unlock(self, key: bytes, age: int) -> Command:
        command = self.bench.command("unlock", key=key)
        self.bench.time.passes(age)
        self.judge(command, self.give(command))
        return command

    @rule(command=sent)
    def replay(self, command: Command) -> None:
        self.give(command)

    @rule(command=consumes(sent))
    def retain(self, command: Command) -> None:
        before = len(self.bench.moved())
        self.bench.give(command, retained=True)
        assert len(self.bench.moved()) == before

    @rule(seconds=st.integers(1, 400))
    def wait(self, seconds: int) -> None:
        self.bench.time.passes(seconds)

    @rule()
    def power_cycle(self) -> None:
        self.bench.cut_power()
        self.bench.start()

    @rule()
    def lose_clock(self) -> None:
        list(self.bench.lock.lose_clock())

    @rule()
    def tell_time(self) -> None:
        list(self.bench.lock.connected())
        assert self.bench.set_time().ack.outcome == "done"

    @property
    def clock_known(self) -> bool:
        return self.bench.lock.clock.known

    def judge(self, command: Command, ack: Ack) -> None:
        now, window = self.bench.time.now, self.windows.get(command.body["key"])
        held = window is not None and window[0] <= now < window[1]
        good = self.clock_known and held and now < command.expires_at and command.body["key"] not in self.revoked
        assert (ack.outcome == "done") == good, (ack, window, now)

    @invariant()
    def each_command_moved_the_bolt_at_most_once(self) -> None:
        assert max(Counter(self.bench.moved()).values(), default=0) <= 1

    @invariant()
    def no_revoked_key_is_held(self) -> None:
        assert not self.revoked & set(self.bench.lock.flash.held_keys())


LockMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestLock = LockMachine.TestCase
