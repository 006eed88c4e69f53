"""Numbering, log chaining (locks only) and signing of a device's messages."""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from devices.wire.chain import Head, entry_digest
from devices.wire.codec import encode_ack, encode_event, limit_of
from devices.wire.envelope import sign_ack, sign_event, sign_state
from devices.wire.messages import Ack, Body, Command, Event, Outcome, State
from devices.wire.topics import Channel


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Signed message for the broker."""

    channel: Channel
    seq: int
    payload: bytes
    kind: str = ""
    digest: bytes = b""  # the next entry refers to this one


@dataclass(frozen=True, slots=True)
class Speech:
    """Numbers and signs a device's messages; `next_seq` is durable, `now` is the device's own clock.

    `head` is the last entry stored or sent; a kiosk keeps no log and has none.
    """

    key: ec.EllipticCurvePrivateKey
    kind: str
    next_seq: Callable[[], int]
    now: Callable[[], int]
    head: Callable[[], Head] | None = None

    def ack(
        self, command: Command | bytes, outcome: Outcome, code: str | None = None, body: Body | None = None
    ) -> Outgoing:
        """Return the signed answer to a command."""
        command_id = command if isinstance(command, bytes) else command.id
        ack = Ack(command_id, self.next_seq(), self.now(), outcome, code, body or {}, *self._place())
        return Outgoing("ack", ack.seq, sign_ack(ack, self.key), outcome, entry_digest("ack", encode_ack(ack)))

    def event(self, type_: str, body: Body | None = None) -> Outgoing:
        """Return a signed event."""
        event = Event(self.next_seq(), self.now(), type_, body or {}, *self._place())
        signed = sign_event(event, self.key, limit=limit_of(self.kind))
        return Outgoing("event", event.seq, signed, type_, entry_digest("event", encode_event(event)))

    def state(self, state: Callable[[int, int], State]) -> Outgoing:
        """Return the signed state; `state(seq, at)` builds it."""
        made = state(self.next_seq(), self.now())
        return Outgoing("state", made.seq, sign_state(made, self.key), "state")

    def _place(self) -> tuple[int | None, bytes | None]:
        head = self.head() if self.head else None
        return (head.seq, head.digest) if head else (None, None)
