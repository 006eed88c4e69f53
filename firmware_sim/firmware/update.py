"""Firmware update of a simulated lock: reception in chunks, installation, trial boot, confirmation or return.

A lock takes firmware of its publisher, for its model, with a sequence number above its counter. The counter rises only
on confirmation: after a boot whose check of itself passed and that heard its gateway.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from devices.wire.firmware.manifest import Firmware, class_id_of
from devices.wire.firmware.states import BOOTING, FirmwareState
from devices.wire.messages import Body, Command
from firmware_sim.device.dialogue import Answer, EventBody
from firmware_sim.firmware.slots import FACTORY, NONE, PENDING, STARTED, Slots

VENDOR, MODEL = "lodgekey.example", "sim-lock"
CLASS_ID: Final = class_id_of(VENDOR, MODEL)
ABILITIES: Final = frozenset({"put_manifest", "put_chunk", "install", "put_support"})
TRIAL_SECONDS: Final = 300.0  # a trial that has not heard its gateway by then has failed
CAPACITY: Final = 4 * 1024 * 1024
LOWEST_BATTERY: Final = 30  # percent
FirmwareFault = Literal["none", "cut_half_way", "wrong_digest", "never_confirms", "storage_full"]


class PowerLost(Exception):
    """The device lost power in the middle of a command, as a tester wanted; it boots again."""


@dataclass(slots=True)
class FirmwareUpdate:
    """The update of one device. `nobody_waits`: whether the door is closed and locked."""

    slots: Slots
    ticks: Callable[[], float]
    nobody_waits: Callable[[], bool]
    battery: Callable[[], int]
    fault: FirmwareFault = "none"
    running: int = 0
    _booted_at: float = 0.0
    _reached: bool = False

    @property
    def version(self) -> str:
        """Version of the running firmware, for people."""
        release = self.slots.release(self.running)
        return str(FACTORY) if release is None else release.version

    @property
    def support(self) -> int | None:
        """End of support in UTC seconds, as the gateway said."""
        return self.slots.flash.boot_number("support", 0) or None

    @property
    def reboot_due(self) -> bool:
        """Whether the device should boot now: into an installed image, or back from one that failed."""
        returning = self.running != self.slots.active and self.slots.trial == NONE
        free = self.nobody_waits() and not self.slots.flash.interrupted()
        return free and (self.slots.trial == PENDING or returning)

    def commands(self) -> dict[str, Callable[[Command], Answer]]:
        """The commands about firmware."""
        return {
            "put_manifest": self.put_manifest,
            "put_chunk": self.put_chunk,
            "install": self.install,
            "put_support": self.put_support,
        }

    # boot loader
    def boot(self) -> Iterator[EventBody]:
        """Choose the slot to run; yields what happened. The caller makes events and changes durable together."""
        slots = self.slots
        self._booted_at, self._reached, self.running = self.ticks(), False, slots.active
        if slots.trial == PENDING and slots.is_bootable(slots.other):
            slots.go("trial", trial=STARTED)
            self.running = slots.other
            yield self._event("trial")
        elif slots.trial == PENDING:
            yield from self._return("bad_image")
        elif slots.trial == STARTED:
            yield from self._return("interrupted")

    def hear_gateway(self) -> None:
        """A command that the gateway signed was carried out: the link works."""
        self._reached = True

    def tend(self) -> Iterator[EventBody]:
        """Confirm the trial, or give it up; yields what happened."""
        if self.slots.trial != STARTED:
            return
        if self.fault == "never_confirms":
            yield from self._return("self_check_failed")
        elif self._reached:
            release, event = self._announced(), self._event("confirmed")
            self.slots.go("confirmed", trial=NONE, active=self.running, counter=release.sequence if release else 0)
            yield event
        elif self.ticks() - self._booted_at > TRIAL_SECONDS:
            yield from self._return("no_link")

    def _return(self, code: str) -> Iterator[EventBody]:
        event = self._event("rolled_back", code)
        self.slots.go("rolled_back", trial=NONE, held=0)
        yield event

    # commands
    def put_manifest(self, command: Command) -> Answer:
        """Begin to receive the announced image, or go on where it was cut off."""
        slots, envelope = self.slots, command.body["envelope"]
        release = slots.read(envelope)
        code = self._refusal(release)
        if release is None or code is not None:
            return Answer("refused", code or "bad_manifest")
        if slots.state in ("receiving", "received") and self._announced() == release:
            return Answer(body={"held": slots.held})
        slots.go("receiving", held=0, **{f"envelope{slots.other}": envelope})
        return Answer(body={"held": 0}, events=(self._event("receiving"),))

    def _refusal(self, release: Firmware | None) -> str | None:
        if release is None:
            return "bad_manifest"
        if release.class_id != CLASS_ID:
            return "wrong_model"
        if release.sequence <= self.slots.counter:
            return "old_firmware"
        if release.size > CAPACITY or self.fault == "storage_full":
            return "storage_full"
        return "busy" if self.slots.state in BOOTING or self.running != self.slots.active else None

    def put_chunk(self, command: Command) -> Answer:
        """Append bytes of the announced image; other bytes are left. The answer says where to go on."""
        slots, body, release = self.slots, command.body, self._announced()
        if release is None or body["image"] != release.digest or slots.state not in ("receiving", "received"):
            return Answer("refused", "wrong_image")
        data, offset = body["data"], slots.held
        if body["offset"] != offset or offset == release.size:
            return Answer(body={"held": offset})
        if offset + len(data) > release.size:
            return Answer("refused", "wrong_image")
        slots.write(offset, self._as_stored(data, offset, release.size))
        held = offset + len(data)
        if held < release.size:
            slots.flash.set_boot(held=held)
            return Answer(body={"held": held})
        slots.go("received", held=held)
        return Answer(body={"held": held}, events=(self._event("received"),))

    def _as_stored(self, data: bytes, offset: int, size: int) -> bytes:
        """What arrives in the slot, with the fault that a tester set."""
        if self.fault == "cut_half_way" and offset + len(data) > size // 2:
            self.fault = "none"
            self.slots.write(offset, data[: len(data) // 2])
            raise PowerLost
        return bytes([data[0] ^ 1]) + data[1:] if self.fault == "wrong_digest" and offset == 0 else data

    def install(self, command: Command) -> Answer:
        """Check the received image, and boot it on trial as soon as nobody needs the door."""
        slots, release = self.slots, self._announced()
        if release is None or command.body["image"] != release.digest or slots.state not in ("received", "installing"):
            return Answer("refused", "wrong_image")
        if slots.state == "installing":
            return Answer()
        if not self.nobody_waits() or self.battery() < LOWEST_BATTERY:
            return Answer("refused", "battery_low" if self.nobody_waits() else "busy")
        if slots.digest(slots.other, release.size) != release.digest:
            event = self._event("refused", "bad_image")
            slots.go("refused", held=0)
            return Answer("refused", "bad_image", events=(event,))
        slots.go("installing", trial=PENDING)
        return Answer(events=(self._event("installing"),))

    def put_support(self, command: Command) -> Answer:
        """Store the end of support."""
        self.slots.flash.set_boot(support=command.body["until"])
        return Answer()

    def report(self) -> Body:
        """Describe the update, for a tester."""
        slots = self.slots
        return {"version": self.version, "state": slots.state, "counter": slots.counter, "held": slots.held}

    def _announced(self) -> Firmware | None:
        return self.slots.release(self.slots.other)

    def _event(self, state: FirmwareState, code: str | None = None) -> EventBody:
        release = self._announced()
        body: Body = {"state": state, "sequence": release.sequence if release else 0}
        return "firmware", body if code is None else body | {"code": code}
