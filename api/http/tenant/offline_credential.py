"""What a phone needs to open a lock nearby without a network: asked for in time, signed by the key's holder."""

from base64 import urlsafe_b64encode
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api.framework.dependencies import Gate, check_origin
from api.http.tenant.onboarding import public_key
from api.http.tenant.stay import proof_of
from api.services.schemas import UnlockForm
from certs.keys import jwk_of, public_from_point
from gateway.journey.keys.offline_credential import credential_for_near

router = APIRouter(prefix="/keys", tags=["holder"], dependencies=[Depends(check_origin)])

Coordinate = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class NearForm(UnlockForm):
    """The phone's second P-256 key, for agreement; signed over `lodgekey-near`, key id, at, nonce, x, y by lines."""

    x: Coordinate
    y: Coordinate


class NearShown(BaseModel):
    """The credential (CWT) for that key, the lock's own public key (JWK), and until when it opens (UTC seconds)."""

    credential: str
    lock_key: dict[str, str]
    not_before: int
    expires: int


@router.post("/{key_id}/near")
def vouch_for_near(gateway: Gate, key_id: str, form: NearForm) -> NearShown:
    """A credential for the lock nearby; it ends with the published offline bound, so it is asked for again in time."""
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
