"""Signatures of a key's holder: ECDSA P-256 with SHA-256 as r || s, 64 bytes (as WebCrypto and RFC 7518 §3.4)."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from certs.errors import BadSignature

_ES256 = ec.ECDSA(hashes.SHA256())


def sign_statement(statement: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """The 64-byte signature of a statement."""
    r, s = decode_dss_signature(key.sign(statement, _ES256))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify_statement(statement: bytes, signature: bytes, public: ec.EllipticCurvePublicKey) -> None:
    """Return if this key signed the statement; raises BadSignature otherwise."""
    if len(signature) != 64:
        raise BadSignature("a signature is 64 bytes")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        public.verify(encode_dss_signature(r, s), statement, _ES256)
    except InvalidSignature as error:
        raise BadSignature("not signed by this holder") from error
