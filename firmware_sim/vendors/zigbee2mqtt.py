"""Simulated Zigbee lock as presented by Zigbee2MQTT.

Zigbee2MQTT publishes one merged state per lock: everything it has cached, `users` included, in every message; events
(`action…`) are never cached. It carries a PIN command to the lock and publishes nothing by itself: what follows depends
on the lock (`confirms`). A slot outside the lock's own range is refused before the lock hears of it, without a message.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

Said = tuple[str, bytes]
Confirms = Literal["added", "changed", "read", "nothing"]
TARGETS = {"UNLOCK": "unlocked", "LOCK": "locked"}


@dataclass(slots=True)
class SimZigbeeLock:
    """One lock with PIN slots 0 to `pin_count` - 1; `jammed` keeps the bolt halfway.

    `confirms`: a programming event that tells a new PIN from a changed one ("added"), one that calls every PIN changed
    ("changed"), only the answer to a read ("read"), or nothing.
    """

    bolt: str = "locked"
    battery: int = 90
    movements: list[str] = field(default_factory=list)
    pins: dict[int, str] = field(default_factory=dict)
    jammed: bool = False
    confirms: Confirms = "added"
    pin_count: int = 250
    programmed: int = 0
    users: dict[str, dict[str, str]] = field(default_factory=dict)

    def hear(self, channel: str, payload: bytes) -> list[Said]:
        """Return the messages published in response to one message on the inlet `set` or `get`."""
        asked = json.loads(payload)
        if "pin_code" in asked and not 0 <= asked["pin_code"]["user"] < self.pin_count:
            return []
        if channel == "get":
            return self._read_pin(asked["pin_code"]["user"])
        if "pin_code" in asked:
            return self._keep_pin(asked["pin_code"])
        target = TARGETS[asked["state"]]
        if self.jammed:
            return [self._say({"lock_state": "not_fully_locked"})]
        self._move(target)
        return [self._say({"action": asked["state"].lower(), "action_source_name": "rf"})]

    def turn_knob(self) -> list[Said]:
        """Turn the knob by hand."""
        self._move("locked" if self.bolt == "unlocked" else "unlocked")
        return [
            self._say(
                {"action": f"manual_{'un' if self.bolt == 'unlocked' else ''}lock", "action_source_name": "manual"}
            )
        ]

    def enter_pin(self, digits: str) -> list[Said]:
        """Type a PIN; a wrong one causes no message."""
        slot = next((slot for slot, pin in self.pins.items() if pin == digits), None)
        if slot is None:
            return []
        self._move("unlocked")
        return [self._say({"action": "unlock", "action_source_name": "keypad", "action_user": slot})]

    def report(self) -> list[Said]:
        """Return the periodic state."""
        return [self._say({})]

    def _keep_pin(self, asked: dict[str, Any]) -> list[Said]:
        slot, digits = asked["user"], asked["pin_code"]
        known = slot in self.pins
        self.programmed += 1
        if digits is None:
            self.pins.pop(slot, None)
        else:
            self.pins[slot] = str(digits)
        if self.confirms not in ("added", "changed"):
            return []
        written = "changed" if known or self.confirms == "changed" else "added"
        event = f"pin_code_{'deleted' if digits is None else written}"
        return [self._say({"action": event, "action_user": slot})]

    def _read_pin(self, slot: int) -> list[Said]:
        if self.confirms != "read":
            return []
        self.users[str(slot)] = {"status": "enabled" if slot in self.pins else "available"}
        return [self._say({})]

    def _move(self, target: str) -> None:
        self.bolt = target
        self.movements.append(target)

    def _say(self, more: dict[str, Any]) -> Said:
        state: dict[str, Any] = {"lock_state": self.bolt, "state": "UNLOCK" if self.bolt == "unlocked" else "LOCK"}
        if self.users:
            state["users"] = self.users
        return "state", json.dumps({**state, "battery": self.battery, **more}).encode()
