"""The credential that a holder's phone presents to a lock nearby, over Bluetooth and without a network."""

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy.orm import Session

from certs.credential import KeyCredential, issue_credential
from gateway.domain.errors import Conflict
from gateway.domain.keys.holder_statements import offline_credential_statement
from gateway.domain.keys.key import Proof
from gateway.journey.keys.issue import renew_for_phone
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.unlock import holders_key
from gateway.store import Key
from gateway.texts.marks import N_


def credential_for_near(
    session: Session,
    key_id: str,
    proof: Proof,
    point: tuple[str, str],
    near: EllipticCurvePublicKey,
    keyring: Keyring,
    now: int,
) -> tuple[Key, bytes]:
    """The key, and its credential bound to a second public key that the holder vouches for by signature.

    It has the key's id and the phone credential's expiry, so revocation and the published bound apply to it.
    """
    key = holders_key(session, key_id, offline_credential_statement(key_id, proof, *point), proof, now)
    if key.desired != "present" or key.device.public_key is None:
        raise Conflict(N_("This key does not work over Bluetooth. Use the unlock button or the passcode."))
    renew_for_phone(key, keyring, now)
    claims = KeyCredential(bytes.fromhex(key.id), key.device_id, near, key.not_before, key.holder_until)
    return key, issue_credential(claims, keyring.credential_key)
