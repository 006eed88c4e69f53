"""A gateway's relay and intake over the rows of a thousand locks, and the bare loop they are measured against."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import insert, select

from benchmarks.stages.rows import add_unit
from certs.authority.ca import Authority
from certs.keys import compressed_point, new_private_key
from devices.drivers.native import NativeDriver
from devices.links.mqtt import BrokerAddress, MqttLink
from devices.wire.envelope import sign_command
from devices.wire.messages import Command
from gateway.clock import utc_now
from gateway.intake.awaited_answers import AwaitedAnswers
from gateway.intake.batches import Intake
from gateway.intake.device_lookup import DeviceLookup
from gateway.journey.keys.issue import revoke_key
from gateway.relay.lock_commands import CONFIRMED_WORK
from gateway.relay.locks import LockSenders
from gateway.relay.loop import Relay
from gateway.store import Device, Key, Person, Stay
from gateway.store.database import Database
from gateway.supervision import Rounds

SITE = "house-1"
DAY = 86_400
TIMEOUT_SECONDS = 40.0


@dataclass
class Stage:
    """Rows of one landlord with many locks, the broker's address, and the keys of the present round."""

    database: Database
    authority: Authority
    address: BrokerAddress
    locks: dict[str, bytes]  # id -> public key, as it is stored

    def prepare(self) -> None:
        """Insert a stay with its tenant in a unit with all the locks."""
        self.database.migrate()
        with self.database.writing() as session:
            unit = add_unit(session)
            now = utc_now()
            stay = Stay(unit=unit, from_at=now - 60, until_at=now + DAY, state="active", created_at=now)
            session.add(stay)
            session.flush()
            person = Person(stay_id=stay.id, created_at=now)
            session.add(person)
            session.flush()
            self.stay_id, self.person_id = stay.id, person.id
            shared = {"site": SITE, "kind": "lock", "driver": "native", "unit_id": unit.id, "certificate_serial": "1"}
            session.execute(
                insert(Device),
                [
                    shared | {"id": name, "public_key": key, "certificate_expires_at": now + DAY, "online": True}
                    for name, key in self.locks.items()
                ],
            )

    def put_keys(self) -> None:
        """Insert a key on each lock, as if confirmed a minute ago."""
        now = utc_now()
        shared = {"stay_id": self.stay_id, "person_id": self.person_id, "not_before": now - 60, "expires_at": now + DAY}
        shared |= {"holder_until": now + DAY, "observed": "present", "created_at": now, "on_lock_at": now - 60}
        shared |= {"holder_key": bytes(33), "credential": b"c", "holder_credential": b"c"}
        with self.database.writing() as session:
            session.execute(
                insert(Key), [shared | {"id": os.urandom(16).hex(), "device_id": name} for name in self.locks]
            )

    def revoke_all(self) -> None:
        """Revoke all keys in one transaction, as a landlord does."""
        now = utc_now()
        with self.database.writing() as session:
            for key in session.scalars(select(Key).where(Key.desired == "present")).unique():
                revoke_key(session, key, now)

    def unsaid(self) -> bool:
        """Whether a key's removal is not confirmed by its lock yet."""
        with self.database.reading() as session:
            return session.scalar(select(Key.id).where(Key.revoked_at.is_(None)).limit(1)) is not None


async def ours(stage: Stage) -> float:
    """Return the seconds from the commit of the revocation until the last lock's answer is committed."""
    await asyncio.to_thread(stage.put_keys)
    async with at_work(stage) as said:
        await asyncio.to_thread(stage.revoke_all)
        began = time.perf_counter()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while await asyncio.to_thread(stage.unsaid):
                await said.wait()
                said.clear()
        return time.perf_counter() - began


@asynccontextmanager
async def at_work(stage: Stage) -> AsyncIterator[asyncio.Event]:
    """Run the gateway's link, relay and intake; yields an event set after each of its commits."""
    device_lookup = DeviceLookup(stage.database)
    link, loop, said = MqttLink(stage.address), asyncio.get_running_loop(), asyncio.Event()
    drivers = {"native": NativeDriver(link, stage.authority.command_key, device_lookup.public_key_of, utc_now)}
    senders = LockSenders(stage.database, drivers, utc_now)
    relay = Relay(stage.database, senders.table(), utc_now, prepared=CONFIRMED_WORK, prepare=senders.prepare)
    intake = Intake(stage.database, drivers, AwaitedAnswers(), lambda _report, _message: None, utc_now, device_lookup)
    stage.database.after_commit(relay.wake)
    stage.database.after_commit(lambda: None if loop.is_closed() else void(loop.call_soon_threadsafe(said.set)))
    await link.start()
    await asyncio.wait_for(link.until_connected(), TIMEOUT_SECONDS)
    tasks = [asyncio.create_task(relay.run(Rounds())), asyncio.create_task(intake.run(link, None, Rounds()))]
    try:
        yield said
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await link.stop()


def void(_: object) -> None:
    """Discard a result."""


def bare(stage: Stage) -> float:
    """Return the seconds from the first publish until the last answer: paho alone, same locks, same connections.

    The commands are signed in advance, the answers are counted and not parsed: the locks' work is in both, the
    gateway's in ours only.
    """
    commands = signed_before(stage)
    connected, done, left = threading.Event(), threading.Event(), set(stage.locks)

    def on_message(_client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        left.discard(message.topic.split("/")[3])
        if not left:
            done.set()

    client = paho.Client(CallbackAPIVersion.VERSION2, stage.address.client_id, protocol=paho.MQTTv5)
    client.tls_set_context(stage.address.tls)
    client.max_inflight_messages_set(1000)
    client.on_socket_open = _send_at_once
    client.on_message = on_message
    client.on_connect = lambda *_: void(client.subscribe(f"lodgekey/v1/{SITE}/+/ack", qos=1))
    client.on_subscribe = lambda *_: connected.set()
    client.connect(stage.address.host, stage.address.port, clean_start=True)
    client.loop_start()
    try:
        assert connected.wait(TIMEOUT_SECONDS)
        began = time.perf_counter()
        for name, command in commands.items():
            client.publish(f"lodgekey/v1/{SITE}/{name}/cmd", command, qos=1)
        assert done.wait(TIMEOUT_SECONDS)
        return time.perf_counter() - began
    finally:
        client.disconnect()
        client.loop_stop()


def signed_before(stage: Stage) -> dict[str, bytes]:
    """Return a signed read_back command for each lock; the answers contain epochs and keys."""
    now, key = utc_now(), stage.authority.command_key
    return {
        name: sign_command(Command(os.urandom(16), name, "read_back", now, now + DAY, {}), key) for name in stage.locks
    }


def _send_at_once(_client: paho.Client, _data: object, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def issue_locks(authority: Authority, folder: Path, count: int) -> dict[str, bytes]:
    """Write the fleet's keys and certificates to the folder its process reads; return id -> public key, compressed."""
    folder.mkdir(parents=True, mode=0o700)
    (folder / "ca.pem").write_bytes(authority.ca_pem)
    locks = {}
    for number in range(count):
        name, key = f"lock-{number:04}", new_private_key()
        chain = authority.issue_device(key.public_key(), SITE, name, "lock").chain_pem
        (folder / f"{name}.pem").write_bytes(chain)
        # not save_private_key: syncing a thousand files would take longer than the measurement
        (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        locks[name] = compressed_point(key.public_key())
    return locks
