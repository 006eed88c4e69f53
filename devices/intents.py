"""Commands in one vocabulary for all vendors; a driver translates them.

`command_id` is 16 bytes and identifies one execution; nothing is executed after `expires_at` (UTC seconds). `issued_at`
(UTC seconds, by default when it is sent) belongs to commands that may be sent twice, by a gateway that was killed after
the first time: a lock takes a known id with other content for an attack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unlock:
    """Open the door for the holder of this key."""

    command_id: bytes
    key_id: bytes
    expires_at: int
    issued_at: int | None = None


@dataclass(frozen=True, slots=True)
class LockDoor:
    """Throw the bolt."""

    command_id: bytes
    expires_at: int
    issued_at: int | None = None


@dataclass(frozen=True, slots=True)
class PutKey:
    """Store a signed key credential (CWT)."""

    command_id: bytes
    key_id: bytes
    credential: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class DropKey:
    """Forget one key."""

    command_id: bytes
    key_id: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class Revoke:
    """Refuse these keys from now on; `epoch` only rises. Passcodes of an epoch below `codes` are invalid.

    One-time codes numbered below `once` are invalid too; a lock that never had any need not support the field.
    """

    command_id: bytes
    epoch: int
    keys: tuple[bytes, ...]
    expires_at: int
    codes: int = 0
    once: int | None = None


@dataclass(frozen=True, slots=True)
class PutPasscode:
    """Let these digits open the door, stored in one of the lock's numbered slots, until dropped."""

    command_id: bytes
    slot: int
    digits: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class DropPasscode:
    """Empty one slot."""

    command_id: bytes
    slot: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class SetTime:
    """Set the clock; `nonce` is that of the lock's latest boot or state message."""

    command_id: bytes
    now: int
    nonce: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class PutCertificate:
    """Present this certificate chain (PEM, leaf first) from the next connection on."""

    command_id: bytes
    chain: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class PutTrust:
    """Trust these roots (PEM), and no others, from the next connection on."""

    command_id: bytes
    anchors: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class PutManifest:
    """Get ready for the image of this signed manifest (SUIT envelope)."""

    command_id: bytes
    envelope: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class PutChunk:
    """Take in bytes of the announced image, named by its SHA-256, from this offset on."""

    command_id: bytes
    image: bytes
    offset: int
    data: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class Install:
    """Start the received image on trial."""

    command_id: bytes
    image: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class PutSupport:
    """Learn until when (UTC seconds) this firmware is supported."""

    command_id: bytes
    until: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Report the whole state, keys included."""

    command_id: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class Show:
    """Show something on a kiosk's screen."""

    command_id: bytes
    body: Mapping[str, object]
    expires_at: int


Intent = (
    Unlock
    | LockDoor
    | PutKey
    | DropKey
    | Revoke
    | PutPasscode
    | DropPasscode
    | SetTime
    | PutCertificate
    | PutTrust
    | PutManifest
    | PutChunk
    | Install
    | PutSupport
    | ReadBack
    | Show
)
