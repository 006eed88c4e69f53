"""The chain of a lock's log: each entry names the entry before it by number and digest.

Entries are acks and events; a state is none, because it is sent anew whenever a gateway connects.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

DIGEST: Final = 16  # bytes of SHA-256: enough for second-preimage resistance
NOTHING: Final = bytes(DIGEST)


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a log; number 0 and no digest for an empty log."""

    seq: int = 0
    digest: bytes = NOTHING


def entry_digest(channel: Literal["ack", "event"], payload: bytes) -> bytes:
    """Digest of an entry: channel and signed payload without the signature, of which there may be more than one."""
    return hashlib.sha256(channel.encode() + b"\0" + payload).digest()[:DIGEST]
