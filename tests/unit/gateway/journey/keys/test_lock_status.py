"""Status of keys under any order of reports: duplicated, reordered, late, and with requests in between.

A small model of a lock reports its keys with sequence numbers; the network delivers in any order.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from devices.reports import Happened, Report, StateReported
from devices.wire.messages import State
from gateway.domain.keys.key import state_of
from gateway.journey.keys.issue import revoke_key
from gateway.store import Delivery, Key
from tests.parts.world import LOCK, World

FOLDER = Path(tempfile.mkdtemp())


class LockStatusMachine(RuleBasedStateMachine):
    """Keys on the lock, reports it has sent, and reports that have arrived."""

    first: World | None = None

    def __init__(self) -> None:
        super().__init__()
        if LockStatusMachine.first is None:
            LockStatusMachine.first = World.build(FOLDER / "first")
            LockStatusMachine.first.tenant()
            LockStatusMachine.first.close()
        self.path = Path(tempfile.mkdtemp(dir=FOLDER))
        self.world = LockStatusMachine.first.copied_to(self.path / "world")
        self.key = self.world.issued()[0].id
        self.held = False
        self.seq = 0
        self.said: list[tuple[int, Report]] = []
        self.by_seq: dict[int, bool] = {}
        self.received: set[int] = set()
        self.wanted = True

    def teardown(self) -> None:
        self.world.close()
        shutil.rmtree(self.path)

    def speak(self, type_: str | None, **body: Any) -> None:
        self.seq += 1
        if type_ is not None:
            self.said.append((self.seq, Happened(LOCK, self.seq, self.world.now, type_, body)))
            return
        held = (bytes.fromhex(self.key),) if self.held else ()
        state = State(self.seq, self.world.now, "locked", "closed", 80, held, "set", b"n" * 16, 0, "sim")
        self.said.append((self.seq, StateReported(LOCK, state)))
        self.by_seq[self.seq] = self.held

    @initialize()
    def boot(self) -> None:
        self.speak(None)

    @rule(holds=st.booleans())
    def change_what_is_on_the_lock(self, holds: bool) -> None:
        if holds != self.held:
            self.held = holds
            self.speak("key_put" if holds else "key_dropped", key=bytes.fromhex(self.key))
            self.by_seq[self.seq] = holds

    @rule()
    def say_the_state(self) -> None:
        self.speak(None)

    @rule()
    def say_something_else(self) -> None:
        self.speak("locked", means="auto")

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        if self.said:
            self.hear(data.draw(st.lists(st.sampled_from(self.said), max_size=4)))

    def hear(self, said: list[tuple[int, Report]]) -> None:
        self.world.say(*(report for _, report in said))
        self.received |= {seq for seq, _ in said}

    @rule()
    def revoke(self) -> None:
        with self.world.database.writing() as session:
            revoke_key(session, session.get_one(Key, self.key), self.world.now)
        self.wanted = False

    @rule(backwards=st.booleans())
    def everything_arrives(self, backwards: bool) -> None:
        self.hear(self.said[::-1] if backwards else self.said)

    def row(self) -> Key:
        return self.world.key(self.key)

    def last_word(self) -> bool | None:
        """State of the key in the newest report that arrived; None without one."""
        arrived = [seq for seq in self.received if seq in self.by_seq]
        return self.by_seq[max(arrived)] if arrived else None

    @invariant()
    def on_lock_and_revoked_are_shown_only_with_the_locks_word_for_it(self) -> None:
        row = self.row()
        shown, said = state_of(row.desired, row.observed, row.expires_at, self.world.now), self.last_word()
        if shown == "on_lock":
            assert (said, self.wanted) == (True, True)
        if shown == "revoked":
            assert (said, self.wanted) == (False, False)
        if said:
            assert shown == ("on_lock" if self.wanted else "revoking")

    @invariant()
    def wanted_changes_are_pending(self) -> None:
        row = self.row()
        with self.world.database.reading() as session:
            query = select(Delivery.work).where(Delivery.state == "owed", Delivery.about == self.key)
            pending = set(session.scalars(query))
        if row.desired == "present" and row.observed != "present":
            assert "put_key" in pending
        if row.desired == "absent" and row.revoked_at is None:
            assert "drop_key" in pending


TestLockStatus = LockStatusMachine.TestCase
TestLockStatus.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
