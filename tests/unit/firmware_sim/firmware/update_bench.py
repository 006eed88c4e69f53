"""A lock on a bench that trusts a publisher, and releases to give it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from certs.enrolment.device_folder import read_device_folder, write_device_folder
from certs.keys import new_private_key
from certs.publisher import trust_publisher
from devices.wire.firmware.manifest import Firmware, sign_firmware
from devices.wire.messages import Ack, Command
from firmware_sim.firmware.update import MODEL, VENDOR, FirmwareUpdate
from tests.unit.firmware_sim.lock.lock_bench import Bench, Reports

CHUNK: Final = 4096
IMAGE: Final = bytes(range(256)) * 40  # 10,240 bytes: three chunks
STRANGER: Final = new_private_key()


@dataclass
class UpdateBench:
    """A lock, and the publisher of its firmware."""

    bench: Bench
    key: ec.EllipticCurvePrivateKey
    sequence: int = 1
    events: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def make(cls, path: Path, device: str = "lock-1", key: ec.EllipticCurvePrivateKey | None = None) -> "UpdateBench":
        """`key`: the publisher's; a new one if it is left out."""
        bench = Bench.make(path, device=device)
        known = key or new_private_key()
        trust_publisher(bench.authority.folder, known.public_key())
        write_device_folder(bench.folder.path, bench.authority, "site-1", device, "lock", host="127.0.0.1", port=1)
        bench.folder = read_device_folder(bench.folder.path)
        return cls(bench.ready(), known)

    @property
    def firmware(self) -> FirmwareUpdate:
        return self.bench.lock.firmware

    def release(self, sequence: int = 2, *, image: bytes = IMAGE, model: str = MODEL) -> Firmware:
        return Firmware(VENDOR, model, f"{sequence}.0", sequence, hashlib.sha256(image).digest(), len(image))

    def announce(self, firmware: Firmware, key: ec.EllipticCurvePrivateKey | None = None) -> Ack:
        return self.give(self.command("put_manifest", envelope=sign_firmware(firmware, key or self.key))).ack

    def send(self, image: bytes = IMAGE, *, since: int = 0, until: int | None = None) -> list[Ack]:
        """The chunks from one offset to another."""
        digest, end = hashlib.sha256(image).digest(), len(image) if until is None else until
        return [
            self.give(self.command("put_chunk", image=digest, offset=at, data=image[at : min(at + CHUNK, end)])).ack
            for at in range(since, end, CHUNK)
        ]

    def install(self, image: bytes = IMAGE) -> Ack:
        return self.give(self.command("install", image=hashlib.sha256(image).digest())).ack

    def command(self, type_: str, **body: Any) -> Command:
        return self.bench.command(type_, lasts=600, **body)

    def give(self, command: Command) -> Reports:
        return self.note(self.bench.give(command))

    def note(self, reports: Reports) -> Reports:
        self.events += [event.body for event in reports.events if event.type == "firmware"]
        return reports

    def reboot(self) -> None:
        """Boot as the lock does by itself, where it is due."""
        assert self.firmware.reboot_due
        self.note(self.bench.hear(self.bench.lock.restart()))

    def cut_power(self) -> None:
        self.bench.cut_power()
        self.note(self.bench.start())

    def hear_gateway(self) -> None:
        """The gateway answers the nonce of the boot; then the lock looks after its trial."""
        self.note(self.bench.set_time())
        self.tend()

    def tend(self) -> None:
        self.note(self.bench.hear(self.bench.lock.tend_firmware()))

    def states(self) -> list[str]:
        return [event["state"] for event in self.events]


def steps(bench: UpdateBench, firmware: Firmware, image: bytes) -> Iterator[None]:
    """A whole update as a gateway drives it, one message or boot a step; goes on from wherever the lock is."""
    while bench.firmware.slots.counter < firmware.sequence:
        if bench.firmware.reboot_due:
            bench.reboot()
        elif bench.firmware.slots.state == "trial":
            bench.hear_gateway()
        elif bench.firmware.slots.state == "received":
            bench.install(image)
        else:
            held = bench.announce(firmware).body.get("held", 0)
            yield
            bench.send(image, since=held, until=min(held + CHUNK, len(image)))
        yield
