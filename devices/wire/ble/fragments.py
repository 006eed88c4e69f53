"""Messages over BLE in fragments: a one-byte header each, bit 7 set on the last, bits 0-6 the index from 0.

A missing, duplicate or unexpected fragment discards the message; only a fragment with index 0 starts a new one.
"""

from dataclasses import dataclass, field

from devices.wire.errors import BadMessage
from devices.wire.messages import LOCK_LIMIT

LAST = 0x80
MAX_FRAGMENTS = 128
MAX_MESSAGE = LOCK_LIMIT + 3  # bytes of one message; less fits where the link's packets are small


def split(message: bytes, size: int) -> list[bytes]:
    """Fragments of at most `size` bytes, header included (size >= 2); raises BadMessage if the message does not fit."""
    room = size - 1
    if room < 1 or not message or len(message) > min(MAX_MESSAGE, room * MAX_FRAGMENTS):
        raise BadMessage("a message this link cannot carry")
    pieces = [message[start : start + room] for start in range(0, len(message), room)]
    last = len(pieces) - 1
    return [bytes([index | (LAST if index == last else 0)]) + piece for index, piece in enumerate(pieces)]


@dataclass(slots=True)
class Gathering:
    """Reassembly of one message from fragments in order."""

    pieces: list[bytes] = field(default_factory=list)

    def add(self, fragment: bytes) -> bytes | None:
        """The message after its last fragment, else None; raises BadMessage and discards all if one does not fit."""
        if len(fragment) < 2:
            raise self._discard("a fragment without content")
        index, last = fragment[0] & 0x7F, bool(fragment[0] & LAST)
        if index == 0:
            self.pieces = []
        if index != len(self.pieces):
            raise self._discard("a fragment out of order")
        self.pieces.append(fragment[1:])
        if sum(map(len, self.pieces)) > MAX_MESSAGE:
            raise self._discard("too long")
        if not last:
            return None
        message, self.pieces = b"".join(self.pieces), []
        return message

    def _discard(self, why: str) -> BadMessage:
        self.pieces = []
        return BadMessage(why)
