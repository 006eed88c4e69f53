"""Pages for the second factor of an account: adding an authenticator app, its recovery codes, removing it."""

from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from api.framework.dependencies import Anybody, Enrolling, Gate, RecentlyEnrolling, origin_of
from api.framework.session_cookie import set_session_cookie
from api.services.account import second_factor as service
from api.services.account.second_factor import ConfirmForm, EnrolmentForm, EnrolmentShown, RecoveryCodesShown
from api.web.shell.forms import Input, Text, fault_values, refuse_incomplete, shown_again
from api.web.shell.page_route import PageRoute, go, notice_of, page_after
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError
from gateway.store import Account

router = APIRouter(prefix="/account/second-factor", route_class=PageRoute, include_in_schema=False)
Next = Annotated[str, Form(alias="next", max_length=1000)]


@router.get("")
def show_factor(request: Request, gateway: Gate, account: Enrolling) -> Response:
    """Show the second factor. `?next=` names the page to go to when it is added."""
    return factor_page(request, gateway, account, request.query_params.get("next", ""))


def factor_page(
    request: Request, gateway: Gateway, account: Account, asked: str, error: LodgekeyError | None = None
) -> Response:
    """Return the page, with an error if there was one."""
    values = {
        "role": account.role,
        "login": account.login,
        "factor": service.read_second_factor(gateway, account),
        "next": page_after(asked, ""),
        "notice": notice_of(request),
        **fault_values(language_of(request), error),
    }
    return page(request, "account/second_factor.html", values, error.status if error else 200)


def factor_again(error: LodgekeyError, request: Request, gateway: Gate, account: Enrolling) -> Response:
    """Return the page with the error of a form on it."""
    return factor_page(request, gateway, account, "", error)


@router.post("/new")
@shown_again(factor_again)
def begin_enrolment(request: Request, gateway: Gate, account: RecentlyEnrolling, asked: Next = "") -> Response:
    """Show a new secret as QR code and text, and the form for the app's first code."""
    return enrolment_page(request, account, service.begin_enrolment(gateway, account), asked)


def enrolment_page(
    request: Request, account: Account, shown: EnrolmentShown, asked: str, error: LodgekeyError | None = None
) -> HTMLResponse:
    """Return the page of an enrolment, with an error if there was one."""
    values = {
        "role": account.role,
        "next": page_after(asked, ""),
        "here": router.prefix,
        **enrolment_values(shown),
        **fault_values(language_of(request), error),
    }
    return page(request, "account/second_factor_new.html", values, error.status if error else 200)


def enrolment_values(shown: EnrolmentShown) -> dict[str, object]:
    """Return what the page shows of an enrolment: its QR code, and the secret in groups of four."""
    return {
        "enrolment": shown,
        "secret": [shown.secret[start : start + 4] for start in range(0, len(shown.secret), 4)],
        "qr": segno.make(shown.uri, error="m").svg_inline(omitsize=True, border=2),
    }


@router.post("")
@shown_again(factor_again)
def finish_enrolment(
    request: Request, gateway: Gate, account: Enrolling, ceremony: Text = "", code: Text = "", asked: Next = ""
) -> Response:
    """Add the app and show the recovery codes; with a wrong code the form again."""
    try:
        refuse_incomplete({"code": code}, Input("code", 100))
        form = EnrolmentForm(ceremony=ceremony[:100], code=code)
        codes, token = service.finish_enrolment(gateway, account, form, origin_of(request))
    except LodgekeyError as error:
        shown = service.enrolment_of(gateway, account, ceremony)
        if shown is None:
            raise
        return enrolment_page(request, account, shown, asked, error)
    answer = codes_page(request, account, codes, page_after(asked, router.prefix))
    set_session_cookie(gateway, request, answer, token)
    return answer


def codes_page(request: Request, account: Account, shown: RecoveryCodesShown, after: str) -> HTMLResponse:
    """Return the page with new recovery codes, and a link to the page to go to afterwards."""
    values = {"role": account.role, "codes": shown.recovery_codes, "next": after, "here": router.prefix}
    return page(request, "account/recovery_codes.html", values)


@router.post("/codes")
@shown_again(factor_again)
def renew_recovery_codes(request: Request, gateway: Gate, account: Anybody, password: Text = "") -> Response:
    """Show new recovery codes."""
    refuse_incomplete({"password": password}, Input("password", 1000))
    shown = service.renew_recovery_codes(gateway, account, ConfirmForm(password=password))
    return codes_page(request, account, shown, router.prefix)


@router.post("/remove")
@shown_again(factor_again)
def remove_factor(request: Request, gateway: Gate, account: Anybody, password: Text = "") -> Response:
    """Remove the app."""
    refuse_incomplete({"password": password}, Input("password", 1000))
    token = service.remove_second_factor(gateway, account, ConfirmForm(password=password), origin_of(request))
    answer = go("/account/second-factor?done=account.factor_removed")
    set_session_cookie(gateway, request, answer, token)
    return answer
