"""Verified reports from devices in one vocabulary for all vendors. Times are UTC seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devices.wire.messages import State


@dataclass(frozen=True, slots=True)
class Place:
    """Position of an entry in its lock's log: its digest, and number and digest of the entry before it."""

    digest: bytes
    after: int
    prev: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """The device's answer to one command. outcome: done | refused | failed; `code` gives the reason when not done.

    `place`: None for a device whose messages are not chained.
    """

    device: str
    command_id: bytes
    seq: int
    at: int
    outcome: str
    code: str | None
    body: Mapping[str, object]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event at the device, numbered by the device."""

    device: str
    seq: int
    at: int
    type: str
    body: Mapping[str, object]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class StateReported:
    """The device's report of its own state."""

    device: str
    state: State


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whether the broker has a session with the device. Says nothing of the bolt: unreachable means unknown."""

    device: str
    online: bool


Report = Answered | Happened | StateReported | Reachable
