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


class OwnDateForm(UnlockForm):
    """A date of the holder's own. `children`: whether it is also that of the children they declared.

    The last line that is signed says so: `children` or `alone`.
    """

    children: bool = True


class OwnArrivalForm(OwnDateForm):
    """When the holder arrives; signed over the lines `lodgekey-arrival`, key id, `at`, `nonce`, `arrived` and who."""

    arrived: Instant


class OwnDepartureForm(OwnDateForm):
    """When the holder leaves; signed over the lines `lodgekey-departure`, key id, `at`, `nonce`, `leaves` and who."""

    leaves: Instant


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
    """Say when the holder arrives, if later than the stay begins; the change is filed.

    Raises ProofRefused, TooManyAttempts, InputRefused for the time, or Conflict.
    """
    _set_own_date(gateway, own_dates.arrive_later, key_id, form, form.arrived)


def plan_departure(gateway: Gateway, key_id: str, form: OwnDepartureForm) -> None:
    """Say when the holder leaves, if earlier than the stay ends; the key ends then, and the change is filed.

    Raises ProofRefused, TooManyAttempts, InputRefused for the time, or Conflict.
    """
    _set_own_date(gateway, own_dates.plan_departure, key_id, form, form.leaves)


def _set_own_date(gateway: Gateway, step: own_dates.OwnDate, key_id: str, form: OwnDateForm, at: str) -> None:
    with gateway.database.writing() as session:
        proof, now = proof_of(form), gateway.now()
        people = step(session, key_id, proof, at, gateway.keyring, now, children=form.children)
        gateway.attempts.hit("date_request", people[0].stay_id)
