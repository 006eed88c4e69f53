"""Key credentials: a CWT (RFC 8392) that lets the holder of one P-256 key open one lock in one window.

Claims: aud (3) the lock's id, exp (4), nbf (5), cti (7) the key's 16 bytes, cnf (8) the holder's COSE_Key
(RFC 8747 §3.2). At most 200 bytes, so that it fits message 3 of an EDHOC handshake.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from certs import cbor
from certs.cose import sign1, verify1
from certs.errors import BadCredential, BadKey
from certs.keys import cose_key_of, key_id, public_from_cose

MAX_CREDENTIAL = 200
AUD, EXP, NBF, CTI, CNF, COSE_KEY = 3, 4, 5, 7, 8, 1
CONTEXT = b""  # RFC 8392 signs with empty external data, so that any CWT library can read a credential
_LOCK = re.compile(r"[a-z0-9-]{1,36}\Z")


@dataclass(frozen=True, slots=True)
class KeyCredential:
    """One key: its 16-byte id, the lock, the holder's public key and [not_before, expires) in UTC seconds."""

    id: bytes
    lock: str
    holder: ec.EllipticCurvePublicKey
    not_before: int
    expires: int

    def __post_init__(self) -> None:
        """Raise BadCredential unless every field is valid and the window is not empty."""
        if len(self.id) != 16 or not _LOCK.match(self.lock):
            raise BadCredential("a key id is 16 bytes and a lock id is plain")
        if not 0 <= self.not_before < self.expires < 2**32:
            raise BadCredential("a key's window ends after it begins, in seconds of 32 bits")

    def opens_at(self, at: int) -> bool:
        """Whether `at` (UTC seconds) lies in the half-open window."""
        return self.not_before <= at < self.expires


def issue_credential(credential: KeyCredential, signer: ec.EllipticCurvePrivateKey) -> bytes:
    """Signed CWT of at most 200 bytes."""
    claims = {
        AUD: credential.lock,
        EXP: credential.expires,
        NBF: credential.not_before,
        CTI: credential.id,
        CNF: {COSE_KEY: cose_key_of(credential.holder)},
    }
    raw = sign1(cbor.encode(claims), signer, kid=_id_of_signer(signer), external_aad=CONTEXT)
    if len(raw) > MAX_CREDENTIAL:
        raise BadCredential("a credential must fit an EDHOC message")
    return raw


def read_credential(raw: bytes, issuer: ec.EllipticCurvePublicKey) -> KeyCredential:
    """Verified credential; raises BadSignature or BadCredential. The window is not checked here."""
    if len(raw) > MAX_CREDENTIAL:
        raise BadCredential("longer than a credential can be")
    try:
        claims = cbor.decode(verify1(raw, issuer, external_aad=CONTEXT))
    except cbor.NotCanonical as error:
        raise BadCredential("claims are not deterministic CBOR") from error
    return _credential_of(claims)


@lru_cache(maxsize=8)
def _id_of_signer(signer: ec.EllipticCurvePrivateKey) -> bytes:
    """Key id of the signer, cached: computing it is a third of the cost of signing."""
    return key_id(signer.public_key())


def _credential_of(claims: Any) -> KeyCredential:
    if not isinstance(claims, dict) or set(claims) != {AUD, EXP, NBF, CTI, CNF}:
        raise BadCredential("not the claims of a key")
    lock, expires, not_before, identity, cnf = (claims[n] for n in (AUD, EXP, NBF, CTI, CNF))
    sound = type(lock) is str and type(identity) is bytes and type(expires) is int and type(not_before) is int
    if not sound or not isinstance(cnf, dict) or set(cnf) != {COSE_KEY}:
        raise BadCredential("a claim has the wrong type")
    try:
        holder = public_from_cose(cnf[COSE_KEY])
    except BadKey as error:
        raise BadCredential("the holder's key is unsound") from error
    return KeyCredential(identity, lock, holder, not_before, expires)
