"""Key agreement: ECDH (SP 800-56A) on P-256, then HKDF-SHA256 (RFC 5869)."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def agree(key: ec.EllipticCurvePrivateKey, peer: ec.EllipticCurvePublicKey, purpose: bytes) -> bytes:
    """32 bytes shared by the holders of the two keys; each purpose gives a different secret."""
    return HKDF(SHA256(), 32, None, b"lodgekey-agreement-v1\n" + purpose).derive(key.exchange(ec.ECDH(), peer))


def passcode_secret(key: ec.EllipticCurvePrivateKey, peer: ec.EllipticCurvePublicKey, lock: str) -> bytes:
    """Secret for a lock's passcodes: the gateway's passcode key and the lock's key, computed from either side."""
    return agree(key, peer, b"passcode\n" + lock.encode())
