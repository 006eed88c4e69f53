"""A secret that two keys share without sending it: ECDH (SP 800-56A) on P-256, then HKDF-SHA256 (RFC 5869)."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def agree(key: ec.EllipticCurvePrivateKey, peer: ec.EllipticCurvePublicKey, purpose: bytes) -> bytes:
    """32 bytes that only the two holders can compute; another purpose gives another secret."""
    return HKDF(SHA256(), 32, None, b"lodgekey-agreement-v1\n" + purpose).derive(key.exchange(ec.ECDH(), peer))


def passcode_secret(key: ec.EllipticCurvePrivateKey, peer: ec.EllipticCurvePublicKey, lock: str) -> bytes:
    """The secret a lock's passcodes come from: gateway's passcode key with the lock's key, or the other way round."""
    return agree(key, peer, b"passcode\n" + lock.encode())
