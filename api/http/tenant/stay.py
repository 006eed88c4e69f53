"""The stay in its tenant's hands: end it, or ask for other dates. Signed by the phone that holds the key."""

from fastapi import APIRouter, Depends

from api.framework.dependencies import Gate, check_origin
from api.http.tenant.keys import signature_of
from api.services.presenters import date_request_shown
from api.services.schemas import DateRequestShown, Instant, UnlockForm
from gateway.domain.keys.key import Proof
from gateway.journey.stays import date_requests as steps

router = APIRouter(prefix="/keys", tags=["holder"], dependencies=[Depends(check_origin)])


class DateRequestForm(UnlockForm):
    """Signed over `lodgekey-dates`, key id, `at`, `nonce` and `until`, by lines."""

    until: Instant


def proof_of(form: UnlockForm) -> Proof:
    """What the holder shows."""
    return Proof(form.at, form.nonce, signature_of(form.signature))


@router.post("/{key_id}/end", status_code=204)
def end_stay(gateway: Gate, key_id: str, form: UnlockForm) -> None:
    """End the stay now, signed over `lodgekey-end`: keys are revoked until read back, the check-out is reported."""
    with gateway.database.writing() as session:
        steps.end_for_holder(session, key_id, proof_of(form), gateway.keyring, gateway.now())


@router.post("/{key_id}/dates", status_code=202)
def ask_for_dates(gateway: Gate, key_id: str, form: DateRequestForm) -> DateRequestShown:
    """Ask the landlord for another end of the stay; a later request takes the place of an earlier one."""
    with gateway.database.writing() as session:
        request = steps.ask_for_dates(session, key_id, proof_of(form), form.until, gateway.now())
        gateway.attempts.hit("date_request", request.stay_id)
        return date_request_shown(request)
