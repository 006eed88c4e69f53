"""A key's state: what should be on the lock (desired) against what the lock reported (observed)."""

from dataclasses import dataclass
from typing import Final, Literal

from gateway.domain.outcomes import LINK_DOWN, LOCK_REFUSED, NOT_LISTENING

# (desired, observed) → the state shown. `observed` changes only on the lock's own answer.
KEY_STATES: Final[dict[tuple[str, str], str]] = {
    ("present", "unasked"): "issued",
    ("present", "absent"): "delivering",
    ("present", "present"): "on_lock",
    ("absent", "unasked"): "revoking",
    ("absent", "present"): "revoking",
    ("absent", "absent"): "revoked",
    ("present", "not_needed"): "gateway_only",
    ("absent", "not_needed"): "taken_back",
}
NOT_NEEDED: Final = "not_needed"  # the lock stores no keys of ours: it opens through the gateway only
USABLE: Final = ("present", NOT_NEEDED)
UNLOCK_LIFETIME: Final = 10
PROOF_TOLERANCE: Final = 60
EXPIRING_BEFORE: Final = 24 * 3600
ANSWER_TIMEOUT_SECONDS: Final = 60  # seconds within which a lock that is online should have answered a command

DelayReason = Literal[
    "lock_out_of_service", "link_down", "lock_never_seen", "lock_offline", "lock_refused", "lock_silent"
]


def state_of(desired: str, observed: str, expires_at: int, now: int) -> str:
    """The key's state as shown: issued, delivering, on_lock, expiring, expired, revoking, revoked, gateway_only or
    taken_back.
    """
    state = KEY_STATES[desired, observed]
    if desired == "present" and now >= expires_at:
        return "expired"
    if state == "on_lock" and now >= expires_at - EXPIRING_BEFORE:
        return "expiring"
    return state


def code_state(epoch: int, reported: int, withdrawn: bool, ends: int, now: int) -> str:
    """A passcode's state, with the same values. `reported` is the code epoch the lock itself reported last."""
    if withdrawn:
        return "revoked" if reported > epoch else "expired" if now >= ends else "revoking"
    if now >= ends:
        return "expired"
    if reported < epoch:
        return "delivering"
    return "expiring" if now >= ends - EXPIRING_BEFORE else "on_lock"


def once_state(*, used: bool, living: bool, confirmed: bool, online: bool) -> str:
    """A one-time code's state. `confirmed`: the lock reported the code's epoch, or its end if it is not `living`.

    If the lock is offline, nobody knows whether the code has just been used: unknown.
    """
    if used:
        return "used"
    if not living:
        return "revoked" if confirmed else "revoking"
    return ("on_lock" if online else "unknown") if confirmed else "delivering"


@dataclass(frozen=True, slots=True)
class LockStanding:
    """What is known about reaching a lock: out of service since, its last reports, and the last attempt.

    `requested_at`: when the oldest pending delivery was created; `outcome`: the code of the last attempt.
    Times in UTC seconds.
    """

    revoked_at: int | None = None
    online: bool | None = None
    last_seen_at: int | None = None
    requested_at: int | None = None
    outcome: str | None = None


def delay_reason(lock: LockStanding, now: int) -> tuple[DelayReason, int | None] | None:
    """Why a lock has not yet done what is wanted, and since when if known; None while there is no reason to worry."""
    silent = lock.requested_at is not None and now - lock.requested_at >= ANSWER_TIMEOUT_SECONDS
    reasons: tuple[tuple[bool, DelayReason, int | None], ...] = (
        (lock.revoked_at is not None, "lock_out_of_service", lock.revoked_at),
        (lock.outcome == LINK_DOWN, "link_down", lock.requested_at),
        (lock.last_seen_at is None, "lock_never_seen", None),
        (lock.online is False or lock.outcome == NOT_LISTENING, "lock_offline", lock.last_seen_at),
        (lock.outcome == LOCK_REFUSED, "lock_refused", lock.requested_at),
        (silent, "lock_silent", lock.last_seen_at),
    )
    return next(((reason, since) for so, reason, since in reasons if so), None)


@dataclass(frozen=True, slots=True)
class Proof:
    """A holder's signature over one request: `at` in UTC seconds, a nonce used once, r || s of 64 bytes."""

    at: int
    nonce: str
    signature: bytes


def unlock_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to request an unlock."""
    return f"lodgekey-unlock\n{key_id}\n{proof.at}\n{proof.nonce}".encode()


def read_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to read their key."""
    return f"lodgekey-read\n{key_id}\n{proof.at}\n{proof.nonce}".encode()
