"""A holder's key: its state and credential, the credential's renewal, and unlocking. The holder's phone signs each."""

import asyncio
import os
from base64 import b64encode
from time import perf_counter
from typing import Final

from sqlalchemy.orm import Session

from api.services.presenters import key_fields, passcode_shown
from api.services.schemas import HolderKeyShown, UnlockAnswer, UnlockForm
from api.services.tenant.holder_proofs import proof_of
from certs.keys import jwk_of, public_from_point
from gateway.bootstrap import Gateway
from gateway.domain.keys.holder_statements import renew_statement
from gateway.domain.keys.key import Proof
from gateway.domain.stays.stay import wall_clock
from gateway.journey.keys import unlock as steps
from gateway.journey.keys.issue import renew_for_phone, renewal_due
from gateway.journey.keys.passcodes import shown_codes
from gateway.store import Key

UNLOCK_TIMEOUT_SECONDS: Final = 3.0
OUTCOMES: Final = {"done": "unlocked", "refused": "refused", "failed": "failed"}


def present_key(gateway: Gateway, session: Session, key: Key, now: int) -> HolderKeyShown:
    """Present a key to its holder, with its credential, passcodes and the state that the lock last reported."""
    zone = key.stay.unit.timezone
    codes = shown_codes(session, key.stay, gateway.keyring, now) if key.desired == "present" else []
    return HolderKeyShown(
        **key_fields(session, key, now),
        credential=b64encode(key.holder_credential).decode(),
        lock_key=jwk_of(public_from_point(key.device.public_key)) if key.device.public_key else None,
        renew_before=wall_clock(key.holder_until, zone),
        renewal_due=renewal_due(key, gateway.keyring, now),
        passcodes=[passcode_shown(code, zone) for code in codes],
        bolt=key.device.bolt if key.device.online else "unknown",
        last_seen_at=key.device.last_seen_at,
        landlord_phone=key.stay.unit.landlord.phone,
    )


def read_key(gateway: Gateway, key_id: str, proof: Proof) -> HolderKeyShown:
    """Return the key to the holder who signed the proof. Raises ProofRefused."""
    now = gateway.now()
    with gateway.database.reading() as session:
        return present_key(gateway, session, steps.read_key(session, key_id, proof, now), now)


def renew_credential(gateway: Gateway, key_id: str, form: UnlockForm) -> HolderKeyShown:
    """Renew the phone's credential if that is due, and return the key. The holder signs over `lodgekey-renew`.

    Raises ProofRefused or TooManyAttempts.
    """
    gateway.attempts.hit("unlock", key_id)
    proof, now = proof_of(form), gateway.now()
    with gateway.database.writing() as session:
        key = steps.holders_key(session, key_id, renew_statement(key_id, proof), proof, now)
        renew_for_phone(key, gateway.keyring, now)
        return present_key(gateway, session, key, now)


async def unlock(gateway: Gateway, key_id: str, form: UnlockForm) -> UnlockAnswer:
    """Have the lock unlocked and return its answer, or "no_answer" after UNLOCK_TIMEOUT_SECONDS.

    `ms` is the time taken, in milliseconds. Raises ProofRefused, KeyNotUsable or TooManyAttempts.
    """
    gateway.attempts.hit("unlock", key_id)
    began = perf_counter()
    command_id = os.urandom(16).hex()
    answered = gateway.awaited_answers.expect(command_id)
    try:
        await gateway.doors.in_thread(_request, gateway, key_id, form, command_id)
        answer = await asyncio.wait_for(answered, UNLOCK_TIMEOUT_SECONDS)
    except TimeoutError:
        return UnlockAnswer(outcome="no_answer", ms=_since(began))
    finally:
        gateway.awaited_answers.forget(command_id)
    outcome = OUTCOMES[answer.outcome]
    return UnlockAnswer.model_validate({"outcome": outcome, "code": answer.code, "at": answer.at, "ms": _since(began)})


def _request(gateway: Gateway, key_id: str, form: UnlockForm, command_id: str) -> None:
    with gateway.doors.writing() as session:
        steps.request_unlock(session, key_id, command_id, proof_of(form), gateway.now())


def _since(began: float) -> float:
    return round((perf_counter() - began) * 1000, 2)
