"""The holder's calls: read the key, unlock the door. Both are signed by the phone that holds the key."""

import asyncio
import os
from base64 import b64encode, urlsafe_b64decode
from binascii import Error as NotBase64
from time import perf_counter
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header
from sqlalchemy.orm import Session

from api.framework.dependencies import Gate, check_origin
from api.services.presenters import key_fields, passcode_shown
from api.services.schemas import HolderKeyShown, UnlockAnswer, UnlockForm
from certs.keys import jwk_of, public_from_point
from gateway.bootstrap import Gateway
from gateway.domain.errors import ProofRefused
from gateway.domain.keys.holder_statements import renew_statement
from gateway.domain.keys.key import Proof
from gateway.domain.stays.stay import wall_clock
from gateway.journey.keys import unlock as steps
from gateway.journey.keys.issue import renew_for_phone, renewal_due
from gateway.journey.keys.passcodes import shown_codes
from gateway.store import Key
from gateway.texts.marks import N_

router = APIRouter(prefix="/keys", tags=["holder"], dependencies=[Depends(check_origin)])

ANSWER_TIMEOUT_SECONDS: Final = 3.0
OUTCOMES: Final = {"done": "unlocked", "refused": "refused", "failed": "failed"}


def signature_of(text: str) -> bytes:
    """The bytes of a base64url signature; nothing for text that is none."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return b""


@router.get("/{key_id}")
def read_key(
    gateway: Gate, key_id: str, holder_proof: Annotated[str, Header(description="at.nonce.signature")]
) -> HolderKeyShown:
    """The key, its credential and the lock's last word, for its holder."""
    proof, now = proof_of(holder_proof), gateway.now()
    with gateway.database.reading() as session:
        return holder_key_shown(gateway, session, steps.read_key(session, key_id, proof, now), now)


@router.post("/{key_id}/renewal")
def renew_credential(gateway: Gate, key_id: str, form: UnlockForm) -> HolderKeyShown:
    """A fresh credential where one is due (`renewal_due`), signed over `lodgekey-renew`; else the key as it stands."""
    gateway.attempts.hit("unlock", key_id)
    proof, now = Proof(form.at, form.nonce, signature_of(form.signature)), gateway.now()
    with gateway.database.writing() as session:
        key = steps.holders_key(session, key_id, renew_statement(key_id, proof), proof, now)
        renew_for_phone(key, gateway.keyring, now)
        return holder_key_shown(gateway, session, key, now)


def holder_key_shown(gateway: Gateway, session: Session, key: Key, now: int) -> HolderKeyShown:
    """A key for its holder."""
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


@router.post("/{key_id}/unlock")
async def unlock(gateway: Gate, key_id: str, form: UnlockForm) -> UnlockAnswer:
    """Open the door: the answer is the lock's own, or an honest "no_answer" after three seconds."""
    gateway.attempts.hit("unlock", key_id)
    return await unlock_door(gateway, key_id, form)


async def unlock_door(gateway: Gateway, key_id: str, form: UnlockForm) -> UnlockAnswer:
    """Step 6, and waiting for step 7."""
    began = perf_counter()
    command_id = os.urandom(16).hex()
    answered = gateway.awaited_answers.expect(command_id)
    try:
        await asyncio.to_thread(_request, gateway, key_id, form, command_id)
        answer = await asyncio.wait_for(answered, ANSWER_TIMEOUT_SECONDS)
    except TimeoutError:
        return UnlockAnswer(outcome="no_answer", ms=_since(began))
    finally:
        gateway.awaited_answers.forget(command_id)
    outcome = OUTCOMES[answer.outcome]
    return UnlockAnswer.model_validate({"outcome": outcome, "code": answer.code, "at": answer.at, "ms": _since(began)})


def _request(gateway: Gateway, key_id: str, form: UnlockForm, command_id: str) -> None:
    proof = Proof(form.at, form.nonce, signature_of(form.signature))
    with gateway.database.writing() as session:
        steps.request_unlock(session, key_id, command_id, proof, gateway.now())


def _since(began: float) -> float:
    return round((perf_counter() - began) * 1000, 2)


def proof_of(header: str) -> Proof:
    """The parts of a Holder-Proof header; ProofRefused where it is none."""
    at, _, rest = header.partition(".")
    nonce, _, signature = rest.partition(".")
    if not (at.isdecimal() and len(at) < 12 and nonce and signature):
        raise ProofRefused(N_("Only the phone used to register can use this key."))
    return Proof(int(at), nonce, signature_of(signature))
