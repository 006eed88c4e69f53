"""Enrolment of a device, by the claim that its installer gave it and the device's own key."""

import asyncio
import base64
import binascii
from typing import Annotated

from pydantic import BaseModel, Field

from api.services.schemas import Strict
from certs.authority.ca import Issued
from gateway.bootstrap import Gateway
from gateway.domain.errors import EnrolmentRefused
from gateway.fleet.enrolment import CLAIM_REFUSED, take_in


class EnrolmentForm(Strict):
    """The device's enrolment request (certs.enrolment.claim): a COSE_Sign1 by the claim's key, in base64."""

    enrolment: Annotated[str, Field(max_length=8192)]


class EnrolmentShown(BaseModel):
    """The certificate chain to present to the broker (PEM, the device's own first), and when it ends (UTC seconds)."""

    chain: str
    expires_at: int


async def enrol(gateway: Gateway, form: EnrolmentForm, caller: str) -> EnrolmentShown:
    """Enrol a device, once for each claim; `caller` is the address the request came from.

    Raises EnrolmentRefused, with the same message whatever is wrong, or TooManyAttempts.
    """
    gateway.attempts.hit("enrolment", caller)
    issued = await asyncio.to_thread(_issue, gateway, form.enrolment)
    await gateway.revocation.enforce()  # a replaced key is refused before the new one connects
    return EnrolmentShown(chain=issued.chain_pem.decode(), expires_at=issued.expires)


def _issue(gateway: Gateway, enrolment: str) -> Issued:
    try:
        raw = base64.b64decode(enrolment, validate=True)
    except (binascii.Error, ValueError):
        raise EnrolmentRefused(CLAIM_REFUSED) from None
    with gateway.database.writing() as session:
        return take_in(session, gateway.authority, raw, gateway.now())
