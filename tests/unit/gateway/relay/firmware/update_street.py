"""Simulated locks on one gateway's rows, relay and driver, with one clock that only the test advances.

An answer is recorded before the relay writes the end of the attempt that it answers: the less convenient order.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from certs.keys import compressed_point, new_private_key
from devices.drivers.native import NativeDriver
from devices.links.memory import MemoryLink, Said, Sent
from devices.reports import Reachable
from devices.wire.firmware.manifest import sign_firmware
from firmware_sim.device.speech import Outgoing
from firmware_sim.firmware.update import PowerLost
from firmware_sim.lock.lock import SimLock
from gateway.fleet.roll_outs import RollOuts
from gateway.journey.firmware.publishing import publish
from gateway.journey.firmware.roll_outs import begin
from gateway.outbox.deliveries import Decision, due, settle
from gateway.relay.firmware.sending import FirmwareSenders
from gateway.relay.locks import LockSenders
from gateway.relay.loop import Sender
from gateway.store import Delivery, Device, FirmwareImage, FirmwareUpdate, RollOut
from gateway.store.database import Database
from tests.parts.world import LOCK, World, device
from tests.unit.firmware_sim.firmware.update_bench import IMAGE, UpdateBench

MAX_STEPS: Final = 200


@dataclass
class Street:
    """`unheard`: locks whose messages do not arrive; `repeats`: how often each message arrives."""

    world: World
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_private_key)
    benches: dict[str, UpdateBench] = field(default_factory=dict)
    unheard: set[str] = field(default_factory=set)
    off: set[str] = field(default_factory=set)
    repeats: int = 1
    commands: list[tuple[str, bytes]] = field(default_factory=list)
    link: MemoryLink = field(init=False)
    driver: NativeDriver = field(init=False)
    senders: dict[str, Sender] = field(init=False)
    roll_outs: RollOuts = field(init=False)

    @classmethod
    def build(cls, world: World, folder: Path, *names: str) -> "Street":
        """Locks in service that have connected; the world's own is one of them."""
        street = cls(world)
        for name in (LOCK, *names):
            street.benches[name] = UpdateBench.make(folder / f"bench-{name}", name, street.key)
        authority = street.benches[LOCK].bench.authority
        world.keyring = replace(world.keyring, credential_key=authority.credential_key)
        with world.database.writing() as session:
            session.add_all(device(name, None) for name in names)
            session.flush()
            for row in session.scalars(select(Device)):
                row.public_key = compressed_point(street.benches[row.id].bench.public)
        street.link = MemoryLink(street.hear)
        street.link.connected = True
        street.start_gateway()
        for name in street.benches:
            street.connect(name)
        return street

    def start_gateway(self) -> None:
        """The gateway's parts over the rows; they have nothing in memory yet."""
        world, authority = self.world, self.benches[LOCK].bench.authority
        self.driver = NativeDriver(
            self.link, authority.command_key, lambda name: self.benches[name].bench.public, world.clock
        )
        locks = LockSenders(world.database, {"native": self.driver}, world.clock)
        self.senders = locks.table() | FirmwareSenders(world.database, locks.send, world.clock).table()
        self.roll_outs = RollOuts(world.database, world.clock)

    def kill_gateway(self) -> None:
        """Start again from the rows; the answers to the commands under way are lost with the process."""
        with self.world.database.reading() as session:
            waiting = due(session, self.world.now, 100)
        for delivery in waiting:
            asyncio.run(self.attempt(delivery))
        self.link.unacked.clear()
        self.world.database.close()
        self.world.database = Database(f"sqlite:///{self.world.folder / 'lodgekey.sqlite'}")
        self.start_gateway()

    def close(self) -> None:
        for bench in self.benches.values():
            bench.bench.cut_power()

    def lock(self, name: str = LOCK) -> SimLock:
        return self.benches[name].bench.lock

    def connect(self, name: str) -> None:
        """The lock comes into reach and says its state."""
        self.off.discard(name)
        self.world.say(Reachable(name, True))
        self.say(name, self.lock(name).connected())
        self.record()

    def disconnect(self, name: str) -> None:
        self.off.add(name)
        self.world.say(Reachable(name, False))

    def publish(self, sequence: int = 2, image: bytes = IMAGE) -> str:
        """A release of the publisher; returns the image's id."""
        envelope = sign_firmware(self.benches[LOCK].release(sequence, image=image), self.key)
        with self.world.database.writing() as session:
            return publish(session, self.key.public_key(), envelope, image, self.world.now).id

    def roll_out(self, sequence: int = 2, image: bytes = IMAGE, failures: int = 0) -> None:
        """Publish a release and begin its roll-out, without a soak time."""
        name = self.publish(sequence, image)
        with self.world.database.writing() as session:
            begin(session, session.get_one(FirmwareImage, name), 0, failures, self.world.now)

    # what happens in one second
    def second(self) -> None:
        """A round of the roll-outs, every due delivery, and what the locks do by themselves."""
        self.roll_outs.go_round()
        with self.world.database.reading() as session:
            waiting = due(session, self.world.now, 100)
        for delivery in waiting:
            if delivery.party.removeprefix("lock:") in self.benches:
                decision = asyncio.run(self.attempt(delivery))
                self.record()
                with self.world.database.writing() as session:
                    settle(session, delivery.id, decision, self.world.now)
        for name in self.benches:
            self.tend(name)
        self.skip(1)

    def skip(self, seconds: int) -> None:
        """Let time pass in which nobody does anything."""
        self.world.now += seconds
        for bench in self.benches.values():
            bench.bench.time.passes(seconds)

    async def attempt(self, delivery: Delivery) -> Decision:
        return (await self.senders[delivery.work](delivery)).decision

    def until(self, good: Callable[[], bool]) -> int:
        """Let seconds pass until it is so; returns how many."""
        for passed in range(MAX_STEPS):
            if good():
                return passed
            self.second()
        raise AssertionError(f"not so after {MAX_STEPS} s: {self.updates()}, {self.roll_out_state()}")

    def tend(self, name: str) -> None:
        lock = self.lock(name)
        if lock.firmware.reboot_due:
            self.say(name, lock.restart())
            if name not in self.off:
                self.say(name, lock.connected())
        self.say(name, lock.tend_firmware())
        self.record()

    def hear(self, sent: Sent) -> list[Said]:
        """What a lock says to a command."""
        if sent.device in self.off:
            return []
        self.commands.append((sent.device, sent.payload))
        lock = self.lock(sent.device)
        try:
            self.say(sent.device, lock.receive(sent.payload))
        except PowerLost:
            self.say(sent.device, lock.restart())
            self.say(sent.device, lock.connected())
        return []

    def say(self, name: str, spoken: Iterable[Outgoing]) -> None:
        for message in list(spoken):
            self.lock(name).flash.delivered(message.seq)
            for _ in range(0 if name in self.unheard | self.off else self.repeats):
                self.link.say("house-1", name, message.channel, message.payload)

    def record(self) -> None:
        for message in self.link.unacked:
            message.ack()
            self.world.say(*self.driver.read(message))

    # what the gateway knows
    def updates(self) -> dict[str, str]:
        """State and reason of each device's newest update."""
        with self.world.database.reading() as session:
            rows = session.scalars(select(FirmwareUpdate).join(RollOut).order_by(RollOut.begun_at)).all()
            return {row.device_id: f"{row.state} {row.reason or ''}".strip() for row in rows}

    def roll_out_state(self) -> str:
        """State and reason of the newest roll-out."""
        with self.world.database.reading() as session:
            row = session.scalars(select(RollOut).order_by(RollOut.begun_at.desc(), RollOut.state.desc())).first()
            return f"{row.state} {row.reason or ''}".strip() if row else ""

    def device(self, name: str = LOCK) -> Device:
        with self.world.database.reading() as session:
            return session.get_one(Device, name)
