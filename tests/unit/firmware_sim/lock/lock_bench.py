"""A simulated lock on a bench: its folder, a settable clock, and a gateway's keys to send commands."""

import atexit
import functools
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from certs.authority.ca import Authority
from certs.credential import KeyCredential, issue_credential
from certs.enrolment.device_folder import DeviceFolder, read_device_folder, write_device_folder
from certs.keys import new_private_key
from devices.wire.envelope import PublicKey, read_ack, read_event, read_state, sign_command
from devices.wire.messages import KIOSK_LIMIT, Ack, Command, Event, State
from firmware_sim.device.dialogue import Spoken
from firmware_sim.lock.lock import SimLock
from firmware_sim.station.assembly import Surroundings, assemble
from firmware_sim.station.kiosk import SimKiosk

NOW = 1_790_000_000


@functools.cache
def _made_once() -> Path:
    """An authority's folder to copy: syncing new keys to disk takes longer than most tests."""
    folder = Path(tempfile.mkdtemp(prefix="bench-ca-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Authority.open(folder, lambda: NOW)
    return folder


@dataclass
class Time:
    """A clock that only the test advances."""

    now: int = NOW
    ticks: float = 0.0

    def passes(self, seconds: int) -> None:
        self.now += seconds
        self.ticks += seconds


@dataclass
class Reports:
    """A device's reports, read with its public key."""

    acks: list[Ack] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    states: list[State] = field(default_factory=list)

    @property
    def ack(self) -> Ack:
        assert len(self.acks) == 1, self.acks
        return self.acks[0]

    def event_types(self) -> list[str]:
        return [event.type for event in self.events]


@dataclass
class Bench:
    """One device and the gateway's side of it."""

    authority: Authority
    folder: DeviceFolder
    time: Time
    device: Any = None
    cursor: int = 0

    @classmethod
    def make(cls, path: Path, kind: Any = "lock", device: str = "lock-1") -> "Bench":
        time = Time()
        shutil.copytree(_made_once(), path / "ca")
        authority = Authority.open(path / "ca", lambda: time.now)
        folder = path / device
        write_device_folder(folder, authority, "site-1", device, kind, host="127.0.0.1", port=1)
        return cls(authority, read_device_folder(folder), time)

    def start(self) -> Reports:
        """Power up; returns the messages sent before any command."""
        self.device = assemble(self.folder, Surroundings(lambda: self.time.now, lambda: self.time.ticks))
        return self.hear(self.device.boot())

    def cut_power(self) -> None:
        self.device.flash.close()

    @property
    def lock(self) -> SimLock:
        assert isinstance(self.device, SimLock)
        return self.device

    @property
    def kiosk(self) -> SimKiosk:
        assert isinstance(self.device, SimKiosk)
        return self.device

    @property
    def public(self) -> PublicKey:
        return self.folder.key.public_key()

    def hear(self, spoken: Spoken) -> Reports:
        reports = Reports()
        for message in spoken:
            if message.channel == "ack":
                reports.acks.append(read_ack(message.payload, self.public))
            elif message.channel == "event":
                reports.events.append(read_event(message.payload, self.public))
            else:
                reports.states.append(read_state(message.payload, self.public))
        return reports

    def command(self, type_: str, *, lasts: int = 10, **body: Any) -> Command:
        return Command(secrets.token_bytes(16), self.folder.device, type_, self.time.now, self.time.now + lasts, body)

    def sign(self, command: Command, key: ec.EllipticCurvePrivateKey | None = None) -> bytes:
        return sign_command(command, key or self.authority.command_key, limit=KIOSK_LIMIT)

    def give(self, command: Command, *, retained: bool = False) -> Reports:
        return self.hear(self.device.receive(self.sign(command), retained))

    def set_time(self) -> Reports:
        return self.give(self.command("set_time", now=self.time.now, nonce=self.device.clock.nonce))

    def ready(self) -> "Bench":
        """Powered up, with its clock set."""
        self.start()
        assert self.set_time().ack.outcome == "done"
        return self

    def credential(
        self, *, begins: int = 0, lasts: int = 3600, lock: str = "", key: bytes = b""
    ) -> tuple[bytes, bytes]:
        """(key id, signed credential) with a window relative to now."""
        identity = key or secrets.token_bytes(16)
        start = self.time.now + begins
        holder = new_private_key().public_key()
        credential = KeyCredential(identity, lock or self.folder.device, holder, start, start + lasts)
        return identity, issue_credential(credential, self.authority.credential_key)

    def put(self, **window: Any) -> bytes:
        """Put a key on the lock; returns its id."""
        identity, raw = self.credential(**window)
        assert self.give(self.command("put_key", credential=raw)).ack.outcome == "done"
        return identity

    def moved(self) -> list[str]:
        """Causes of all bolt movements so far."""
        return [movement["cause"] for movement in self.lock.door.movements]
