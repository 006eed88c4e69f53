"""Lock status, relay, driver and a simulated lock together: the effect of an answer that is lost."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from certs.keys import compressed_point
from devices.drivers.native import NativeDriver
from devices.links.memory import MemoryLink, Said, Sent
from gateway.journey.keys.issue import revoke_key
from gateway.journey.stays import landlord
from gateway.outbox.deliveries import settle
from gateway.relay.locks import LockSenders
from gateway.store import Device, Key, Stay
from tests.parts.relaying import delivery_rows
from tests.parts.world import DAY, LOCK, World
from tests.unit.firmware_sim.lock.lock_bench import Bench


@dataclass
class Line:
    """A gateway's rows and a lock, with a connection that loses answers on demand."""

    world: World
    bench: Bench
    deaf: bool = False
    link: MemoryLink = field(default_factory=MemoryLink)

    def connect(self) -> None:
        self.link = MemoryLink(self.hear)
        self.link.connected = True
        self.driver = NativeDriver(
            self.link, self.bench.authority.command_key, lambda _: self.bench.public, self.world.clock
        )
        self.senders = LockSenders(self.world.database, {"native": self.driver}, self.world.clock).table()

    def hear(self, sent: Sent) -> list[Said]:
        said = [(message.channel, message.payload) for message in self.bench.device.receive(sent.payload)]
        return [] if self.deaf else said

    def pass_time(self, seconds: int) -> None:
        self.world.now += seconds
        self.bench.time.passes(seconds)

    def attempt(self) -> None:
        """Attempt all pending deliveries to the lock once, in order; then record the lock's reports."""
        for delivery in delivery_rows(self.world):
            if delivery.party == f"lock:{LOCK}" and delivery.state == "owed":
                asyncio.run(self.once(delivery))
                self.record()

    async def once(self, delivery: Any) -> None:
        sent = await self.senders[delivery.work](delivery)
        with self.world.database.writing() as session:
            settle(session, delivery.id, sent.decision, self.world.now)

    def record(self) -> None:
        for message in self.link.unacked:
            message.ack()
            self.world.say(*self.driver.read(message))

    def pending(self) -> list[str]:
        return [row.work for row in delivery_rows(self.world) if row.party == f"lock:{LOCK}" and row.state == "owed"]

    def held(self) -> list[str]:
        return [name.hex() for name in self.bench.lock.flash.held_keys()]


@pytest.fixture
def line(world: World, tmp_path: Path) -> Iterator[Line]:
    bench = Bench.make(tmp_path / "bench").ready()
    world.keyring = replace(world.keyring, credential_key=bench.authority.credential_key)
    with world.database.writing() as session:
        session.execute(update(Device).values(public_key=compressed_point(bench.public), reported_code_epoch=0))
    line = Line(world, bench)
    line.connect()
    yield line
    bench.cut_power()


def revoke(line: Line, key: Key) -> None:
    with line.world.database.writing() as session:
        revoke_key(session, session.get_one(Key, key.id), line.world.now)


def test_a_lost_answer_to_a_key_is_given_when_the_lock_is_asked_again(line: Line) -> None:
    key = line.world.tenant()
    line.deaf = True
    line.attempt()
    assert line.held() == [key.id]
    assert line.world.key(key.id).observed == "unasked"  # it is on the lock, but not confirmed
    line.deaf = False
    line.pass_time(30)
    line.attempt()
    assert line.world.key(key.id).observed == "present"
    assert line.pending() == []


def test_a_lost_answer_to_a_revocation_is_given_when_the_lock_is_asked_again(line: Line) -> None:
    key = line.world.tenant()
    line.attempt()
    revoke(line, key)
    line.deaf = True
    line.attempt()
    assert line.held() == []
    assert line.world.key(key.id).revoked_at is None
    line.deaf = False
    line.pass_time(30)
    line.attempt()
    assert line.world.key(key.id).revoked_at == line.world.now
    assert line.pending() == []


def test_a_list_that_grew_while_an_older_one_was_under_way_is_queued_after_it(line: Line) -> None:
    key = line.world.tenant()
    line.attempt()
    revoke(line, key)
    delivery = next(row for row in delivery_rows(line.world, "revoke") if row.state == "owed")
    asyncio.run(line.once(delivery))  # the first list was sent and answered; its answer is not recorded yet
    with line.world.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, key.stay_id), line.world.keyring, line.world.now)
    line.record()
    assert "revoke" in line.pending()
    line.attempt()
    device = line.world.device()
    assert (device.reported_list_epoch, device.reported_code_epoch) == (device.list_epoch, device.code_epoch)
    assert line.bench.lock.keyring.code_epoch == device.code_epoch


def test_a_read_back_is_repeated_until_the_lock_has_reported_its_whole_state(line: Line) -> None:
    key = line.world.tenant()
    line.attempt()
    line.bench.give(line.bench.command("drop_key", key=bytes.fromhex(key.id)))  # without the gateway's knowledge
    with line.world.database.writing() as session:
        landlord.read_back(session, session.get_one(Device, LOCK), line.world.now)
    line.deaf = True
    line.attempt()
    assert line.pending() == ["read_back"]
    assert line.world.key(key.id).observed == "present"
    line.deaf = False
    line.pass_time(30)
    line.attempt()
    assert line.world.key(key.id).observed == "absent"
    assert "put_key" in line.pending()
    line.attempt()
    assert line.held() == [key.id]


def test_commands_nobody_answered_are_forgotten_with_time(line: Line) -> None:
    line.world.tenant()
    line.deaf = True
    for _ in range(3):
        line.attempt()
        line.pass_time(60)
    asked = len(line.world.rows()["commands"])
    line.world.now += 31 * DAY
    line.world.purge()
    assert asked >= 3
    assert line.world.rows()["commands"] == []
