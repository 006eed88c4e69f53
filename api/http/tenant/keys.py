"""Routes for a holder's key. The phone that holds the key signs every request."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header

from api.framework.dependencies import Gate, ours
from api.framework.repeatable_route import RepeatableRoute
from api.services.schemas import HolderKeyShown, UnlockAnswer, UnlockForm
from api.services.tenant import keys as service
from api.services.tenant.holder_proofs import proof_from_text

router = APIRouter(route_class=RepeatableRoute, prefix="/keys", tags=["holder"], dependencies=[Depends(ours)])


@router.get("/{key_id}")
def read_key(
    gateway: Gate, key_id: str, holder_proof: Annotated[str, Header(description="at.nonce.signature")]
) -> HolderKeyShown:
    """Return the key to its holder, with its credential and the state that the lock last reported."""
    return service.read_key(gateway, key_id, proof_from_text(holder_proof))


@router.post("/{key_id}/renewal")
def renew_credential(gateway: Gate, key_id: str, form: UnlockForm) -> HolderKeyShown:
    """Renew the credential if `renewal_due`, and return the key. Signed over `lodgekey-renew`."""
    return service.renew_credential(gateway, key_id, form)


@router.post("/{key_id}/unlock")
async def unlock(gateway: Gate, key_id: str, form: UnlockForm) -> UnlockAnswer:
    """Unlock the door. The outcome is the lock's answer, or "no_answer" if it sent none within three seconds."""
    return await service.unlock(gateway, key_id, form)
