"""Zigbee locks behind Zigbee2MQTT: JSON at `zigbee2mqtt/<friendly name>`, commands to `…/set`, questions to `…/get`.

No secrets of ours: whoever runs Zigbee2MQTT can open the door. The friendly name must be a device id.

Locks confirm a PIN in different ways: some send a programming event (`pin_code_added`, `pin_code_changed`), some only
answer when a slot is read (`users`). So every PIN command is followed by a read of its slot, and whichever comes first
settles it (devices.drivers.zigbee_slots).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from devices.driver import Ability, LockAddress, Unable, Unreadable
from devices.drivers.vendor import MqttDriver, json_object, percent
from devices.drivers.zigbee_slots import SlotReports, free, is_slot, taken
from devices.intents import DropPasscode, Intent, LockDoor, PutPasscode, Unlock
from devices.link import Link, Received
from devices.links.addressing import Place
from devices.reports import Answered, Happened, Reachable, Report, StateReported
from devices.wire.errors import BadTopic
from devices.wire.messages import Bolt
from devices.wire.topics import IDENTIFIER

BOLTS: Final[dict[Any, Bolt]] = {"locked": "locked", "unlocked": "unlocked", "not_fully_locked": "jammed"}
MEANS: Final = {"keypad": "passcode", "rfid": "passcode", "manual": "knob", "rf": "gateway"}
ACTIONS: Final = {"unlock": "unlocked", "lock": "locked", "manual_unlock": "unlocked", "manual_lock": "locked"}


@dataclass(frozen=True, slots=True)
class Zigbee2MqttTopics:
    """All locks behind one link belong to one site."""

    site: str
    prefix: str = "zigbee2mqtt"

    def subscriptions(self) -> list[str]:
        """Topic filters of states and availability."""
        return [f"{self.prefix}/+", f"{self.prefix}/+/availability"]

    def topic_of(self, place: Place) -> str:
        """The lock's command topic."""
        _, device, channel = place
        if not IDENTIFIER.match(device):
            raise BadTopic("not a name of ours")
        return f"{self.prefix}/{device}/{channel}"

    def place_of(self, topic: str) -> Place:
        """Site, device and channel; the lock's own topic is channel `state`."""
        parts = topic.removeprefix(f"{self.prefix}/").split("/")
        if topic == "/".join(parts) or len(parts) > 2 or not IDENTIFIER.match(parts[0]):
            raise BadTopic("not a Zigbee2MQTT topic with a name of ours")
        return self.site, parts[0], parts[1] if len(parts) == 2 else "state"


class Zigbee2MqttDriver(MqttDriver):
    """A command is done when the lock's next state confirms it; there is no other answer."""

    name = "zigbee2mqtt"
    abilities = frozenset({Ability.UNLOCK, Ability.LOCK, Ability.PASSCODES})

    def __init__(self, link: Link, now: Callable[[], int]) -> None:
        """`now`: UTC seconds."""
        super().__init__(link, now)
        self._slots = SlotReports()

    @staticmethod
    def topics(site: str) -> Zigbee2MqttTopics:
        """See Zigbee2MqttTopics."""
        return Zigbee2MqttTopics(site)

    async def send(self, lock: LockAddress, intent: Intent) -> Answered | None:
        """Request a state or a PIN slot. Raises Unable, LinkDown."""
        wanted, messages = _messages_of(intent)
        self._slots.forget_command(lock.device)
        return await self._commands.ask(lock, intent, messages, wanted)

    def read(self, message: Received) -> Sequence[Report]:
        """Answer, event and state, as far as the message contains them. Raises Unreadable."""
        said = json_object(message.payload)
        if message.channel == "availability" and said.get("state") in ("online", "offline"):
            return [Reachable(message.device, said.get("state") == "online")]
        if message.channel != "state":
            raise Unreadable("bad_message")
        reports: list[Report] = []
        if not message.retained:
            reports += [*self._answer(message.device, said), *self._event(message.device, said)]
        return [*reports, *self._state(message.device, said)]

    def _answer(self, device: str, said: dict[str, Any]) -> list[Answered]:
        command, confirmed = self._commands.open_command(device), self._slots.confirmed(device, said)
        if command and command.wanted in (said.get("lock_state"), *confirmed):
            return self._commands.settle(device, "done")
        if command and said.get("lock_state") == "not_fully_locked":
            return self._commands.settle(device, "failed", "jammed")
        return []

    def _event(self, device: str, said: dict[str, Any]) -> list[Happened]:
        kind = ACTIONS.get(str(said.get("action")))
        if kind is None:
            return []
        means = MEANS.get(str(said.get("action_source_name")), "knob")
        user = said.get("action_user")
        slot = {"slot": user} if means == "passcode" and is_slot(user) else {}
        return [self._happened(device, kind, means=means, **slot)]

    def _state(self, device: str, said: dict[str, Any]) -> list[StateReported]:
        if "lock_state" not in said:
            return []
        return [self._state_report(device, BOLTS.get(str(said["lock_state"]), "unknown"), percent(said.get("battery")))]


def _messages_of(intent: Intent) -> tuple[str, list[tuple[str, bytes]]]:
    """What confirms the command, and the messages (channel, payload) to publish."""
    match intent:
        case Unlock():
            return "unlocked", [("set", _json({"state": "UNLOCK"}))]
        case LockDoor():
            return "locked", [("set", _json({"state": "LOCK"}))]
        case PutPasscode(slot=slot, digits=digits):
            pin = {"user": slot, "user_type": "unrestricted", "user_enabled": True, "pin_code": digits}
            return taken(slot), [("set", _json({"pin_code": pin})), _read(slot), _read(slot)]
        case DropPasscode(slot=slot):
            empty = _json({"pin_code": {"user": slot, "pin_code": None}})
            return free(slot), [_read(slot), ("set", empty), _read(slot)]
        case _:
            raise Unable("unknown_type")


def _read(slot: int) -> tuple[str, bytes]:
    return "get", _json({"pin_code": {"user": slot}})


def _json(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode()
