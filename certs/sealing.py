"""Sealing kiosk registrations to the gateway's intake key: HPKE base mode (RFC 9180 §5.1.1).

Suite DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; the result is enc (65 bytes) followed by the ciphertext.
The broker, the kiosk's disk and its backups hold only the sealed form.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from certs.errors import Unsealable

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
OVERHEAD = 65 + 16


def registration_context(site: str, device: str) -> bytes:
    """HPKE info that binds a sealed registration to its kiosk."""
    return f"lodgekey-registration-v1\n{site}\n{device}".encode()


def turns_context(site: str, device: str) -> bytes:
    """HPKE info for the offer's token with which a kiosk requests a liveness challenge."""
    return f"lodgekey-turns-v1\n{site}\n{device}".encode()


def question_context(site: str, device: str) -> bytes:
    """HPKE info for a kiosk's question about an offer, sealed to the intake key."""
    return f"lodgekey-offer-v1\n{site}\n{device}".encode()


def answer_context(site: str, device: str) -> bytes:
    """HPKE info for the answer about an offer, sealed to the key the kiosk made for the visit."""
    return f"lodgekey-offer-told-v1\n{site}\n{device}".encode()


def seal(plaintext: bytes, recipient: ec.EllipticCurvePublicKey, *, context: bytes) -> bytes:
    """Sealed bytes, OVERHEAD longer than `plaintext`; only the recipient with the same context can open them."""
    return _SUITE.encrypt(plaintext, recipient, info=context)


def open_sealed(sealed: bytes, key: ec.EllipticCurvePrivateKey, *, context: bytes) -> bytes:
    """Plaintext; raises Unsealable for altered bytes, another key or another context."""
    try:
        return _SUITE.decrypt(sealed, key, info=context)
    except (InvalidTag, ValueError) as error:
        raise Unsealable("not sealed to this key for this purpose") from error
