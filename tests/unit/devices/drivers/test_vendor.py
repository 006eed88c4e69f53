"""Drivers of locks that have no command ids, signatures or sequence numbers."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass

import pytest

from devices.driver import LockAddress, Unreadable
from devices.drivers.nuki import NukiDriver, NukiTopics
from devices.drivers.zigbee2mqtt import Zigbee2MqttDriver, Zigbee2MqttTopics
from devices.intents import PutPasscode, Unlock
from devices.link import LinkDown, Received
from devices.links.memory import MemoryLink, Said
from devices.reports import Answered, Happened, Report, StateReported
from devices.wire.errors import BadTopic
from firmware_sim.vendors.nuki import SimNuki
from firmware_sim.vendors.zigbee2mqtt import SimZigbeeLock

DOOR = LockAddress("house-1", "3a4b5c6d")


@dataclass
class SimClock:
    """A clock moved by hand."""

    at: int = 1_800_000_000

    def __call__(self) -> int:
        return self.at


@dataclass
class Bench:
    """A driver with a simulated lock."""

    sim: SimNuki | SimZigbeeLock
    clock: SimClock
    link: MemoryLink
    driver: NukiDriver | Zigbee2MqttDriver

    def unlock(self) -> Unlock:
        return Unlock(secrets.token_bytes(16), bytes(16), self.clock() + 10)

    def read(self, said: list[Said], *, retained: bool = False) -> list[Report]:
        """Reports that the driver reads from the lock's unsolicited messages."""
        received: list[Report] = []
        for channel, payload in said:
            message = Received(DOOR.site, DOOR.device, channel, payload, retained, lambda: None)
            received += self.driver.read(message)
        return received

    def hear(self) -> list[Report]:
        received: list[Report] = []
        for message in self.link.unacked:
            message.ack()
            received += self.driver.read(message)
        return received


@pytest.fixture
def nuki() -> Bench:
    sim, clock = SimNuki(), SimClock()
    link = MemoryLink(lambda sent: sim.hear(sent.channel, sent.payload))
    link.connected = True
    return Bench(sim, clock, link, NukiDriver(link, clock))


@pytest.fixture
def zigbee() -> Bench:
    sim, clock = SimZigbeeLock(), SimClock()
    link = MemoryLink(lambda sent: sim.hear(sent.channel, sent.payload))
    link.connected = True
    return Bench(sim, clock, link, Zigbee2MqttDriver(link, clock))


def answers(reports: list[Report]) -> list[tuple[bytes, str, str | None]]:
    return [(r.command_id, r.outcome, r.code) for r in reports if isinstance(r, Answered)]


def happenings(reports: list[Report]) -> list[tuple[str, object]]:
    return [(r.type, r.body.get("means")) for r in reports if isinstance(r, Happened)]


async def test_a_lock_that_is_busy_is_not_asked_a_second_thing(nuki: Bench) -> None:
    assert isinstance(nuki.sim, SimNuki)
    nuki.sim.deaf = True
    await nuki.driver.send(DOOR, nuki.unlock())
    with pytest.raises(LinkDown, match="busy"):
        await nuki.driver.send(DOOR, nuki.unlock())
    assert len(nuki.link.sent) == 1
    nuki.clock.at += 10
    await nuki.driver.send(DOOR, nuki.unlock())
    assert len(nuki.link.sent) == 2


async def test_a_lost_answer_never_brings_a_second_unlock(nuki: Bench) -> None:
    assert isinstance(nuki.sim, SimNuki)
    nuki.sim.deaf = True
    intent = nuki.unlock()
    for _ in range(3):
        assert await nuki.driver.send(DOOR, intent) is None
    assert nuki.sim.movements == [3]


async def test_an_answer_that_comes_after_the_commands_time_is_nobodys(nuki: Bench) -> None:
    assert isinstance(nuki.sim, SimNuki)
    nuki.sim.deaf = True
    await nuki.driver.send(DOOR, nuki.unlock())
    nuki.clock.at += 10
    assert nuki.read([("commandResponse", b"0")]) == []


async def test_a_blocked_motor_fails_and_is_shown_as_jammed(nuki: Bench) -> None:
    assert isinstance(nuki.sim, SimNuki)
    nuki.sim.blocked = True
    intent = nuki.unlock()
    await nuki.driver.send(DOOR, intent)
    reports = nuki.hear()
    assert answers(reports) == [(intent.command_id, "failed", "vendor_error")]
    assert [r.state.bolt for r in reports if isinstance(r, StateReported)] == ["jammed"]


def test_the_knob_and_the_keypad_are_distinguished(nuki: Bench) -> None:
    assert isinstance(nuki.sim, SimNuki)
    assert happenings(nuki.read(nuki.sim.turn_knob())) == [("unlocked", "knob")]
    assert happenings(nuki.read(nuki.sim.enter_code(12))) == [("unlocked", "passcode")]


@pytest.mark.parametrize("channel", ["commandResponse", "lockActionEvent"])
def test_a_retained_moment_is_old_news(nuki: Bench, channel: str) -> None:
    with pytest.raises(Unreadable, match="retained"):
        nuki.read([(channel, b"1,1,0,0,0")], retained=True)


@pytest.mark.parametrize(
    ("number", "bolt"),
    [(0, "unknown"), (1, "locked"), (3, "unlocked"), (5, "unlocked"), (253, "unknown"), (254, "jammed")],
)
def test_a_nuki_state_is_said_in_our_words(nuki: Bench, number: int, bolt: str) -> None:
    (reported,) = nuki.read([("state", b"%d" % number)])
    assert isinstance(reported, StateReported)
    assert reported.state.bolt == bolt


def test_doors_batteries_and_tampering_are_reported(nuki: Bench) -> None:
    said = [("doorsensorState", b"3"), ("doorsensorState", b"240"), ("batteryChargeState", b"40")]
    reported = [(r.type, dict(r.body)) for r in nuki.read(said) if isinstance(r, Happened)]
    assert reported == [("door", {"open": True}), ("tampered", {}), ("battery", {"percent": 40})]


def test_numbers_rise_over_a_restart_even_within_a_second(nuki: Bench) -> None:
    first = [r.state.seq for r in nuki.read([("state", b"1")] * 3) if isinstance(r, StateReported)]
    nuki.clock.at += 1
    nuki.driver = NukiDriver(nuki.link, nuki.clock)
    later = [r.state.seq for r in nuki.read([("state", b"1")]) if isinstance(r, StateReported)]
    assert first == sorted(set(first))
    assert later[0] > first[-1]


def test_nuki_topics_are_read_and_written_in_the_locks_own_case() -> None:
    topics = NukiTopics("house-1")
    assert topics.topic_of(("house-1", "3a4b5c6d", "lockAction")) == "nuki/3A4B5C6D/lockAction"
    assert topics.place_of("nuki/3A4B5C6D/state") == ("house-1", "3a4b5c6d", "state")
    for topic in ("nuki/+/state", "nuki/xyz/state", "nuki/3A/a/b", "other/3A/state"):
        with pytest.raises(BadTopic):
            topics.place_of(topic)
    with pytest.raises(BadTopic):
        topics.topic_of(("house-1", "#", "lockAction"))


async def test_a_zigbee_lock_has_done_it_when_its_state_says_so(zigbee: Bench) -> None:
    assert isinstance(zigbee.sim, SimZigbeeLock)
    intent = zigbee.unlock()
    await zigbee.driver.send(DOOR, intent)
    assert answers(zigbee.read(zigbee.sim.report(), retained=True)) == []
    assert answers(zigbee.hear()) == [(intent.command_id, "done", None)]


async def test_a_bolt_that_stays_halfway_has_failed(zigbee: Bench) -> None:
    assert isinstance(zigbee.sim, SimZigbeeLock)
    zigbee.sim.jammed = True
    intent = zigbee.unlock()
    await zigbee.driver.send(DOOR, intent)
    assert answers(zigbee.hear()) == [(intent.command_id, "failed", "jammed")]


async def test_a_pin_opens_until_it_is_dropped(zigbee: Bench) -> None:
    assert isinstance(zigbee.sim, SimZigbeeLock)
    await zigbee.driver.send(DOOR, PutPasscode(secrets.token_bytes(16), 4, "284711", zigbee.clock() + 10))
    assert len(answers(zigbee.hear())) == 1
    assert happenings(zigbee.read(zigbee.sim.enter_pin("284711"))) == [("unlocked", "passcode")]
    assert zigbee.sim.enter_pin("000000") == []


def test_zigbee_topics_take_names_of_ours_only() -> None:
    topics = Zigbee2MqttTopics("house-1")
    assert topics.topic_of(("house-1", "front-door", "set")) == "zigbee2mqtt/front-door/set"
    assert topics.place_of("zigbee2mqtt/front-door") == ("house-1", "front-door", "state")
    assert topics.place_of("zigbee2mqtt/front-door/availability")[2] == "availability"
    for topic in ("zigbee2mqtt/Front Door", "zigbee2mqtt/a/b/c", "front-door", "zigbee2mqtt/+"):
        with pytest.raises(BadTopic):
            topics.place_of(topic)


def test_what_is_no_json_object_is_set_aside(zigbee: Bench) -> None:
    for payload in (b"", b"[]", b"NaN", b'{"battery":Infinity}', json.dumps({"x": "y" * 9000}).encode()):
        with pytest.raises(Unreadable, match="bad_message"):
            zigbee.read([("state", payload)])


def test_real_time_fits_the_numbers_of_a_database(nuki: Bench) -> None:
    nuki.clock.at = int(time.time()) + 50 * 365 * 86_400
    (reported,) = nuki.read([("state", b"1")])
    assert isinstance(reported, StateReported)
    assert reported.state.seq < 2**63
