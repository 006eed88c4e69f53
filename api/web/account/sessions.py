"""Page for the account's own sessions: where it is signed in, and signing out there."""

from fastapi import APIRouter, Request, Response

from api.framework.dependencies import Anybody, Gate
from api.framework.session_cookie import clear_session_cookie, session_token_of
from api.services.account import sessions as service
from api.services.account.attempts import list_attempts
from api.web.shell.forms import fault_values, shown_again
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.errors import LodgekeyError
from gateway.store import Account

router = APIRouter(prefix="/account/sessions", route_class=PageRoute, include_in_schema=False)


@router.get("")
def show_sessions(request: Request, gateway: Gate, account: Anybody) -> Response:
    """Show where the account is signed in."""
    return sessions_page(request, gateway, account)


def sessions_page(request: Request, gateway: Gateway, account: Account, error: LodgekeyError | None = None) -> Response:
    """Return the page, with an error if there was one."""
    values = {
        "role": account.role,
        "sessions": service.list_sessions(gateway, account, session_token_of(request)),
        "attempts": list_attempts(gateway, account),
        "idle_minutes": gateway.settings.idle_seconds(account.role) // 60,
        "notice": notice_of(request),
        **fault_values(language_of(request), error),
    }
    return page(request, "account/sessions.html", values, error.status if error else 200)


def sessions_again(error: LodgekeyError, request: Request, gateway: Gate, account: Anybody) -> Response:
    """Return the page with the error of a form on it."""
    return sessions_page(request, gateway, account, error)


@router.post("/end")
@shown_again(sessions_again)
def end_all_sessions(request: Request, gateway: Gate, account: Anybody) -> Response:
    """Sign out everywhere, here as well."""
    service.end_all_sessions(gateway, account)
    answer = go("/login?done=account.signed_out")
    clear_session_cookie(request, answer)
    return answer


@router.post("/{session_id}/end")
@shown_again(sessions_again)
def end_session(gateway: Gate, account: Anybody, session_id: str) -> Response:
    """End one session."""
    service.end_session(gateway, account, session_id)
    return go("/account/sessions?done=account.session_ended")
