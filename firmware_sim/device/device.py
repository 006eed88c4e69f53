"""Common behaviour of simulated devices: power, connection, clock and commands."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from devices.wire.messages import Body, ClockWord, Command, State
from firmware_sim.device.certificates import DeviceCertificates
from firmware_sim.device.dialogue import Answer, Dialogue, Spoken
from firmware_sim.device.guard import Verdict

Changes = Mapping[str, Callable[[Command], Answer]]


class SimDevice(ABC):
    """One device, assembled by firmware_sim.station.assembly."""

    kind: str

    def __init__(self, dialogue: Dialogue, certificates: DeviceCertificates, changes: Changes) -> None:
        """`changes`: the commands that change memory only, in addition to those of every device."""
        self.dialogue, self.certificates = dialogue, certificates
        self.flash, self.clock = dialogue.flash, dialogue.clock
        self._changes: Changes = {
            "set_time": self._set_time,
            "read_back": self._read_back,
            "put_certificate": certificates.put_certificate,
            "put_trust": certificates.put_trust,
            **changes,
        }

    def boot(self) -> Spoken:
        """Report the boot, and answer interrupted commands without executing them again."""
        for command_id in self.flash.interrupted():
            yield from self.dialogue.settle(command_id, Answer("failed", "interrupted", self._interrupted()))
        yield from self.dialogue.tell("booted", {"nonce": self.clock.nonce})

    def restart(self) -> Spoken:
        """Boot again, as after a short loss of power."""
        self.clock.renew_nonce()
        yield from self.boot()

    def connected(self) -> Spoken:
        """Send the state after connecting, with the nonce the gateway needs to set the clock."""
        if not self.clock.nonce_is_fresh():
            self.clock.renew_nonce()
        yield self.dialogue.speech.state(self._state)

    def receive(self, raw: bytes, retained: bool = False) -> Spoken:
        """Handle a message on the device's command topic."""
        verdict = self.dialogue.guard.judge(raw, retained)
        if verdict.repeat is not None:
            yield from self.dialogue.repeat(verdict)
        elif verdict.code is not None or verdict.command is None:
            yield from self._refuse(verdict, verdict.code or "malformed")
        else:
            yield from self._carry_out(verdict.command, verdict)

    def lose_clock(self) -> Spoken:
        """Lose the time, as when the clock's battery dies."""
        self.clock.lose()
        yield from self.dialogue.tell("clock_lost", {})
        yield from self.connected()

    def factory_reset(self) -> Spoken:
        """Reset by the pin hole: wipes all stored data; earlier commands are no longer accepted."""
        self.flash.reset()
        self.clock.forget()
        yield from self.dialogue.tell("booted", {"nonce": self.clock.nonce, "reset": True})
        yield from self.connected()

    def _carry_out(self, command: Command, verdict: Verdict) -> Spoken:
        yield from self.dialogue.change(command, verdict.digest, self._changes[command.type])

    def _refuse(self, verdict: Verdict, code: str) -> Spoken:
        yield from self.dialogue.refuse(verdict, code)
        if code == "stale_nonce" and not self.clock.nonce_is_fresh():
            yield from self.connected()

    def _set_time(self, command: Command) -> Answer:
        return Answer(body={"clock": "set", "drift": self.clock.set(command.body["now"])})

    def _clock_word(self) -> ClockWord:
        return "set" if self.clock.known else "lost"

    def _interrupted(self) -> Body:
        """Return additional fields for the answer to an interrupted command."""
        return {}

    @abstractmethod
    def _read_back(self, _: Command) -> Answer:
        """Return everything the gateway may want to compare."""

    @abstractmethod
    def _state(self, seq: int, at: int) -> State:
        """Return the state message with its sequence number and time."""
