"""Two slots for firmware images, and the boot loader's durable facts about them.

The active slot is never written. Bytes of an image are in its file before `held` says so, and `held` decides: what a
power cut left behind it is written again. One transaction changes the facts, so every moment leaves a bootable slot.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from certs.errors import BadSignature
from certs.keys import key_id
from devices.wire.errors import BadManifest
from devices.wire.firmware.manifest import Firmware, read_firmware
from devices.wire.firmware.states import NEXT, FirmwareState
from firmware_sim.device.flash import Flash

FACTORY: Final = 1  # sequence number and version of the firmware a lock leaves the factory with
NONE, PENDING, STARTED = 0, 1, 2  # the trial of the other slot: none, at the next boot, under way
STATES: Final = tuple(NEXT)


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of one device in its folder. `publisher`: None trusts no image at all."""

    folder: Path
    flash: Flash
    publisher: ec.EllipticCurvePublicKey | None

    @property
    def publisher_id(self) -> bytes | None:
        """Key id of the publisher; None if no image is taken."""
        return None if self.publisher is None else key_id(self.publisher)

    @property
    def active(self) -> int:
        """Number of the confirmed slot."""
        return self.flash.boot_number("active", 0)

    @property
    def other(self) -> int:
        """Number of the slot that receives images."""
        return 1 - self.active

    @property
    def counter(self) -> int:
        """Sequence number of the confirmed firmware: the rollback counter."""
        return self.flash.boot_number("counter", FACTORY)

    @property
    def state(self) -> FirmwareState:
        """State of the update."""
        return STATES[self.flash.boot_number("state", 0)]  # type: ignore[return-value] # its index in a table of them

    @property
    def trial(self) -> int:
        """NONE, PENDING or STARTED."""
        return self.flash.boot_number("trial", NONE)

    @property
    def held(self) -> int:
        """Bytes of the announced image that are here."""
        return self.flash.boot_number("held", 0)

    def go(self, state: FirmwareState, **facts: int | bytes) -> None:
        """Change the state, and facts with it. Raises ValueError for a state that cannot follow."""
        if state not in NEXT[self.state]:
            raise ValueError(f"{state} does not follow {self.state}")
        self.flash.set_boot(state=STATES.index(state), **facts)

    def release(self, slot: int) -> Firmware | None:
        """The release in a slot by its signed manifest; None for the factory's own, or without a valid manifest."""
        envelope = self.flash.boot_octets(f"envelope{slot}")
        return self.read(envelope) if envelope else None

    def read(self, envelope: bytes) -> Firmware | None:
        """The release in an envelope of the publisher this device knows, else None."""
        try:
            return read_firmware(envelope, self.publisher) if self.publisher is not None else None
        except (BadManifest, BadSignature):
            return None

    def is_bootable(self, slot: int) -> bool:
        """Whether a slot holds an image with the digest of its manifest; the factory's slot always does."""
        if not self.flash.boot_octets(f"envelope{slot}"):
            return slot == 0
        release = self.release(slot)
        return release is not None and self.digest(slot, release.size) == release.digest

    def digest(self, slot: int, size: int) -> bytes:
        """SHA-256 of the first `size` bytes of a slot."""
        path = self.path(slot)
        return hashlib.sha256(path.read_bytes()[:size] if path.exists() else b"").digest()

    def write(self, offset: int, data: bytes) -> None:
        """Write bytes of an image to the other slot, durably."""
        descriptor = os.open(self.path(self.other), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(descriptor, data, offset)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def path(self, slot: int) -> Path:
        """File of a slot."""
        return self.folder / f"slot-{slot}.bin"
