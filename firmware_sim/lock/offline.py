"""Offline unlock: one EDHOC handshake, one sealed command, one sealed answer, then the session ends.

Order of checks in message 3: signature, lock, window, revocation, and last the proof that the phone holds the key.
Consecutive failed handshakes cause growing pauses: guessing is slow, and a valid key still works after the pause.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from certs.credential import KeyCredential, read_credential
from certs.errors import BadCredential, BadSignature
from devices.wire.errors import BadMessage
from devices.wire.messages import Outcome
from devices.wire.offline import READY, RESULT, OfflineAnswer, OfflineCommand, failure, open_command, seal_answer
from firmware_sim.device.edhoc import HandshakeFailed, Responder, SessionKeys
from firmware_sim.device.speech import Outgoing
from firmware_sim.lock.door import Position
from firmware_sim.lock.lock import SimLock

FREE_FAILURES = 3
MAX_BACKOFF_SECONDS = 30.0  # seconds


@dataclass(slots=True)
class Backoff:
    """Pauses after failed handshakes: none for the first three, then 1, 2, 4 … 30 seconds."""

    ticks: Callable[[], float]
    failures: int = 0
    until: float = 0.0

    @property
    def paused(self) -> bool:
        """Whether handshakes are paused."""
        return self.ticks() < self.until

    def fail(self) -> bool:
        """Count a failure; return whether a pause began."""
        self.failures += 1
        beyond = self.failures - FREE_FAILURES
        if beyond <= 0:
            return False
        self.until = self.ticks() + min(MAX_BACKOFF_SECONDS, 2.0 ** min(beyond - 1, 10))
        return True

    def succeed(self) -> None:
        """Reset after a valid key."""
        self.failures, self.until = 0, 0.0


@dataclass(slots=True)
class OfflineSession:
    """Session of one phone. `hear` takes each whole message and returns the reply; `said` collects events to send.

    Steps: "first" → "third" → "command" → "over"; an unexpected message ends the session.
    """

    lock: SimLock
    backoff: Backoff
    step: str = "first"
    said: list[Outgoing] = field(default_factory=list)
    _responder: Responder | None = None
    _credential: KeyCredential | None = None
    _keys: SessionKeys | None = None

    def hear(self, message: bytes) -> bytes | None:
        """Return the reply to a message; None when the session is over or handshakes are paused."""
        if self.step == "over" or self.backoff.paused:
            self.step = "over"
            return None
        try:
            return {"first": self._first, "third": self._third, "command": self._command}[self.step](message)
        except (HandshakeFailed, BadSignature, BadCredential, BadMessage):
            return self._fail("bad_handshake")

    def _first(self, message: bytes) -> bytes:
        self._responder = Responder(self.lock.dialogue.speech.key)
        self.step = "third"
        return self._responder.hear_first(message)

    def _third(self, message: bytes) -> bytes:
        assert self._responder is not None  # noqa: S101 - step "third" follows "first"
        credential = read_credential(self._responder.hear_third(message), self.lock.keyring.issuer)
        refusal = self.lock.keyring.refusal_for_visitor(credential)
        if refusal not in (None, "clock_lost"):
            return self._refuse(refusal or "")
        self._keys = self._responder.prove(credential.holder)
        self._credential = credential
        self.backoff.succeed()
        self.step = "command"  # also without the time: the phone may be the one that delivers it
        return self._sealed("done" if refusal is None else "refused", refusal, place=READY)

    def _command(self, message: bytes) -> bytes:
        assert self._keys is not None  # noqa: S101 - step "command" follows "third"
        command = open_command(message, self._keys.command)
        self.step = "over"
        if command.order == "carry":
            return self._carry(command)
        return self._move("unlocked" if command.order == "unlock" else "locked")

    def _move(self, to: Position) -> bytes:
        assert self._credential is not None  # noqa: S101 - set in step "third"
        refusal = self.lock.keyring.refusal_for_visitor(self._credential)
        if refusal is not None:
            return self._refuse_sealed(refusal)
        body = {"means": "ble", "key": self._credential.id} if to == "unlocked" else {"means": "ble"}
        code, said = self.lock.move_here(to, body)
        self.said += said
        return self._sealed("failed" if code else "done", code)

    def _carry(self, command: OfflineCommand) -> bytes:
        spoken = list(self.lock.receive(command.carried or b""))
        self.said += spoken
        acks = tuple(message.payload for message in spoken if message.channel == "ack")
        return self._sealed("done" if acks else "refused", None if acks else "bad_signature", acks)

    def _refuse_sealed(self, code: str) -> bytes:
        self.said += self.lock.dialogue.tell("refused", {"code": code})
        return self._sealed("refused", code)

    def _refuse(self, code: str) -> bytes:
        self.step = "over"
        self.said += self.lock.dialogue.tell("refused", {"code": code})
        return failure(code)

    def _fail(self, code: str) -> bytes:
        self.step = "over"
        if self.backoff.fail():
            self.said += self.lock.dialogue.tell("refused", {"code": code})
        return failure(code)

    def _sealed(
        self, outcome: Outcome, code: str | None, carried: tuple[bytes, ...] = (), *, place: int = RESULT
    ) -> bytes:
        assert self._keys is not None  # noqa: S101 - only called in a session
        lock = self.lock
        answer = OfflineAnswer(outcome, code, lock.door.bolt, lock.clock.now(), lock.clock.nonce, carried)
        return seal_answer(answer, self._keys.answer, place)
