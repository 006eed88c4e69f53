"""One bench per driver: driver, link and a simulator of the vendor's side. Keyed by name, as in DRIVERS."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from certs.authority.ca import Authority
from certs.credential import KeyCredential, issue_credential
from certs.enrolment.device_folder import read_device_folder, write_device_folder
from certs.keys import new_private_key
from devices.driver import Driver, LockAddress
from devices.drivers import nuki
from devices.drivers.native import NativeDriver
from devices.drivers.nuki import NukiDriver
from devices.drivers.zigbee2mqtt import Zigbee2MqttDriver
from devices.intents import Intent
from devices.link import Received
from devices.links.memory import MemoryLink, Said, Sent
from devices.reports import Report
from firmware_sim.lock.lock import SimLock
from firmware_sim.station.assembly import assemble
from firmware_sim.station.kiosk import SimKiosk
from firmware_sim.vendors.nuki import SimNuki
from firmware_sim.vendors.zigbee2mqtt import SimZigbeeLock

SITE = "house-1"
KEY_ID = bytes(range(16))


class BenchLink(Protocol):
    """A link that a test can inspect and disconnect."""

    connected: bool

    @property
    def sent(self) -> Sequence[object]:
        """Messages published to the link."""

    @property
    def unacked(self) -> list[Received]:
        """Received messages that are not settled."""

    def disconnect(self) -> None:
        """Drop the connection."""

    def reconnect(self) -> None:
        """Restore the connection."""


@dataclass
class DriverBench:
    """What the contract suite needs of a driver; the callables inspect the device itself, not its reports."""

    driver: Driver
    link: BenchLink
    lock: LockAddress
    bolt: Callable[[], str]
    movements: Callable[[], int]
    kiosk: LockAddress | None = None
    credential: bytes = b""
    chain: bytes = b""
    anchors: bytes = b""
    keys: Callable[[], tuple[bytes, ...]] = tuple
    nonce: Callable[[], bytes] = bytes
    outlets: tuple[str, ...] = ("ack", "event", "state", "online")
    reachable: tuple[str, bytes, bytes] = ("online", b"1", b"0")  # channel, payload when reachable, payload when not

    async def ask(self, intent: Intent, *, of: LockAddress | None = None) -> list[Report]:
        """Send an intent; returns all reports received in response."""
        answer = await self.driver.send(of or self.lock, intent)
        return [answer, *self.hear()] if answer else self.hear()

    def hear(self) -> list[Report]:
        """Read and settle the messages that have arrived."""
        received: list[Report] = []
        for message in self.link.unacked:
            message.ack()
            received += self.driver.read(message)
        return received


def _now() -> int:
    return int(time.time())


class NativeSide:
    """A simulated lock and a kiosk behind a memory link."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority.open(folder / "authority", _now)
        self.lock, self.kiosk = self._device(folder, "lock-1"), self._device(folder, "kiosk-1")

    def _device(self, folder: Path, name: str) -> SimLock | SimKiosk:
        kind = "kiosk" if name.startswith("kiosk") else "lock"
        path = folder / name
        write_device_folder(path, self.authority, SITE, name, kind, host="127.0.0.1", port=1)  # type: ignore[arg-type]
        return assemble(read_device_folder(path))

    def hear(self, sent: Sent) -> list[Said]:
        """The addressed device's answers to a command."""
        device = {"lock-1": self.lock, "kiosk-1": self.kiosk}[sent.device]
        return [(said.channel, said.payload) for said in device.receive(sent.payload)]

    def key_of(self, device: str) -> ec.EllipticCurvePublicKey:
        """A device's public key."""
        return {"lock-1": self.lock, "kiosk-1": self.kiosk}[device].dialogue.speech.key.public_key()

    def public_key_of(self, device: str) -> ec.EllipticCurvePublicKey | None:
        """A device's public key, as the gateway's store would look it up."""
        return self.key_of(device) if device in ("lock-1", "kiosk-1") else None


def native_bench(folder: Path) -> DriverBench:
    """A lock of our own protocol, with its clock set."""
    side = NativeSide(folder)
    lock = side.lock
    assert isinstance(lock, SimLock)
    for device in (lock, side.kiosk):
        device.clock.set(_now())
    link = _connected(side.hear)
    window = KeyCredential(KEY_ID, "lock-1", new_private_key().public_key(), _now() - 60, _now() + 3600)
    return DriverBench(
        driver=NativeDriver(link, side.authority.command_key, side.public_key_of, _now),
        link=link,
        lock=LockAddress(SITE, "lock-1"),
        kiosk=LockAddress(SITE, "kiosk-1"),
        credential=issue_credential(window, side.authority.credential_key),
        chain=side.authority.issue_device(side.key_of("lock-1"), SITE, "lock-1", "lock").chain_pem,
        anchors=side.authority.ca_pem,
        bolt=lambda: lock.door.bolt,
        movements=lambda: len(lock.door.movements),
        keys=lock.flash.held_keys,
        nonce=lambda: lock.clock.nonce,
    )


def nuki_bench(_: Path) -> DriverBench:
    """A Nuki lock."""
    sim = SimNuki()
    link = _connected(lambda sent: sim.hear(sent.channel, sent.payload))
    return DriverBench(
        driver=NukiDriver(link, _now),
        link=link,
        lock=LockAddress(SITE, "3a4b5c6d"),
        bolt=lambda: sim.bolt,
        movements=lambda: len(sim.movements),
        outlets=nuki.STATE_TOPICS,
        reachable=("connected", b"true", b"false"),
    )


def zigbee2mqtt_bench(_: Path) -> DriverBench:
    """A Zigbee lock behind Zigbee2MQTT."""
    sim = SimZigbeeLock()
    link = _connected(lambda sent: sim.hear(sent.channel, sent.payload))
    return DriverBench(
        driver=Zigbee2MqttDriver(link, _now),
        link=link,
        lock=LockAddress(SITE, "front-door"),
        bolt=lambda: sim.bolt,
        movements=lambda: len(sim.movements),
        outlets=("state", "availability", "get"),
        reachable=("availability", b'{"state":"online"}', b'{"state":"offline"}'),
    )


def _connected(answer: Callable[[Sent], list[Said]]) -> MemoryLink:
    link = MemoryLink(answer)
    link.connected = True
    return link


BENCHES: Final[dict[str, Callable[[Path], DriverBench]]] = {
    "native": native_bench,
    "nuki": nuki_bench,
    "zigbee2mqtt": zigbee2mqtt_bench,
}
