"""One-time codes as a state machine: requests, uses, ends and moves; the lock is updated late and applies its own
rule.
"""

from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from certs.agreement import passcode_secret
from certs.keys import public_from_point
from devices.wire.passcode import ONCE_SPAN, find_once
from gateway.domain.errors import TooManyCodes
from gateway.domain.stays.stay import Window
from gateway.journey.keys.one_time_codes import MAX_UNUSED_CODES, end_once
from gateway.journey.stays import landlord
from gateway.store import Stay
from tests.parts.once import ask, hear, standings, use
from tests.parts.world import DAY, LOCK, NOW, World


@dataclass
class PlainLock:
    """The lock's rule for one-time codes in minimal form (firmware_sim.lock.keypad)."""

    epoch: int = 1
    base: int = 0
    used: set[tuple[int, int]] = field(default_factory=set)

    def enter(self, secret: bytes, digits: str) -> int | None:
        """The number that opened."""
        number = find_once(secret, self.epoch, digits, self.base)
        if number is None or (self.epoch, number) in self.used:
            return None
        self.used.add((self.epoch, number))
        self.base = max(self.base, number + 1 - ONCE_SPAN)
        return number


class OnceMachine(RuleBasedStateMachine):
    """A landlord, people who type, and a lock updated late: every valid code opens once, nothing else opens."""

    folder: Path
    folder_numbers = iter(range(10**6))

    @initialize()
    def move_in(self) -> None:
        """Start a current stay."""
        self.world = World.build(self.folder / str(next(self.folder_numbers)))
        self.world.tenant(Window(NOW - 60, NOW + 10 * DAY))
        self.lock, self.codes, self.numbers = PlainLock(), dict[int, str](), list[int]()
        public = public_from_point(self.world.device().public_key)
        self.secret = passcode_secret(self.world.keyring.passcode_key, public, LOCK)

    def teardown(self) -> None:
        """Close the database."""
        if hasattr(self, "world"):
            self.world.close()

    @rule(many=st.integers(1, 12))
    def ask(self, many: int) -> None:
        """The landlord requests codes, up to the maximum."""
        for _ in range(many):
            try:
                made = ask(self.world)
            except TooManyCodes:
                assert len(self.codes) > 0
                return
            number = self.world.device().once_next - 1
            assert all(number > earlier for earlier in self.numbers)
            self.numbers.append(number)
            self.codes[number] = made.digits.replace(" ", "")

    @precondition(lambda self: self.codes and self.in_step())
    @rule(which=st.integers(0, 1000), reported=st.booleans())
    def type_in(self, which: int, reported: bool) -> None:
        """A valid code, typed at a lock that is up to date, opens once and never again."""
        number = sorted(self.codes)[which % len(self.codes)]
        digits = self.codes.pop(number)
        assert self.lock.enter(self.secret, digits) == number
        assert self.lock.enter(self.secret, digits) is None
        use(self.world, number)
        if reported:
            use(self.world, number)

    @rule(epoch=st.booleans())
    def end_unused(self, epoch: bool) -> None:
        """End unused codes, by number or by a new epoch."""
        stay_id = self.world.stay().id
        with self.world.database.writing() as session:
            stay = session.get_one(Stay, stay_id)
            if epoch:
                days = 1 + (stay.until_at - NOW) // DAY % 9
                window = Window(NOW - 60, NOW + days * DAY)
                landlord.change_stay(session, stay, window, self.world.keyring, self.world.now)
            else:
                end_once(session, stay, self.world.now)
        self.drop_dead()

    @rule()
    def lock_hears(self) -> None:
        """The revocation list arrives at the lock."""
        device = self.world.device()
        self.lock.epoch = max(self.lock.epoch, device.code_epoch)
        self.lock.base = max(self.lock.base, device.once_from)
        hear(self.world)

    def in_step(self) -> bool:
        """Whether the lock has the gateway's current epoch and first number."""
        device = self.world.device()
        return self.lock.epoch == device.code_epoch and self.lock.base >= device.once_from

    def drop_dead(self) -> None:
        """Remove the codes that the gateway no longer lists as valid."""
        living = {
            once.code.number for once in standings(self.world) if once.standing.state in ("on_lock", "delivering")
        }
        self.codes = {number: digits for number, digits in self.codes.items() if number in living}

    @invariant()
    def unused_codes_fit_into_what_the_lock_looks_at(self) -> None:
        """The range of valid codes stays within the numbers that the lock checks."""
        if getattr(self, "codes", None):
            assert self.world.device().once_next - min(self.codes) <= MAX_UNUSED_CODES
            assert len(self.codes) <= MAX_UNUSED_CODES


def test_whatever_happens_a_living_code_opens_once_and_a_number_never_comes_again(tmp_path: Path) -> None:
    machine = type("Machine", (OnceMachine,), {"folder": tmp_path})
    run_state_machine_as_test(machine, settings=settings(max_examples=5, stateful_step_count=10, deadline=None))
