"""Checks of a command before it is executed: signature, parsing, addressee, repetition, retention, time, in this order.

A repeated command gets its first answer even after its time. A message that no gateway signed is never acknowledged:
an ack for its claimed id could contradict the ack of the genuine command.
"""

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from certs.errors import BadSignature
from devices.wire.codec import encode_command, limit_of
from devices.wire.envelope import read_command
from devices.wire.errors import BadMessage
from devices.wire.messages import Command
from firmware_sim.device.clock import SimClock
from firmware_sim.device.flash import Flash

AHEAD = 60  # seconds a command may be ahead of the device's clock
WITHOUT_CLOCK = frozenset({"set_time", "read_back", "revoke"})  # harmless when late: nonce, no effect, rising epoch


@dataclass(frozen=True, slots=True)
class Verdict:
    """A command to execute (no code), to refuse (code), or to answer as before (`repeat`).

    `command` is set whenever the gateway signed it; `answerable`: its id belongs to this device.
    """

    command: Command | None
    code: str | None = None
    repeat: bytes | None = None
    digest: bytes = b""
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class Guard:
    """Checks every message for one device; `abilities` are the command types it supports."""

    device: str
    kind: str
    gateway: ec.EllipticCurvePublicKey
    abilities: frozenset[str]
    flash: Flash
    clock: SimClock

    def judge(self, raw: bytes, retained: bool) -> Verdict:
        """Return the verdict on bytes from the broker. Changes nothing."""
        try:
            command = read_command(raw, self.gateway, limit=limit_of(self.kind))
        except BadSignature:
            return Verdict(None, "bad_signature")
        except BadMessage:
            return Verdict(None, "malformed")
        if command.device != self.device:
            return Verdict(command, "wrong_device", answerable=False)
        digest = _digest(command)
        seen = self.flash.used(command.id)
        if seen is not None:
            return _judge_again(command, digest, seen, retained)
        return Verdict(command, self._refusal(command, retained), digest=digest)

    def _refusal(self, command: Command, retained: bool) -> str | None:
        if retained:
            return "retained"
        if command.type not in self.abilities:
            return "unknown_type"
        if command.type == "set_time":
            return self.clock.refusal(command.body["now"], command.body["nonce"])
        if command.type in WITHOUT_CLOCK and not self.clock.known:
            return None
        return self._refusal_by_time(command)

    def _refusal_by_time(self, command: Command) -> str | None:
        if not self.clock.known:
            return "clock_lost"
        now = self.clock.now()
        if now >= command.expires_at or command.issued_at < self.flash.number("floor", 0):
            return "expired"
        return "not_yet" if command.issued_at > now + AHEAD else None


def _judge_again(command: Command, digest: bytes, seen: tuple[bytes, bytes | None], retained: bool) -> Verdict:
    first, answer = seen
    if first != digest:
        return Verdict(command, "replayed", answerable=False)
    return Verdict(command, "retained" if retained else None, repeat=answer or b"", answerable=False)


def _digest(command: Command) -> bytes:
    """Digest of the signed content, not of the envelope: an ECDSA signature has a second valid form."""
    return hashlib.sha256(encode_command(command)).digest()
