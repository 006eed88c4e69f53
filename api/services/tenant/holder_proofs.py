"""A holder's signature and public key, from the text in which a phone sends them."""

import json
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from api.services.schemas import UnlockForm
from certs.errors import BadKey
from certs.keys import public_from_jwk
from gateway.domain.errors import InputRefused, ProofRefused
from gateway.domain.keys.key import Proof
from gateway.texts.marks import N_

MAX_TIME_DIGITS: Final = 11  # of UTC seconds


def public_key(jwk: dict[str, Any]) -> EllipticCurvePublicKey:
    """Return the P-256 public key of a JWK. Raises InputRefused."""
    try:
        return public_from_jwk(jwk)
    except BadKey:
        raise _unreadable() from None


def public_key_from_json(text: str) -> EllipticCurvePublicKey:
    """Return the P-256 public key of a JWK in JSON, as a form's field holds it. Raises InputRefused."""
    try:
        jwk = json.loads(text)
    except ValueError:
        raise _unreadable() from None
    if not isinstance(jwk, dict):
        raise _unreadable()
    return public_key(jwk)


def proof_of(form: UnlockForm) -> Proof:
    """Return the proof that a form carries; its signature is not verified yet."""
    return Proof(form.at, form.nonce, signature_of(form.signature))


def proof_from_text(text: str) -> Proof:
    """Return the proof in `at.nonce.signature`: UTC seconds, and a base64url signature. Raises ProofRefused."""
    at, _, rest = text.partition(".")
    nonce, _, signature = rest.partition(".")
    if not (at.isdecimal() and len(at) <= MAX_TIME_DIGITS and nonce and signature):
        raise ProofRefused(N_("Only the phone used to register can use this key."))
    return Proof(int(at), nonce, signature_of(signature))


def signature_of(text: str) -> bytes:
    """Return the bytes of a base64url signature; empty, which no key has signed, if the text is not base64url."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return b""


def _unreadable() -> InputRefused:
    return InputRefused(N_("The phone's key could not be read. Reload the page."), field="holder_key")
