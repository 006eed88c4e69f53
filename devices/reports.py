"""What a device told us, already verified and in one vocabulary whatever the vendor. Times are UTC seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devices.wire.messages import State


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands in its lock's log: its digest, and number and digest of the entry it names before it."""

    digest: bytes
    after: int
    prev: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """The device's answer to one command. outcome: done | refused | failed; `code` says why when not done.

    `place`: None of a device that does not chain what it says.
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
    """Something took place at the device, in its own sequence."""

    device: str
    seq: int
    at: int
    type: str
    body: Mapping[str, object]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class StateReported:
    """The device's own account of its state."""

    device: str
    state: State


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whether the broker holds a session with the device. Says nothing of the bolt: unreachable means unknown."""

    device: str
    online: bool


Report = Answered | Happened | StateReported | Reachable
