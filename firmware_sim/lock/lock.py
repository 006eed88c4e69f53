"""The simulated lock: what it does with what it hears. No network and no waiting here.

A movement's order is fixed: the command's id is durable, then the bolt moves, then the answer leaves, then answer
and event are stored. Power lost in between is answered as `interrupted`, never by moving again.
"""

from devices.wire.messages import Body, Command, State
from firmware_sim.device.certificates import ABILITIES as CERTIFICATE_ABILITIES
from firmware_sim.device.certificates import DeviceCertificates
from firmware_sim.device.device import SimDevice
from firmware_sim.device.dialogue import Answer, Dialogue, Spoken
from firmware_sim.device.guard import Verdict
from firmware_sim.device.speech import Outgoing
from firmware_sim.lock.door import Position, SimDoor
from firmware_sim.lock.keyring import Keyring

FIRMWARE = "lodgekey-sim-lock 1"
LOW_BATTERY = (20, 10, 5, 0)
ABILITIES = CERTIFICATE_ABILITIES | {"unlock", "lock", "put_key", "drop_key", "set_time", "read_back", "revoke"}


class SimLock(SimDevice):
    """One lock; everything it needs to know or touch is given to it."""

    kind = "lock"

    def __init__(self, dialogue: Dialogue, keyring: Keyring, door: SimDoor, certificates: DeviceCertificates) -> None:
        super().__init__(
            dialogue, certificates, {"put_key": keyring.put, "drop_key": keyring.drop, "revoke": keyring.revoke}
        )
        self.keyring, self.door = keyring, door
        self._reported_battery = door.battery

    def boot(self) -> Spoken:
        """Power came back: what was held around a movement is judged first."""
        self._judge_held()
        yield from super().boot()

    # people and things
    def turn_knob(self) -> Spoken:
        """Someone inside turns the knob."""
        to: Position = "locked" if self.door.position == "unlocked" else "unlocked"
        if self.door.move(to, "knob"):
            yield from self.dialogue.tell(to, {"means": "knob"})

    def auto_lock(self) -> Spoken:
        """Time has passed since the lock was opened; a door that stands open is not locked."""
        if self.door.position == "unlocked" and self.door.door != "open" and self.door.move("locked", "auto"):
            yield from self.dialogue.tell("locked", {"means": "auto"})

    def sense_door(self, is_open: bool) -> Spoken:
        """The door was opened or closed."""
        self.door.door = "open" if is_open else "closed"
        yield from self.dialogue.tell("door", {"open": is_open})

    def sense_battery(self, percent: int) -> Spoken:
        """The battery is at `percent`: told when it fell past a mark or was changed for a fuller one."""
        before, self.door.battery = self._reported_battery, percent
        if percent > before or any(percent <= mark < before for mark in LOW_BATTERY):
            self._reported_battery = percent
            yield from self.dialogue.tell("battery", {"percent": percent})

    def move_here(self, to: Position, body: Body) -> tuple[str | None, list[Outgoing]]:
        """Someone at the door with a right to it: why it did not move (None if it did), and what was told.

        The event is durable before the bolt moves, so that no opening is untold; it is told only once it is true.
        """
        if self.door.battery == 0:
            return "battery_empty", list(self.dialogue.tell("refused", {"code": "battery_empty"}))
        with self.flash.write():
            event = self.dialogue.speech.event(to, body)
            self.flash.hold(event, to)
        if not self.door.move(to, body["means"]):
            self.flash.discard([event.seq])
            return "jammed", list(self.dialogue.tell("jammed", {}))
        self.flash.release([event.seq])
        return None, [event]

    def _judge_held(self) -> None:
        """Power was lost around a movement at the door: the bolt's sensor says whether it was made."""
        self.flash.release(self.flash.held(self.door.position))
        self.flash.discard(self.flash.held("locked") + self.flash.held("unlocked"))

    # what commands do
    def _move(self, command: Command, verdict: Verdict) -> Spoken:
        refusal = self._why_not_move(command)
        if refusal is not None:
            yield from self._refuse(verdict, refusal)
            return
        self.dialogue.begin(command, verdict.digest)
        yield from self.dialogue.settle(command.id, self._drive(command))

    def _why_not_move(self, command: Command) -> str | None:
        refusal = self.keyring.refusal_for_key(command.body["key"]) if command.type == "unlock" else None
        return refusal or ("battery_empty" if self.door.battery == 0 else None)

    def _drive(self, command: Command) -> Answer:
        to: Position = "unlocked" if command.type == "unlock" else "locked"
        if not self.door.move(to, command.id.hex()):
            return Answer("failed", "jammed", {"bolt": "jammed"}, (("jammed", {"command": command.id}),))
        event: Body = {"means": "gateway"}
        if command.type == "unlock":
            event |= {"key": command.body["key"], "command": command.id}
        return Answer(body={"bolt": self.door.bolt}, events=((to, event),))

    def _carry_out(self, command: Command, verdict: Verdict) -> Spoken:
        if command.type in ("unlock", "lock"):
            yield from self._move(command, verdict)
            return
        yield from super()._carry_out(command, verdict)
        if command.type == "read_back":
            yield from self.connected()

    def _interrupted(self) -> Body:
        return {"bolt": self.door.bolt}

    def _set_time(self, command: Command) -> Answer:
        first = not self.clock.known and self.clock.highest == 0
        answer = super()._set_time(command)
        if first:
            self.flash.set_fact("floor", command.issued_at)
        return answer

    def _read_back(self, _: Command) -> Answer:
        body: Body = {"bolt": self.door.bolt, "door": self.door.door, "battery": self.door.battery}
        body |= {"keys": list(self.flash.held_keys()), "clock": self._clock_word()}
        body |= {"epoch": self.keyring.epoch} | self.keyring.code_report()
        return Answer(body=body | self.certificates.report())

    # what it says of itself
    def _state(self, seq: int, at: int) -> State:
        return State(
            seq, at, self.door.bolt, self.door.door, self.door.battery, self.flash.held_keys(), self._clock_word(),
            self.clock.nonce, self.keyring.epoch, FIRMWARE, self.flash.waiting_count(),
        )  # fmt: skip
