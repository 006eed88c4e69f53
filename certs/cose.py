"""COSE_Sign1 (RFC 9052 §4.2) with ES256 (RFC 9053 §2.1), tagged, in deterministic CBOR (RFC 8949 §4.2).

Each message has exactly one accepted encoding: protected header {1: -7}, unprotected header empty or {4: kid}.
ECDSA signatures are malleable ((r, n - s) verifies too), so signed messages are identified by the ids inside the
payload, never by a hash of the envelope.
"""

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from certs import cbor
from certs.errors import BadSignature

TAG_SIGN1 = b"\xd2"  # tag 18
PROTECTED = bytes.fromhex("a10126")  # {1: -7}, ES256
KID = 4
SIGNATURE_LENGTH = 64
_ES256 = ec.ECDSA(hashes.SHA256())


def sign1(
    payload: bytes,
    key: ec.EllipticCurvePrivateKey,
    *,
    kid: bytes = b"",
    external_aad: bytes = b"",
    detached: bool = False,
) -> bytes:
    """Tagged COSE_Sign1 by a P-256 key. `external_aad`, and a `detached` payload, are signed but not carried."""
    der = key.sign(_to_be_signed(payload, external_aad), _ES256)
    r, s = decode_dss_signature(der)
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return TAG_SIGN1 + cbor.encode([PROTECTED, {KID: kid} if kid else {}, None if detached else payload, signature])


def verify1(raw: bytes, public: ec.EllipticCurvePublicKey, *, external_aad: bytes = b"") -> bytes:
    """Payload of a COSE_Sign1 signed by this key in this context; raises BadSignature otherwise."""
    _, payload, signature = _take_apart(raw)
    if payload is None:
        raise BadSignature("not ES256 with an attached payload")
    _verify(payload, signature, public, external_aad)
    return payload


def verify1_detached(raw: bytes, payload: bytes, public: ec.EllipticCurvePublicKey) -> None:
    """Raise BadSignature unless this is a COSE_Sign1 of `payload`, which it does not carry, signed by this key."""
    _, carried, signature = _take_apart(raw)
    if carried is not None:
        raise BadSignature("not ES256 with a detached payload")
    _verify(payload, signature, public, b"")


def payload_unverified(raw: bytes) -> bytes:
    """Payload before verification, only for finding the key to verify it with. Raises BadSignature."""
    payload = _take_apart(raw)[1]
    if payload is None:
        raise BadSignature("not ES256 with an attached payload")
    return payload


def _verify(payload: bytes, signature: bytes, public: ec.EllipticCurvePublicKey, external_aad: bytes) -> None:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        public.verify(encode_dss_signature(r, s), _to_be_signed(payload, external_aad), _ES256)
    except InvalidSignature as error:
        raise BadSignature("not signed by this key for this purpose") from error


def _to_be_signed(payload: bytes, external_aad: bytes) -> bytes:
    """Sig_structure of RFC 9052 §4.4."""
    return cbor2.dumps(["Signature1", PROTECTED, external_aad, payload])


def _take_apart(raw: bytes) -> tuple[bytes, bytes | None, bytes]:
    """Key id, payload (None if it is detached) and signature."""
    if raw[:1] != TAG_SIGN1:
        raise BadSignature("not a tagged COSE_Sign1")
    try:
        parts = cbor.decode(raw[1:])
    except cbor.NotCanonical as error:
        raise BadSignature("not a deterministic COSE_Sign1") from error
    if not isinstance(parts, list) or len(parts) != 4:
        raise BadSignature("not a COSE_Sign1")
    protected, unprotected, payload, signature = parts
    if protected != PROTECTED or not (payload is None or isinstance(payload, bytes)):
        raise BadSignature("not ES256")
    if not isinstance(signature, bytes) or len(signature) != SIGNATURE_LENGTH:
        raise BadSignature("not an ES256 signature")
    return _kid_in(unprotected), payload, signature


def _kid_in(unprotected: object) -> bytes:
    if unprotected == {}:
        return b""
    if isinstance(unprotected, dict) and set(unprotected) == {KID}:
        kid = unprotected[KID]
        if isinstance(kid, bytes) and kid:
            return kid
    raise BadSignature("an unprotected header that is not a key id")
