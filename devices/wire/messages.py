"""Messages between gateway and devices. Times are UTC seconds; ids of commands and keys are 16 bytes.

`seq` is the device's own number: it rises by at least one with every ack, event and state and never repeats, so that a
duplicate or late message is recognised. A lock's acks and events are the entries of its log: each names the entry
before it by number (`after`, 0 for none) and digest (`prev`, devices.wire.chain).
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Outcome = Literal["done", "refused", "failed"]
Bolt = Literal["locked", "locking", "unlocked", "unlocking", "jammed", "unknown"]
Door = Literal["open", "closed", "unknown"]
ClockWord = Literal["set", "lost"]
Body = dict[str, Any]

LOCK_LIMIT: Final = 8 * 1024
KIOSK_LIMIT: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Command:
    """A command for one device, to be executed once in [issued_at, expires_at)."""

    id: bytes
    device: str
    type: str
    issued_at: int
    expires_at: int
    body: Body = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ack:
    """A device's answer to one command; `code` gives the reason when it was not done."""

    command_id: bytes
    seq: int
    at: int
    outcome: Outcome
    code: str | None = None
    body: Body = field(default_factory=dict)
    after: int | None = None
    prev: bytes | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event at a device, stored there until the broker took it."""

    seq: int
    at: int
    type: str
    body: Body = field(default_factory=dict)
    after: int | None = None
    prev: bytes | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A device's report of its present state. `nonce` is what the next set_time must quote."""

    seq: int
    at: int
    bolt: Bolt
    door: Door
    battery: int | None
    keys: tuple[bytes, ...]
    clock: ClockWord
    nonce: bytes
    epoch: int
    firmware: str
    waiting: int = 0  # messages a device still holds for the gateway; a kiosk's unsent registrations
    model: bytes | None = None  # class id of the firmware's manifests
    counter: int | None = None  # sequence number of the confirmed firmware: its rollback counter
    support: int | None = None  # end of support it was told, UTC seconds
    publisher: bytes | None = None  # key id of the publisher whose firmware it takes


Message = Command | Ack | Event | State
