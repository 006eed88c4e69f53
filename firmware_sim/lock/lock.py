"""Simulated lock: reactions to its inputs, without network access or waiting.

Order of a movement: the command's id is durable, the bolt moves, the answer is sent, then answer and event are
stored. After a power cut in between, the answer is `interrupted`; the bolt is never moved again.
"""

from devices.wire.messages import Body, Command, State
from firmware_sim.device.certificates import ABILITIES as CERTIFICATE_ABILITIES
from firmware_sim.device.certificates import DeviceCertificates
from firmware_sim.device.device import SimDevice
from firmware_sim.device.dialogue import Answer, Dialogue, Spoken
from firmware_sim.device.guard import Verdict
from firmware_sim.device.speech import Outgoing
from firmware_sim.firmware.update import ABILITIES as FIRMWARE_ABILITIES
from firmware_sim.firmware.update import CLASS_ID, FirmwareUpdate
from firmware_sim.lock.door import Position, SimDoor
from firmware_sim.lock.keyring import Keyring

LOW_BATTERY = (20, 10, 5, 0)
ABILITIES = (
    CERTIFICATE_ABILITIES
    | FIRMWARE_ABILITIES
    | {"unlock", "lock", "put_key", "drop_key", "set_time", "read_back", "revoke"}
)


class SimLock(SimDevice):
    """One lock; all its dependencies are passed in."""

    kind = "lock"

    def __init__(
        self,
        dialogue: Dialogue,
        keyring: Keyring,
        door: SimDoor,
        certificates: DeviceCertificates,
        firmware: FirmwareUpdate,
    ) -> None:
        changes = {"put_key": keyring.put, "drop_key": keyring.drop, "revoke": keyring.revoke}
        super().__init__(dialogue, certificates, changes | firmware.commands())
        self.keyring, self.door, self.firmware = keyring, door, firmware
        self._reported_battery = door.battery

    def boot(self) -> Spoken:
        """Report the boot, after settling events held around a movement."""
        self._judge_held()
        chosen = list(self.dialogue.tell_all(self.firmware.boot()))
        yield from super().boot()
        yield from chosen

    def tend_firmware(self) -> Spoken:
        """Confirm a trial of new firmware, or give it up."""
        happened = list(self.dialogue.tell_all(self.firmware.tend()))
        yield from happened
        if happened:
            yield from self.connected()

    # physical inputs
    def turn_knob(self) -> Spoken:
        """Turn the inside knob, and report the movement."""
        to: Position = "locked" if self.door.position == "unlocked" else "unlocked"
        if self.door.move(to, "knob"):
            yield from self.dialogue.tell(to, {"means": "knob"})

    def auto_lock(self) -> Spoken:
        """Lock again after the auto-lock time, unless the door is open."""
        if self.door.position == "unlocked" and self.door.door != "open" and self.door.move("locked", "auto"):
            yield from self.dialogue.tell("locked", {"means": "auto"})

    def sense_door(self, is_open: bool) -> Spoken:
        """Report that the door was opened or closed."""
        self.door.door = "open" if is_open else "closed"
        yield from self.dialogue.tell("door", {"open": is_open})

    def sense_battery(self, percent: int) -> Spoken:
        """Set the battery to `percent`; reports a fall below a mark, or a rise (a new battery)."""
        before, self.door.battery = self._reported_battery, percent
        if percent > before or any(percent <= mark < before for mark in LOW_BATTERY):
            self._reported_battery = percent
            yield from self.dialogue.tell("battery", {"percent": percent})

    def move_here(self, to: Position, body: Body) -> tuple[str | None, list[Outgoing]]:
        """Move the bolt for an authorised person at the lock; return why it did not move (or None), and the events.

        The event is durable before the bolt moves, so that no opening goes unreported; it is sent once it is true.
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
        """Settle held events after a power cut during a movement: the bolt's sensor decides whether it was made."""
        self.flash.release(self.flash.held(self.door.position))
        self.flash.discard(self.flash.held("locked") + self.flash.held("unlocked"))

    # commands
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
        self.firmware.hear_gateway()
        if command.type in ("read_back", "put_support"):
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

    # reports
    def _state(self, seq: int, at: int) -> State:
        return State(
            seq, at, self.door.bolt, self.door.door, self.door.battery, self.flash.held_keys(), self._clock_word(),
            self.clock.nonce, self.keyring.epoch, f"lodgekey-sim-lock {self.firmware.version}",
            self.flash.waiting_count(), CLASS_ID, self.firmware.slots.counter, self.firmware.support,
            self.firmware.slots.publisher_id,
        )  # fmt: skip
