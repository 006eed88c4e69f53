"""What goes over Bluetooth LE: one GATT service, two characteristics, messages cut into fragments. No I/O.

A message is kind (1 byte), number (2 bytes, big-endian, the sender's own within a connection) and body: a signed
envelope as on MQTT. A fragment is one header byte (FIRST, LAST, position modulo 64) and a piece of a message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from devices.wire.errors import BadMessage
from devices.wire.messages import LOCK_LIMIT

SERVICE: Final = "6c6f6467-656b-4579-8000-000000000001"
INLET: Final = "6c6f6467-656b-4579-8000-000000000002"  # written, with response
OUTLET: Final = "6c6f6467-656b-4579-8000-000000000003"  # notified
FIRST, LAST, POSITIONS = 0x80, 0x40, 64
LARGEST = 3 + LOCK_LIMIT


class Kind(IntEnum):
    """What a message is; SETTLED has no body and the number of the message it settles."""

    CMD = 0
    ACK = 1
    EVENT = 2
    STATE = 3
    SETTLED = 4


@dataclass(frozen=True, slots=True)
class BleMessage:
    """One message in either direction."""

    kind: Kind
    number: int
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """As it is cut into fragments."""
        return bytes([self.kind]) + self.number.to_bytes(2, "big") + self.body


def read_ble_message(raw: bytes) -> BleMessage:
    """The message in these bytes. Raises BadMessage."""
    if len(raw) < 3 or raw[0] not in Kind.__members__.values() or len(raw) > LARGEST:
        raise BadMessage("not a message of this service")
    kind = Kind(raw[0])
    if (kind is Kind.SETTLED) == (len(raw) > 3):
        raise BadMessage("a body where none belongs, or none where one does")
    return BleMessage(kind, int.from_bytes(raw[1:3], "big"), raw[3:])


def cut(message: BleMessage, size: int) -> Iterator[bytes]:
    """Fragments of at most `size` bytes (at least 2), in the order they are to be sent."""
    raw, piece = message.to_bytes(), size - 1
    pieces = [raw[start : start + piece] for start in range(0, len(raw), piece)]
    for position, content in enumerate(pieces):
        ends = (FIRST if position == 0 else 0) | (LAST if position == len(pieces) - 1 else 0)
        yield bytes([ends | position % POSITIONS]) + content


class Reassembly:
    """Puts fragments together again: whole messages come out, or nothing. A gap or an excess drops what was begun."""

    def __init__(self) -> None:
        self._begun: bytearray | None = None
        self._next = 0

    def take(self, fragment: bytes) -> bytes | None:
        """The message this fragment completes."""
        if not fragment:
            return None
        if fragment[0] & FIRST:
            self._begun, self._next = bytearray(), 0
        if self._begun is None or fragment[0] % POSITIONS != self._next % POSITIONS:
            self._begun = None
            return None
        self._begun += fragment[1:]
        self._next += 1
        if len(self._begun) > LARGEST:
            self._begun = None
            return None
        if not fragment[0] & LAST:
            return None
        whole, self._begun = bytes(self._begun), None
        return whole


def tag_of(device: str) -> bytes:
    """Eight bytes under which a device advertises: whoever knows its id finds it, others learn no id from it."""
    return hashlib.sha256(b"lodgekey ble\n" + device.encode()).digest()[:8]
