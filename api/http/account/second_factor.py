"""Routes for the own second factor (RFC 6238): adding an authenticator app, its recovery codes, removing it."""

from fastapi import APIRouter, Request, Response

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Anybody, Enrolling, Gate, RecentlyEnrolling, origin_of
from api.framework.session_cookie import set_session_cookie
from api.services.account import second_factor as service
from api.services.account.second_factor import (
    ConfirmForm,
    EnrolmentForm,
    EnrolmentShown,
    RecoveryCodesShown,
    SecondFactorShown,
)

router = APIRouter(route_class=CheckedRoute, prefix="/me/second-factor", tags=["accounts"])


@router.get("")
def read_second_factor(gateway: Gate, account: Enrolling) -> SecondFactorShown:
    """Return whether the account has a second factor, and whether it must have one."""
    return service.read_second_factor(gateway, account)


@router.post("/options", status_code=201)
def begin_enrolment(gateway: Gate, account: RecentlyEnrolling) -> EnrolmentShown:
    """Make a secret for an authenticator app of an account that signed in within the last 15 minutes."""
    return service.begin_enrolment(gateway, account)


@router.post("", status_code=201)
def finish_enrolment(
    gateway: Gate, account: Enrolling, form: EnrolmentForm, request: Request, response: Response
) -> RecoveryCodesShown:
    """Add the app that shows the right code. The answer holds recovery codes, which are shown only once.

    Every session of the account ends; the answer's cookie begins a new one.
    """
    codes, token = service.finish_enrolment(gateway, account, form, origin_of(request))
    set_session_cookie(gateway, request, response, token)
    return codes


@router.post("/recovery-codes", status_code=201)
def renew_recovery_codes(gateway: Gate, account: Anybody, form: ConfirmForm) -> RecoveryCodesShown:
    """Replace the recovery codes; those from before are no longer accepted."""
    return service.renew_recovery_codes(gateway, account, form)


@router.post("/removal", status_code=204)
def remove_second_factor(
    gateway: Gate, account: Anybody, form: ConfirmForm, request: Request, response: Response
) -> None:
    """Remove the app. Every session of the account ends; the answer's cookie begins a new one."""
    token = service.remove_second_factor(gateway, account, form, origin_of(request))
    set_session_cookie(gateway, request, response, token)
