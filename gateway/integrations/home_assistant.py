"""Publish locks to Home Assistant on the operator's broker (MQTT discovery): last states, no personal data.

Read-only unless commands are switched on. Home Assistant requires a command topic for every lock; without commands
nothing subscribes to it. A command becomes one of the gateway's: signed for native locks, expiring after seconds,
never retained.
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from devices.driver import Ability
from devices.link import LinkDown, Received
from devices.links.addressing import Place
from devices.links.mqtt import MqttLink
from devices.wire.errors import BadTopic
from devices.wire.topics import IDENTIFIER
from gateway.domain.keys.key import UNLOCK_LIFETIME
from gateway.journey.keys.lock_abilities import can
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue
from gateway.store import Command, Device
from gateway.store.database import Database
from gateway.supervision import Rounds

log = logging.getLogger(__name__)

PREFIX: Final = "lodgekey-home"
STATUS: Final = f"{PREFIX}/status"
BIRTH: Final = "homeassistant/status"
STATES: Final = {bolt: bolt.upper() for bolt in ("locked", "locking", "unlocked", "unlocking", "jammed")}
UNKNOWN: Final = "None"  # Home Assistant's word for an unknown state
COMMANDS: Final = {b"LOCK": ("lock", Ability.LOCK), b"UNLOCK": ("unlock", Ability.UNLOCK)}
POLL_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class HomeTopics:
    """Topics: Home Assistant's birth message, and its commands where they are switched on."""

    commands: bool

    def subscriptions(self) -> list[str]:
        """The topic filters to subscribe to."""
        return [BIRTH, f"{PREFIX}/+/set"] if self.commands else [BIRTH]

    def topic_of(self, place: Place) -> str:
        """Raises BadTopic: no commands are sent to Home Assistant."""
        raise BadTopic(place[2])

    def place_of(self, topic: str) -> Place:
        """(site, device, channel) of `lodgekey-home/<device>/set`, or of the birth message."""
        parts = topic.split("/")
        if topic == BIRTH:
            return "", "", "birth"
        if len(parts) != 3 or parts[0] != PREFIX or parts[2] != "set" or not IDENTIFIER.match(parts[1]):
            raise BadTopic("not a topic of this gateway")
        return "", parts[1], "set"


class HomeAssistant:
    """Keeps the retained topics on the operator's broker up to date with the states that locks reported."""

    def __init__(self, database: Database, link: MqttLink, now: Callable[[], int]) -> None:
        """`link` carries HomeTopics and has STATUS as its will."""
        self._database, self._link, self._now = database, link, now
        self._announced: dict[str, bytes] = {}
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Publish again, after a commit; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    async def start(self) -> None:
        """Start connecting."""
        await self._link.start()

    async def run(self, rounds: Rounds) -> None:
        """Publish changes until cancelled; everything again after each connection."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self._link.until_connected()
            self._announced.clear()
            try:
                while self._link.connected:
                    self._news.clear()
                    rounds.begin()
                    await self._announce()
                    rounds.good()
                    await self._rest()
            except (LinkDown, SQLAlchemyError) as error:
                log.warning("states could not be published to Home Assistant: %s", type(error).__name__)
                if isinstance(error, LinkDown):
                    rounds.good()  # nothing is owed to a broker that is away: everything is published on its return
                await asyncio.sleep(POLL_SECONDS)

    async def hear(self, rounds: Rounds) -> None:
        """Handle commands and Home Assistant's birth message until cancelled."""
        async for batch in self._link.batches():
            rounds.begin()
            for message in batch:
                try:
                    await self._take(message)
                except SQLAlchemyError as error:  # a command is good for seconds only, so it is not tried again
                    log.error("a command from Home Assistant was lost: %s", type(error).__name__)
                message.ack()
            rounds.good()

    async def stop(self) -> None:
        """Publish that this gateway is offline."""
        if self._link.connected:
            try:
                await self._link.announce(STATUS, b"offline")
            except LinkDown:
                log.info("the link is down; the broker publishes the will to Home Assistant")
        await self._link.stop()

    async def _announce(self) -> None:
        wanted = {STATUS: b"online"} | await asyncio.to_thread(self._statements)
        for topic, payload in wanted.items():
            if self._announced.get(topic) != payload:
                await self._link.announce(topic, payload)
                self._announced[topic] = payload

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return

    def _statements(self) -> dict[str, bytes]:
        with self._database.reading() as session:
            locks = session.scalars(select(Device).where(Device.kind == "lock")).all()
            return {topic: payload for lock in locks for topic, payload in statements(lock).items()}

    async def _take(self, message: Received) -> None:
        if message.channel == "birth":
            self._announced.clear()
            self._news.set()
            return
        reason = "it was retained" if message.retained else await asyncio.to_thread(self._enqueue_command, message)
        if reason:
            log.warning("a command from Home Assistant was refused: %s", reason)

    def _enqueue_command(self, message: Received) -> str | None:
        """Queue one command for its lock; returns the reason where it is refused."""
        with self._database.writing() as session:
            device = session.get(Device, message.device)
            do, ability = COMMANDS.get(message.payload, ("", Ability.SHOW))
            if device is None or device.revoked_at is not None or not do:
                return "no such lock, or no such command"
            if not can(device, ability):
                return "the lock cannot do that"
            if do == "unlock" and can(device, Ability.SIGNED_KEYS):
                return "this lock opens for keys only, and Home Assistant holds none"
            enqueue_command(session, device, do, self._now())
        return None


def enqueue_command(session: Session, device: Device, do: str, now: int) -> None:
    """Queue one `lock` or `unlock` that is not a tenant's; it expires after ten seconds."""
    command = Command(
        id=os.urandom(16).hex(), device_id=device.id, type=do, issued_at=now, expires_at=now + UNLOCK_LIFETIME
    )
    session.add(command)
    enqueue(
        session,
        party=f"lock:{device.id}",
        lane=lanes.unlock(command.id),
        work="external_command",
        about=device.id,
        now=now,
        expires_at=command.expires_at,
        command_id=command.id,
        body={"do": do},
    )


def statements(lock: Device) -> dict[str, bytes]:
    """Topic -> retained payload for one lock; an empty payload removes a lock that is out of service."""
    name, at = f"lodgekey-{lock.id}", f"{PREFIX}/{lock.id}"
    configs = {
        f"homeassistant/lock/{name}/config": _lock_config(lock, name, at),
        f"homeassistant/sensor/{name}-battery/config": _battery_config(lock, name, at),
    }
    if lock.revoked_at is not None:
        return dict.fromkeys([*configs, f"{at}/state", f"{at}/battery", f"{at}/availability"], b"")
    payloads = {
        f"{at}/availability": b"online" if lock.online else b"offline",
        f"{at}/state": STATES.get("jammed" if lock.alarm == "jammed" else lock.bolt, UNKNOWN).encode(),
        f"{at}/battery": (UNKNOWN if lock.battery is None else str(lock.battery)).encode(),
    }
    return {topic: json.dumps(config).encode() for topic, config in configs.items()} | payloads


def _lock_config(lock: Device, name: str, at: str) -> Mapping[str, Any]:
    return _entity(lock, name, at) | {
        "name": None,
        "command_topic": f"{at}/set",
        "state_topic": f"{at}/state",
        "optimistic": False,
        "retain": False,
        "qos": 1,
    }


def _battery_config(lock: Device, name: str, at: str) -> Mapping[str, Any]:
    measured = {"device_class": "battery", "unit_of_measurement": "%", "entity_category": "diagnostic"}
    return _entity(lock, f"{name}-battery", at) | measured | {"name": "Battery", "state_topic": f"{at}/battery"}


def _entity(lock: Device, unique_id: str, at: str) -> dict[str, Any]:
    """Properties common to every entity. The lock is named by its id, because a label may name its tenant."""
    return {
        "unique_id": unique_id,
        "availability": [{"topic": STATUS}, {"topic": f"{at}/availability"}],
        "availability_mode": "all",
        "device": {"identifiers": [f"lodgekey-{lock.id}"], "name": lock.id, "model": lock.driver},
        "origin": {"name": "Lodgekey"},
    }
