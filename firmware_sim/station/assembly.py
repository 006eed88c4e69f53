"""Assembles a lock or kiosk from its device folder."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from certs.agreement import passcode_secret
from certs.enrolment.device_folder import DeviceFolder, read_device_folder
from firmware_sim.device.certificates import DeviceCertificates
from firmware_sim.device.clock import SimClock
from firmware_sim.device.dialogue import Dialogue
from firmware_sim.device.flash import Flash
from firmware_sim.device.guard import Guard
from firmware_sim.device.speech import Speech
from firmware_sim.firmware.slots import Slots
from firmware_sim.firmware.update import FirmwareUpdate
from firmware_sim.lock import lock
from firmware_sim.lock.door import SimDoor
from firmware_sim.lock.keypad import Keypad
from firmware_sim.lock.keyring import Keyring
from firmware_sim.lock.lock import SimLock
from firmware_sim.station import kiosk
from firmware_sim.station.kiosk import SimKiosk

ABILITIES: dict[str, frozenset[str]] = {"lock": lock.ABILITIES, "kiosk": kiosk.ABILITIES}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Physical inputs of a device: seconds of its crystal, seconds since power-up, randomness."""

    hardware: Callable[[], int] = lambda: int(time.time())
    ticks: Callable[[], float] = time.monotonic
    nonce: Callable[[], bytes] = lambda: secrets.token_bytes(16)


def assemble(folder: DeviceFolder, surroundings: Surroundings | None = None) -> SimLock | SimKiosk:
    """Assemble a folder's device, with its memory in `state.sqlite` and its movements in `movements.jsonl` there."""
    world = surroundings or Surroundings()
    flash = Flash(folder.path / "state.sqlite")
    clock = SimClock(flash, world.hardware, world.ticks, world.nonce)
    guard = Guard(folder.device, folder.kind, folder.gateway.command, ABILITIES[folder.kind], flash, clock)
    head = flash.head if folder.kind == "lock" else None
    speech = Speech(folder.key, folder.kind, flash.next_seq, clock.now, head)
    dialogue = Dialogue(folder.site, folder.device, speech, guard, flash, clock)
    certificates = DeviceCertificates(folder, clock)
    if folder.kind == "kiosk":
        return SimKiosk(dialogue, folder.gateway.intake, certificates)
    door = SimDoor(folder.path / "movements.jsonl", clock.now)
    keyring = Keyring(folder.device, folder.gateway.credential, flash, clock)
    slots = Slots(folder.path, flash, folder.publisher)
    firmware = FirmwareUpdate(slots, world.ticks, lambda: door.nobody_waits, lambda: door.battery)
    return SimLock(dialogue, keyring, door, certificates, firmware)


def keypad_of(folder: DeviceFolder, lock: SimLock) -> Keypad:
    """Create the lock's keypad, with the secret shared with the gateway only."""
    return Keypad(lock, passcode_secret(folder.key, folder.gateway.passcode, folder.device))


def assemble_at(path: Path, surroundings: Surroundings | None = None) -> SimLock | SimKiosk:
    """Assemble the device of the folder at `path`. Raises certs.errors.BadFolder."""
    return assemble(read_device_folder(path), surroundings)
