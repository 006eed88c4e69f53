"""The secrets that steps work with, made once by bootstrap."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from gateway.store.sealing import Vault


@dataclass(frozen=True, slots=True)
class Keyring:
    """The vault, the key that signs credentials, the one behind passcodes, and the secret behind offer links.

    `offline_seconds` bounds what a phone's credential still opens at a lock that hears nothing.
    """

    vault: Vault
    credential_key: EllipticCurvePrivateKey
    offer_secret: bytes
    passcode_key: EllipticCurvePrivateKey
    offline_seconds: int = 72 * 3600
