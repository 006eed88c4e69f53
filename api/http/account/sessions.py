"""Routes to list and end the own sessions, and to read the log of the own sign-ins."""

from fastapi import APIRouter, Request, Response

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Anybody, Gate
from api.framework.session_cookie import clear_session_cookie, session_token_of
from api.services.account import sessions as service
from api.services.account.attempts import AttemptShown, list_attempts
from api.services.account.sessions import SessionShown

router = APIRouter(route_class=CheckedRoute, prefix="/me", tags=["accounts"])


@router.get("/sessions")
def list_sessions(gateway: Gate, account: Anybody, request: Request) -> list[SessionShown]:
    """Return the account's sessions: the present one first, then the newest first."""
    return service.list_sessions(gateway, account, session_token_of(request))


@router.delete("/sessions", status_code=204)
def end_all_sessions(gateway: Gate, account: Anybody, request: Request, response: Response) -> None:
    """Sign out everywhere, here as well."""
    service.end_all_sessions(gateway, account)
    clear_session_cookie(request, response)


@router.delete("/sessions/{session_id}", status_code=204)
def end_session(gateway: Gate, account: Anybody, session_id: str) -> None:
    """End one of the account's own sessions."""
    service.end_session(gateway, account, session_id)


@router.get("/sign-ins")
def list_sign_ins(gateway: Gate, account: Anybody) -> list[AttemptShown]:
    """Return the last attempts to sign in to this account, the newest first."""
    return list_attempts(gateway, account)
