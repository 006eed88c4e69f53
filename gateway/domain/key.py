"""What a key is doing: what we want on the lock against what the lock said is on it."""

from dataclasses import dataclass
from typing import Final

# (desired, observed) -> the state a person sees. `observed` changes only when the lock itself has answered.
KEY_STATES: Final[dict[tuple[str, str], str]] = {
    ("present", "unasked"): "issued",
    ("present", "absent"): "delivering",
    ("present", "present"): "on_lock",
    ("absent", "unasked"): "revoking",
    ("absent", "present"): "revoking",
    ("absent", "absent"): "revoked",
}
UNLOCK_LIFETIME: Final = 10
PROOF_TOLERANCE: Final = 60
EXPIRING_BEFORE: Final = 24 * 3600


def state_of(desired: str, observed: str, expires_at: int, now: int) -> str:
    """The key's state for people: issued, delivering, on_lock, expiring, expired, revoking or revoked."""
    state = KEY_STATES[desired, observed]
    if desired == "present" and now >= expires_at:
        return "expired"
    if state == "on_lock" and now >= expires_at - EXPIRING_BEFORE:
        return "expiring"
    return state


@dataclass(frozen=True, slots=True)
class Proof:
    """A holder's signature over one request: `at` in UTC seconds, a nonce used once, r || s of 64 bytes."""

    at: int
    nonce: str
    signature: bytes


def unlock_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to ask for an unlock."""
    return f"lodgekey-unlock\n{key_id}\n{proof.at}\n{proof.nonce}".encode()


def read_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to read their key."""
    return f"lodgekey-read\n{key_id}\n{proof.at}\n{proof.nonce}".encode()
