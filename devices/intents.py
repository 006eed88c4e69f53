"""What the gateway wants of a device, before a driver puts it into the vendor's words.

`command_id` is 16 bytes and names the one doing; nothing is done after `expires_at` (UTC seconds).
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


@dataclass(frozen=True, slots=True)
class LockDoor:
    """Throw the bolt."""

    command_id: bytes
    expires_at: int


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
    """Refuse these keys from now on; `epoch` only rises. Passcodes of an epoch below `codes` are dead.

    So are one-time codes with a number below `once`; a lock that was never given any need not know the word.
    """

    command_id: bytes
    epoch: int
    keys: tuple[bytes, ...]
    expires_at: int
    codes: int = 0
    once: int | None = None


@dataclass(frozen=True, slots=True)
class PutPasscode:
    """Let these digits open the door, in one of the lock's numbered slots, until dropped."""

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
    """Set the clock; `nonce` is the one of the lock's latest boot or state message."""

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
class ReadBack:
    """Tell the whole state, keys included."""

    command_id: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class Show:
    """Put something on a kiosk's screen."""

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
    | ReadBack
    | Show
)
