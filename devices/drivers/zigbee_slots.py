"""What Zigbee2MQTT reports about the PIN slots of its locks, and when a report proves that a command was carried out.

A programming event (`action`, ZCL 8 §7.3.2.17.42) names the slot it is about and is proof by itself. `users` is not:
Zigbee2MQTT caches it and repeats it in every later message of the lock, whatever that message is about. A status in
`users` is therefore proof only when it differs from the one seen before (a slot never seen counts as free), or when it
comes twice in messages without an event while the command is open, which the reads sent with the command bring about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

MAX_SLOTS: Final = 1000
TAKEN_EVENTS: Final = frozenset({"pin_code_added", "pin_code_changed"})
FREE_EVENTS: Final = frozenset({"pin_code_deleted"})
STATUSES: Final = {"enabled": "taken", "available": "free"}  # ZCL user status 1 and 0
REPEATED: Final = 2


def taken(slot: int) -> str:
    """The confirmation that a slot holds its PIN."""
    return f"taken:{slot}"


def free(slot: int) -> str:
    """The confirmation that a slot is empty."""
    return f"free:{slot}"


def is_slot(value: object) -> bool:
    """Whether this is the number of a slot."""
    return type(value) is int and 0 <= value < MAX_SLOTS


class SlotReports:
    """The last status of each slot of each lock, and how often it was repeated since the lock's command was sent."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[int, str]] = {}
        self._repeats: dict[str, dict[int, int]] = {}

    def forget_command(self, device: str) -> None:
        """Count repetitions anew: a command is being sent."""
        self._repeats[device] = {}

    def confirmed(self, device: str, said: dict[str, Any]) -> list[str]:
        """What this message of a lock proves, as `taken` and `free` name it."""
        event, is_event = self._event(said), bool(said.get("action"))
        statuses = _statuses(said)
        changes = [f"{status}:{slot}" for slot, status in statuses if self._changed(device, slot, status, is_event)]
        return [event, *changes] if event else changes

    def _event(self, said: dict[str, Any]) -> str:
        action, slot = said.get("action"), said.get("action_user")
        if not is_slot(slot):
            return ""
        return f"taken:{slot}" if action in TAKEN_EVENTS else f"free:{slot}" if action in FREE_EVENTS else ""

    def _changed(self, device: str, slot: int, status: str, is_event: bool) -> bool:
        """Record a slot's status. True if it is new, or repeated often enough without an event."""
        seen, repeats = self._seen.setdefault(device, {}), self._repeats.setdefault(device, {})
        before, seen[slot] = seen.get(slot), status
        if status != (before or "free"):
            repeats[slot] = 0
            return True
        repeats[slot] = repeats.get(slot, 0) + (not is_event)
        return repeats[slot] >= REPEATED


def _statuses(said: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """(slot, "taken" or "free") of each entry of `users` that states one."""
    users = said.get("users")
    for name, user in users.items() if isinstance(users, dict) else ():
        status = STATUSES.get(str(user.get("status"))) if isinstance(user, dict) else None
        if status and name.isascii() and name.isdigit() and is_slot(int(name)):
            yield int(name), status
