"""The credential with which a phone opens a lock nearby without a network."""

from base64 import urlsafe_b64encode
from typing import Annotated

from pydantic import BaseModel, Field

from api.services.schemas import UnlockForm
from api.services.tenant.holder_proofs import proof_of, public_key
from certs.keys import jwk_of, public_from_point
from gateway.bootstrap import Gateway
from gateway.journey.keys.offline_credential import credential_for_near

Coordinate = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class NearForm(UnlockForm):
    """The phone's second P-256 key, for agreement; signed over the lines `lodgekey-near`, key id, at, nonce, x, y."""

    x: Coordinate
    y: Coordinate


class NearShown(BaseModel):
    """The credential (CWT, base64url) for that key, the lock's public key (JWK), and its window (UTC seconds)."""

    credential: str
    lock_key: dict[str, str]
    not_before: int
    expires: int


def issue_offline_credential(gateway: Gateway, key_id: str, form: NearForm) -> NearShown:
    """Issue a credential for the phone's second key; it expires with the phone's own credential.

    Raises ProofRefused, KeyNotUsable, TooManyAttempts, or InputRefused for a point not on the curve.
    """
    gateway.attempts.hit("unlock", key_id)
    near, now = public_key({"kty": "EC", "crv": "P-256", "x": form.x, "y": form.y}), gateway.now()
    with gateway.database.writing() as session:
        key, credential = credential_for_near(
            session, key_id, proof_of(form), (form.x, form.y), near, gateway.keyring, now
        )
        return NearShown(
            credential=urlsafe_b64encode(credential).rstrip(b"=").decode(),
            lock_key=jwk_of(public_from_point(key.device.public_key)),
            not_before=key.not_before,
            expires=key.holder_until,
        )
