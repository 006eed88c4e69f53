"""Nuki Smart Lock 3 Pro and later over their MQTT API 1.5: `nuki/<id in hex>/<channel>`; one command at a time.

The lock has its own broker settings and no client certificate, so it belongs on the operator's broker; its messages are
as trustworthy as that broker's access rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from devices.driver import Ability, LockAddress, Unable, Unreadable
from devices.drivers.vendor import MqttDriver
from devices.intents import Intent, LockDoor, Unlock
from devices.link import Received
from devices.links.addressing import Place
from devices.reports import Answered, Happened, Reachable, Report
from devices.wire.errors import BadTopic
from devices.wire.messages import Bolt

BOLTS: Final[dict[int, Bolt]] = {
    1: "locked", 2: "unlocking", 3: "unlocked", 4: "locking", 5: "unlocked", 6: "unlocked", 7: "unlocking",
    254: "jammed",
}  # fmt: skip
ACTIONS: Final = {1: "unlocked", 2: "locked", 3: "unlocked", 4: "unlocked", 5: "unlocked", 6: "locked"}
DOORS: Final = {2: False, 3: True}
TAMPERED: Final = 240
MEANS: Final = {0: "ble", 1: "knob", 2: "knob", 3: "auto", 6: "auto", 172: "gateway"}
COMMANDS: Final[dict[type[Intent], bytes]] = {Unlock: b"1", LockDoor: b"2"}
STATE_TOPICS: Final = (
    "connected",
    "state",
    "commandResponse",
    "lockActionEvent",
    "batteryChargeState",
    "doorsensorState",
)
MOMENTARY: Final = ("commandResponse", "lockActionEvent")  # retained, they would report an old state as new
HEX = re.compile(r"[0-9a-f]{1,16}\Z")
NUMBER = re.compile(rb"[0-9]{1,3}\Z")


@dataclass(frozen=True, slots=True)
class NukiTopics:
    """The device id is the lock's id in lower-case hex; all locks behind one link belong to one site."""

    site: str

    def subscriptions(self) -> list[str]:
        """Topic filters of the channels that are read."""
        return [f"nuki/+/{name}" for name in STATE_TOPICS]

    def topic_of(self, place: Place) -> str:
        """Topic with the id in upper-case hex, as the lock writes it."""
        _, device, channel = place
        if not HEX.match(device):
            raise BadTopic("a Nuki lock's id is hexadecimal")
        return f"nuki/{device.upper()}/{channel}"

    def place_of(self, topic: str) -> Place:
        """Site, device (lower-case hex) and channel of a topic."""
        parts = topic.split("/")
        if len(parts) != 3 or parts[0] != "nuki" or not HEX.match(parts[1].lower()):
            raise BadTopic("not a Nuki topic")
        return self.site, parts[1].lower(), parts[2]


class NukiDriver(MqttDriver):
    """Sends lock actions; reads states, events and answers."""

    name = "nuki"
    abilities = frozenset({Ability.UNLOCK, Ability.LOCK})

    @staticmethod
    def topics(site: str) -> NukiTopics:
        """See NukiTopics."""
        return NukiTopics(site)

    async def send(self, lock: LockAddress, intent: Intent) -> Answered | None:
        """Send one lock action. Raises Unable, LinkDown."""
        payload = COMMANDS.get(type(intent))
        if payload is None:
            raise Unable("unknown_type")
        return await self._commands.ask(lock, intent, [("lockAction", payload)], wanted="")

    def read(self, message: Received) -> Sequence[Report]:
        """At most one report. Raises Unreadable."""
        if message.retained and message.channel in MOMENTARY:
            raise Unreadable("retained")
        device = message.device
        if message.channel == "connected" and message.payload in (b"true", b"false"):
            return [Reachable(device, message.payload == b"true")]
        if message.channel == "lockActionEvent":
            return self._event(device, message.payload)
        number = _number(message.payload)
        if message.channel == "commandResponse":
            return self._commands.settle(device, *(("done",) if number == 0 else ("failed", "vendor_error")))
        if message.channel == "state":
            return [self._state_report(device, BOLTS.get(number, "unknown"))]
        if message.channel == "batteryChargeState" and number <= 100:
            return [self._happened(device, "battery", percent=number)]
        if message.channel == "doorsensorState":
            return self._door(device, number)
        raise Unreadable("bad_message")

    def _event(self, device: str, payload: bytes) -> list[Happened]:
        """lockActionEvent: `action,trigger,authId,codeId,…`; a code id means that the keypad was used."""
        fields = [_number(field) for field in payload.split(b",")[:2]]
        codes = payload.split(b",")[3:4]
        if len(fields) < 2:
            raise Unreadable("bad_message")
        if fields[0] not in ACTIONS:
            return []
        means = "passcode" if codes and codes[0] not in (b"", b"0") else MEANS.get(fields[1], "knob")
        return [self._happened(device, ACTIONS[fields[0]], means=means)]

    def _door(self, device: str, number: int) -> list[Happened]:
        if number == TAMPERED:
            return [self._happened(device, "tampered")]
        return [self._happened(device, "door", open=DOORS[number])] if number in DOORS else []


def _number(payload: bytes) -> int:
    if not NUMBER.match(payload):
        raise Unreadable("bad_message")
    return int(payload)
