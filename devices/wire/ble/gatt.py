"""Messages over Bluetooth LE: one GATT service, two characteristics, fragments (devices.wire.ble.fragments). No I/O.

A message is kind (1 byte), number (2 bytes, big-endian, the sender's own within a connection) and body: for a gateway
a signed envelope as on MQTT, for a phone a message of the offline handshake (devices.wire.offline).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from devices.wire.ble.fragments import MAX_MESSAGE
from devices.wire.errors import BadMessage

SERVICE: Final = "6c6f6467-656b-4579-8000-000000000001"
INLET: Final = "6c6f6467-656b-4579-8000-000000000002"  # written, with response
OUTLET: Final = "6c6f6467-656b-4579-8000-000000000003"  # notified


class Kind(IntEnum):
    """Kind of a message. SETTLED has no body and the number of the message it confirms; PHONE goes both ways."""

    CMD = 0
    ACK = 1
    EVENT = 2
    STATE = 3
    SETTLED = 4
    PHONE = 5


@dataclass(frozen=True, slots=True)
class BleMessage:
    """One message in either direction."""

    kind: Kind
    number: int
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """The message before it is split into fragments."""
        return bytes([self.kind]) + self.number.to_bytes(2, "big") + self.body


def read_ble_message(raw: bytes) -> BleMessage:
    """The message in these bytes. Raises BadMessage."""
    if len(raw) < 3 or raw[0] not in Kind.__members__.values() or len(raw) > MAX_MESSAGE:
        raise BadMessage("not a message of this service")
    kind = Kind(raw[0])
    if (kind is Kind.SETTLED) == (len(raw) > 3):
        raise BadMessage("a body where none belongs, or none where one does")
    return BleMessage(kind, int.from_bytes(raw[1:3], "big"), raw[3:])


def tag_of(device: str) -> bytes:
    """Eight bytes a device advertises: who knows its id can find it, others do not learn the id."""
    return hashlib.sha256(b"lodgekey ble\n" + device.encode()).digest()[:8]
