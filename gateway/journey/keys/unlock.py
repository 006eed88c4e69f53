"""Requests of a key's holder: read the key, and step 6, one unlock."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from certs.errors import BadSignature
from certs.holder import verify_statement
from certs.keys import new_private_key, public_from_point
from gateway.domain.errors import Conflict, KeyNotUsable, ProofRefused
from gateway.domain.keys.key import (
    PROOF_TOLERANCE,
    UNLOCK_LIFETIME,
    USABLE,
    Proof,
    read_statement,
    unlock_statement,
)
from gateway.domain.stays.stay import OCCUPYING
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue
from gateway.outbox.events import record
from gateway.store import Command, Key
from gateway.texts.marks import N_

NOBODY: Final = new_private_key().public_key()  # the private key is discarded


def request_unlock(session: Session, key_id: str, command_id: str, proof: Proof, now: int) -> Command:
    """Step 6: request one unlock as the key's holder. Raises ProofRefused or KeyNotUsable."""
    key = holders_key(session, key_id, unlock_statement(key_id, proof), proof, now)
    refuse_unusable(key, now)
    seen = session.scalar(select(Command.id).where(Command.key_id == key.id, Command.nonce == proof.nonce))
    if seen is not None:
        raise ProofRefused(N_("This request was already sent. Press the button again."))
    command = Command(
        id=command_id,
        device_id=key.device_id,
        key_id=key.id,
        type="unlock",
        nonce=proof.nonce,
        issued_at=now,
        expires_at=now + UNLOCK_LIFETIME,
    )
    session.add(command)
    record(session, "UnlockRequested", now, device_id=key.device_id, data={"key": key.id, "command": command.id})
    enqueue(
        session,
        party=f"lock:{key.device_id}",
        lane=lanes.unlock(command.id),
        work="unlock",
        about=key.id,
        now=now,
        expires_at=command.expires_at,
        command_id=command.id,
    )
    return command


def holders_key(session: Session, key_id: str, statement: bytes, proof: Proof, now: int) -> Key:
    """The key, if its holder signed the statement within the last minute. Raises ProofRefused.

    An id that no key has is answered, and takes as long, as a key of somebody else: ids cannot be found by trying.
    """
    key = session.get(Key, key_id)
    if abs(now - proof.at) > PROOF_TOLERANCE:
        raise ProofRefused(N_("The clock of this phone is wrong by more than one minute. Correct it and try again."))
    try:
        verify_statement(statement, proof.signature, public_from_point(key.holder_key) if key else NOBODY)
    except BadSignature:
        key = None
    if key is None:
        raise ProofRefused(N_("Only the phone used to register can use this key."))
    return key


def running_key(session: Session, key_id: str, statement: bytes, proof: Proof, now: int) -> Key:
    """As holders_key, of a stay that has not ended. Raises Conflict where it has, or the key was revoked."""
    key = holders_key(session, key_id, statement, proof, now)
    if key.desired != "present" or key.stay.state not in OCCUPYING:
        raise Conflict(N_("This stay has already ended."))
    return key


def read_key(session: Session, key_id: str, proof: Proof, now: int) -> Key:
    """The key, for its holder. Raises as `holders_key` does."""
    return holders_key(session, key_id, read_statement(key_id, proof), proof, now)


def refuse_unusable(key: Key, now: int) -> None:
    """Raises KeyNotUsable, with the reason, if the key does not open now."""
    if key.desired != "present":
        raise KeyNotUsable(N_("This key was revoked. Contact your landlord."), reason="revoked")
    if now < key.not_before:
        raise KeyNotUsable(N_("Your stay has not begun yet."), reason="not_yet", from_at=key.not_before)
    if now >= key.expires_at:
        raise KeyNotUsable(N_("Your stay has ended and the key has expired."), reason="expired")
    if key.observed not in USABLE:
        raise KeyNotUsable(N_("The key is being sent to the lock. Please wait."), reason="not_on_lock")
    if key.device.revoked_at is not None:
        raise KeyNotUsable(N_("This lock is out of service. Contact your landlord."), reason="lock_revoked")
