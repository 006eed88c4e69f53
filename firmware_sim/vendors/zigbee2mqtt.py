"""Simulated Zigbee lock as presented by Zigbee2MQTT."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Said = tuple[str, bytes]
TARGETS = {"UNLOCK": "unlocked", "LOCK": "locked"}


@dataclass(slots=True)
class SimZigbeeLock:
    """One lock with PIN slots; `jammed` keeps the bolt halfway."""

    bolt: str = "locked"
    battery: int = 90
    movements: list[str] = field(default_factory=list)
    pins: dict[int, str] = field(default_factory=dict)
    jammed: bool = False

    def hear(self, channel: str, payload: bytes) -> list[Said]:
        """Return the messages published in response to one message on the inlet `set`."""
        asked = json.loads(payload)
        if channel != "set":
            return []
        if "pin_code" in asked:
            return [self._say(self._keep_pin(asked["pin_code"]))]
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

    def _keep_pin(self, asked: dict[str, Any]) -> dict[str, Any]:
        slot = asked["user"]
        if asked["pin_code"] is None:
            self.pins.pop(slot, None)
            return {"action": "pin_code_deleted", "action_user": slot}
        self.pins[slot] = str(asked["pin_code"])
        return {"action": "pin_code_added", "action_user": slot}

    def _move(self, target: str) -> None:
        self.bolt = target
        self.movements.append(target)

    def _say(self, more: dict[str, Any]) -> Said:
        state = {"lock_state": self.bolt, "state": "UNLOCK" if self.bolt == "unlocked" else "LOCK"}
        return "state", json.dumps({**state, "battery": self.battery, **more}).encode()
