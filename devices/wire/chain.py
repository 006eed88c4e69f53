"""How the entries of a lock's log hang together: each names the entry before it by number and digest.

An entry is an ack or an event; what a device says of its state is none, for it is said anew whenever somebody listens.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

DIGEST: Final = 16  # bytes of SHA-256: nobody finds a second entry for a digest that is there already
NOTHING: Final = bytes(DIGEST)


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a log; number 0 and no digest where there is none yet."""

    seq: int = 0
    digest: bytes = NOTHING


def entry_digest(channel: Literal["ack", "event"], payload: bytes) -> bytes:
    """Names an entry: its channel and what was signed, without the signature, of which there may be more than one."""
    return hashlib.sha256(channel.encode() + b"\0" + payload).digest()[:DIGEST]
