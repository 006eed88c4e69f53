"""A holder's stay: ending it, and requesting another end. The holder's phone signs each request."""

from api.services.presenters import date_request_shown
from api.services.schemas import DateRequestShown, Instant, UnlockForm
from api.services.tenant.holder_proofs import proof_of
from gateway.bootstrap import Gateway
from gateway.journey.stays import date_requests as steps
from gateway.journey.stays import own_dates


class DateRequestForm(UnlockForm):
    """Another end of the stay; signed over the lines `lodgekey-dates`, key id, `at`, `nonce` and `until`."""

    until: Instant


class OwnArrivalForm(UnlockForm):
    """When the holder arrived; signed over the lines `lodgekey-arrival`, key id, `at`, `nonce`, `arrived` and who.

    `children`: whether the children declared by the holder came with them; the last line is `children` or `alone`.
    """

    arrived: Instant
    children: bool = True


class OwnDepartureForm(UnlockForm):
    """When the holder leaves; signed over the lines `lodgekey-departure`, key id, `at`, `nonce`, `leaves` and who.

    `children`: as of OwnArrivalForm.
    """

    leaves: Instant
    children: bool = True


def end_stay(gateway: Gateway, key_id: str, form: UnlockForm) -> None:
    """End the stay now: its keys are revoked and its check-out is filed. The holder signs over `lodgekey-end`.

    Raises ProofRefused, or Conflict if others are registered for the stay too.
    """
    with gateway.database.writing(essential=True) as session:
        steps.end_for_holder(session, key_id, proof_of(form), gateway.keyring, gateway.now())


def request_dates(gateway: Gateway, key_id: str, form: DateRequestForm) -> DateRequestShown:
    """Request another end of the stay from the landlord; a later request replaces an earlier one.

    Raises ProofRefused, TooManyAttempts, or InputRefused for a moment that is past or already the end.
    """
    with gateway.database.writing() as session:
        request = steps.request_dates(session, key_id, proof_of(form), form.until, gateway.now())
        gateway.attempts.hit("date_request", request.stay_id)
        return date_request_shown(request)


def arrive_later(gateway: Gateway, key_id: str, form: OwnArrivalForm) -> None:
    """Say when the holder arrived, if later than the stay began; the change is filed.

    Raises ProofRefused, TooManyAttempts, InputRefused for the time, or Conflict.
    """
    with gateway.database.writing() as session:
        proof, now = proof_of(form), gateway.now()
        people = own_dates.arrive_later(
            session, key_id, proof, form.arrived, gateway.keyring, now, children=form.children
        )
        gateway.attempts.hit("date_request", people[0].stay_id)


def plan_departure(gateway: Gateway, key_id: str, form: OwnDepartureForm) -> None:
    """Say when the holder leaves, if earlier than the stay ends; the key ends then, and the change is filed.

    Raises ProofRefused, TooManyAttempts, InputRefused for the time, or Conflict.
    """
    with gateway.database.writing() as session:
        proof, now = proof_of(form), gateway.now()
        people = own_dates.plan_departure(
            session, key_id, proof, form.leaves, gateway.keyring, now, children=form.children
        )
        gateway.attempts.hit("date_request", people[0].stay_id)
