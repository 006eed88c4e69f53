"""Signed messages over a radio that loses, duplicates and reorders fragments arrive unchanged or not at all."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from certs.errors import BadSignature
from certs.keys import new_private_key
from devices.wire.ble.fragments import Gathering, split
from devices.wire.envelope import read_command, sign_command
from devices.wire.errors import BadMessage
from devices.wire.messages import Command

GATEWAY = new_private_key()


def signed(number: int) -> bytes:
    """One of several signed commands."""
    body = {"key": bytes([number]) * 16}
    return sign_command(Command(bytes([number]) * 16, "lock-1", "drop_key", 1000, 2000, body), GATEWAY)


@given(number=st.integers(0, 255), size=st.integers(20, 250))
def test_a_signed_command_is_read_from_its_fragments_as_it_was_signed(number: int, size: int) -> None:
    gathering = Gathering()
    *_, whole = [gathering.add(fragment) for fragment in split(signed(number), size)]
    assert whole is not None
    assert read_command(whole, GATEWAY.public_key()).body == {"key": bytes([number]) * 16}


class Radio(RuleBasedStateMachine):
    """A sender that may restart at any time, and a radio that loses, duplicates and swaps fragments."""

    @initialize()
    def power_up(self) -> None:
        self.gathering, self.sent, self.received = Gathering(), list[bytes](), list[bytes]()
        self.waiting: list[bytes] = []

    @rule(number=st.integers(0, 255), size=st.integers(20, 120))
    def send(self, number: int, size: int) -> None:
        raw = signed(number)
        self.sent.append(raw)
        self.waiting = split(raw, size)

    @rule()
    def carry(self) -> None:
        if self.waiting:
            self.add(self.waiting.pop(0))

    @rule()
    def carry_all(self) -> None:
        while self.waiting:
            self.carry()

    @rule()
    def lose(self) -> None:
        self.waiting = self.waiting[1:]

    @rule()
    def double(self) -> None:
        if self.waiting:
            self.add(self.waiting[0])

    @rule()
    def swap(self) -> None:
        self.waiting[:2] = self.waiting[1::-1]

    @rule(noise=st.binary(max_size=30))
    def disturb(self, noise: bytes) -> None:
        self.add(noise)

    def add(self, fragment: bytes) -> None:
        try:
            whole = self.gathering.add(fragment)
        except BadMessage:
            return
        if whole is not None:
            self.received.append(whole)

    @invariant()
    def what_verifies_was_sent_just_so(self) -> None:
        for raw in getattr(self, "heard", []):
            try:
                read_command(raw, GATEWAY.public_key())
            except (BadSignature, BadMessage):
                continue
            assert raw in self.sent


TestRadio = Radio.TestCase
TestRadio.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
