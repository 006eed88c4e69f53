"""Message exchange of a device with the gateway: one answer for each command, stored before or when it is sent.

Methods yield signed messages in sending order; the caller sends each before it takes the next, and handles no other
input in between.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from devices.wire.messages import Body, Command, Outcome
from firmware_sim.device.clock import TOLERANCE, SimClock
from firmware_sim.device.flash import Flash
from firmware_sim.device.guard import Guard, Verdict
from firmware_sim.device.speech import Outgoing, Speech

Spoken = Iterator[Outgoing]
EventBody = tuple[str, Body]
MAX_STRANGER_REPORTS = 20  # stored refusals of unsigned messages: noise must not fill the flash


@dataclass(frozen=True, slots=True)
class Answer:
    """Result of a command: outcome, code, ack body, and events to send."""

    outcome: Outcome = "done"
    code: str | None = None
    body: Body = field(default_factory=dict)
    events: tuple[EventBody, ...] = ()


def refused(code: str, command: Command) -> Answer:
    """Return a refusal with its event."""
    return Answer("refused", code, events=(("refused", {"code": code, "command": command.id}),))


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The device's side of the exchange."""

    site: str
    device: str
    speech: Speech
    guard: Guard
    flash: Flash
    clock: SimClock

    def begin(self, command: Command, digest: bytes) -> None:
        """Store the command's id durably: the command is never started again."""
        with self.flash.write():
            self.flash.use(command.id, digest, command.expires_at)
            self.clock.vouch(command.issued_at)

    def settle(self, command_id: bytes, answer: Answer) -> Spoken:
        """Answer a started command: the ack is sent first, then answer and events are stored."""
        ack = self.speech.ack(command_id, answer.outcome, answer.code, answer.body)
        self.flash.follow(ack)  # sent, then stored: after a power cut in between it is answered as interrupted
        yield ack
        with self.flash.write():
            events = self._keep(command_id, ack, answer)
            self.flash.forget_used_before(self.clock.highest - 2 * TOLERANCE)
        yield from events

    def change(self, command: Command, digest: bytes, act: Callable[[Command], Answer]) -> Spoken:
        """Execute a command that changes memory only.

        One commit stores id, effect, answer and events; then answer and events are sent.
        """
        with self.flash.write():
            self.flash.use(command.id, digest, command.expires_at)
            answer = act(command)
            ack = self.speech.ack(command, answer.outcome, answer.code, answer.body)
            events = self._keep(command.id, ack, answer)
        yield ack
        yield from events

    def refuse(self, verdict: Verdict, code: str) -> Spoken:
        """Refuse a command: always an event, and an ack if the command's id belongs to this device."""
        command = verdict.command
        if command is not None and verdict.answerable:
            yield from self.change(command, verdict.digest, lambda command: refused(code, command))
        elif command is not None:
            yield from self.tell("refused", {"code": code, "command": command.id})
        elif self.flash.waiting_count() < MAX_STRANGER_REPORTS:
            yield from self.tell("refused", {"code": code})

    def repeat(self, verdict: Verdict) -> Spoken:
        """Send the first answer to a repeated command again; never execute it twice."""
        if verdict.repeat:
            yield Outgoing("ack", 0, verdict.repeat, "repeat")
        if verdict.code is not None:
            yield from self.refuse(verdict, verdict.code)

    def tell(self, name: str, body: Body) -> Spoken:
        """Store an event, then send it."""
        with self.flash.write():
            said = self._kept(name, body)
        yield said

    def tell_all(self, happened: Iterable[EventBody]) -> Spoken:
        """Store what happened, and what iterating over it changes, in one commit; then send it."""
        with self.flash.write():
            events = [self._kept(name, body) for name, body in happened]
        yield from events

    def _keep(self, command_id: bytes, ack: Outgoing, answer: Answer) -> list[Outgoing]:
        self.flash.answer(command_id, ack.payload)
        self.flash.queue(ack)
        return [self._kept(name, body) for name, body in answer.events]

    def _kept(self, name: str, body: Body) -> Outgoing:
        said = self.speech.event(name, body)
        self.flash.queue(said)
        return said
