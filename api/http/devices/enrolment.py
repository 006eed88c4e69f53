"""A new device enrols itself: with the claim its installer carried, and its own key."""

import asyncio
import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.framework.dependencies import Gate, caller
from api.services.schemas import Strict
from certs.authority.ca import Issued
from gateway.bootstrap import Gateway
from gateway.domain.errors import EnrolmentRefused
from gateway.fleet.enrolment import CLAIM_REFUSED, take_in

router = APIRouter(tags=["devices"])


class EnrolmentForm(Strict):
    """What the device wrote (certs.enrolment.claim): a COSE_Sign1 by the claim's key, in base64."""

    enrolment: Annotated[str, Field(max_length=8192)]


class EnrolmentShown(BaseModel):
    """The certificate chain to present to the broker (PEM, the device's own first), and when it ends (UTC seconds)."""

    chain: str
    expires_at: int


@router.post("/enrolments", status_code=201)
async def create_enrolment(gateway: Gate, form: EnrolmentForm, request: Request) -> EnrolmentShown:
    """Take a device in, once for each claim. Whatever is wrong, the refusal is the same."""
    gateway.attempts.hit("enrolment", caller(request))
    issued = await asyncio.to_thread(_take_in, gateway, form.enrolment)
    await gateway.revocation.enforce()  # a key that was replaced is shut out before the new one comes
    return EnrolmentShown(chain=issued.chain_pem.decode(), expires_at=issued.expires)


def _take_in(gateway: Gateway, enrolment: str) -> Issued:
    try:
        raw = base64.b64decode(enrolment, validate=True)
    except (binascii.Error, ValueError):
        raise EnrolmentRefused(CLAIM_REFUSED) from None
    with gateway.database.writing() as session:
        return take_in(session, gateway.authority, raw, gateway.now())
