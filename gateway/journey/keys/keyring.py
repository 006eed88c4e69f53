"""The secrets used by steps, created once at start-up."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from gateway.store.sealing import Vault


@dataclass(frozen=True, slots=True)
class Keyring:
    """The vault, the keys that sign credentials and derive passcodes, and the secret of offer links.

    `offline_seconds` limits how long a phone's credential opens a lock that is offline.
    """

    vault: Vault
    credential_key: EllipticCurvePrivateKey
    offer_secret: bytes
    passcode_key: EllipticCurvePrivateKey
    offline_seconds: int = 72 * 3600
