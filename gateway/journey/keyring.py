"""The secrets that steps work with, made once by bootstrap."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from gateway.store.sealing import Vault


@dataclass(frozen=True, slots=True)
class Keyring:
    """The vault of personal fields, the key that signs credentials, and the secret behind offer links."""

    vault: Vault
    credential_key: EllipticCurvePrivateKey
    offer_secret: bytes
