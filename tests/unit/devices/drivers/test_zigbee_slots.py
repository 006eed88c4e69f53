"""PINs of Zigbee locks, whatever the way in which a lock confirms them.

Sources: keymaster#660, #661 and #460, zigbee2mqtt#32289; Zigbee2MQTT's lib/state.ts (what its cache repeats) and
zigbee-herdsman-converters' lock converters (which events and answers there are).
"""

import json
import secrets
from typing import get_args

import pytest

from devices.drivers.zigbee2mqtt import Zigbee2MqttDriver
from devices.intents import DropPasscode, PutPasscode
from devices.link import Received
from devices.links.memory import MemoryLink
from devices.reports import Answered, Report
from firmware_sim.vendors.zigbee2mqtt import Confirms, SimZigbeeLock
from tests.parts.world import NOW
from tests.unit.devices.drivers.test_vendor import DOOR

SLOT = 11
CONFIRMING = [way for way in get_args(Confirms) if way != "nothing"]


class Lock:
    """A driver with a simulated lock."""

    def __init__(self, confirms: Confirms = "added", pin_count: int = 250) -> None:
        self.sim = SimZigbeeLock(confirms=confirms, pin_count=pin_count)
        self.link = MemoryLink(lambda sent: self.sim.hear(sent.channel, sent.payload))
        self.link.connected = True
        self.restart()

    def restart(self) -> None:
        """The gateway starts again and has forgotten everything about the lock."""
        self.driver = Zigbee2MqttDriver(self.link, lambda: NOW)

    async def put(self, digits: str = "284711") -> list[bytes]:
        """Put a PIN; returns the ids of commands the lock confirmed."""
        command = secrets.token_bytes(16)
        await self.driver.send(DOOR, PutPasscode(command, SLOT, digits, NOW + 10))
        return self.confirmed(command)

    async def drop(self) -> list[bytes]:
        """Empty the slot; returns the ids of commands the lock confirmed."""
        command = secrets.token_bytes(16)
        await self.driver.send(DOOR, DropPasscode(command, SLOT, NOW + 10))
        return self.confirmed(command)

    def confirmed(self, command: bytes) -> list[bytes]:
        reports: list[Report] = []
        for message in self.link.unacked:
            message.ack()
            reports += self.driver.read(message)
        answers = [report for report in reports if isinstance(report, Answered)]
        assert all((answer.command_id, answer.outcome) == (command, "done") for answer in answers)
        return [answer.command_id for answer in answers]

    def publish(self, **state: object) -> list[Answered]:
        """The lock publishes something by itself; returns what the driver takes for answers."""
        payload = json.dumps(state).encode()
        reports = self.driver.read(Received(DOOR.site, DOOR.device, "state", payload, False, lambda: None))
        return [report for report in reports if isinstance(report, Answered)]


@pytest.mark.parametrize("confirms", CONFIRMING)
async def test_outside_13_a_pin_is_on_the_lock_after_one_command_whatever_the_confirmation_is_called(
    confirms: Confirms,
) -> None:
    lock = Lock(confirms)
    assert len(await lock.put()) == 1
    assert (lock.sim.programmed, lock.sim.pins) == (1, {SLOT: "284711"})


@pytest.mark.parametrize("confirms", CONFIRMING)
@pytest.mark.parametrize("restarted", [False, True])
async def test_a_pin_is_replaced_and_removed_with_one_command_each(confirms: Confirms, restarted: bool) -> None:
    lock = Lock(confirms)
    for digits in ("284711", "390052", None, "284711", None):
        if restarted:
            lock.restart()
        assert len(await (lock.put(digits) if digits else lock.drop())) == 1
    assert (lock.sim.programmed, lock.sim.pins) == (5, {})


async def test_a_lock_that_confirms_nothing_leaves_its_command_open() -> None:
    lock = Lock("nothing")
    assert await lock.put() == []
    assert lock.publish(lock_state="locked", battery=80) == []


async def test_outside_13_the_report_that_lists_the_slot_as_enabled_confirms_a_pin() -> None:
    lock = Lock("nothing")
    await lock.put()
    assert len(lock.publish(lock_state="locked", users={str(SLOT): {"status": "enabled"}})) == 1


async def test_a_cached_status_repeated_with_an_unrelated_event_does_not_confirm_a_removal() -> None:
    """Zigbee2MQTT repeats `users` in every message: an old "available" is no proof that the PIN of today is gone."""
    lock = Lock("nothing")
    lock.publish(lock_state="locked", users={str(SLOT): {"status": "available"}})
    await lock.drop()
    stale = {"lock_state": "unlocked", "users": {str(SLOT): {"status": "available"}}}
    for _ in range(3):
        assert lock.publish(**stale, action="unlock", action_user=3, action_source_name="keypad") == []


@pytest.mark.parametrize("other", [SLOT - 1, SLOT + 1, 1, 111])
async def test_the_confirmation_of_another_slot_does_not_count(other: int) -> None:
    lock = Lock("nothing")
    await lock.put()
    assert lock.publish(action="pin_code_added", action_user=other) == []
    assert lock.publish(users={str(other): {"status": "enabled"}}) == []


@pytest.mark.parametrize(
    "users", [None, [], {"x": {}}, {"11": None}, {"11": {"status": 1}}, {"-1": {"status": "enabled"}}]
)
async def test_unusable_reports_of_slots_prove_nothing(users: object) -> None:
    lock = Lock("nothing")
    await lock.put()
    assert lock.publish(users=users) == []
