"""The stay in its tenant's hands: end it, or ask for other dates. Signed by the phone that holds the key."""

from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.framework.dependencies import Gate, LandlordId, check_origin
from api.http.tenant.keys import signature_of
from api.services.presenters import date_request_shown
from api.services.schemas import DateRequestShown, Instant, UnlockForm
from gateway.domain.keys.key import Proof
from gateway.journey.stays import date_requests as steps
from gateway.journey.stays.landlord import stay_of

holder = APIRouter(prefix="/keys", tags=["holder"], dependencies=[Depends(check_origin)])
landlord = APIRouter(tags=["landlord"])


class DateRequestForm(UnlockForm):
    """Signed over `lodgekey-dates`, key id, `at`, `nonce` and `until`, by lines."""

    until: Instant


class AnswerForm(BaseModel):
    """What the landlord says to a request for other dates."""

    model_config = ConfigDict(extra="forbid")
    answer: Literal["agree", "decline"]


def proof_of(form: UnlockForm) -> Proof:
    """What the holder shows."""
    return Proof(form.at, form.nonce, signature_of(form.signature))


@holder.post("/{key_id}/end", status_code=204)
def end_stay(gateway: Gate, key_id: str, form: UnlockForm) -> None:
    """End the stay now, signed over `lodgekey-end`: keys are revoked until read back, the check-out is reported."""
    with gateway.database.writing() as session:
        steps.end_for_holder(session, key_id, proof_of(form), gateway.keyring, gateway.now())


@holder.post("/{key_id}/dates", status_code=202)
def ask_for_dates(gateway: Gate, key_id: str, form: DateRequestForm) -> DateRequestShown:
    """Ask the landlord for another end of the stay; a later request takes the place of an earlier one."""
    with gateway.database.writing() as session:
        request = steps.ask_for_dates(session, key_id, proof_of(form), form.until, gateway.now())
        gateway.attempts.hit("date_request", request.stay_id)
        return date_request_shown(request)


@landlord.post("/stays/{stay_id}/date-request")
def answer_date_request(gateway: Gate, landlord_id: LandlordId, stay_id: str, form: AnswerForm) -> DateRequestShown:
    """Agree to the tenant's request, which changes the stay, or decline it, which changes nothing."""
    with gateway.database.writing() as session:
        stay = stay_of(session, stay_id, landlord_id)
        agreed = form.answer == "agree"
        return date_request_shown(
            steps.answer_date_request(session, stay, agreed=agreed, keyring=gateway.keyring, now=gateway.now())
        )


router = APIRouter()
router.include_router(holder)
router.include_router(landlord)
