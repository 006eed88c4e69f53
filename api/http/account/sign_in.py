"""Routes for signing in and out by password."""

from fastapi import APIRouter, Depends, Request, Response

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Anybody, Gate, origin_of, ours
from api.framework.session_cookie import clear_session_cookie, session_token_of, set_session_cookie
from api.services.account import sign_in as service
from api.services.account.schemas import CodeForm, SignedIn, SignInForm

router = APIRouter(route_class=CheckedRoute, tags=["accounts"])


@router.post("/sessions", status_code=201, dependencies=[Depends(ours)])
def create_session(gateway: Gate, form: SignInForm, request: Request, response: Response) -> SignedIn:
    """Sign in. The answer sets the session's cookie; for an account with a second factor, it names a ceremony."""
    account, token = service.sign_in(gateway, form, origin_of(request))
    set_session_cookie(gateway, request, response, token)
    return service.account_shown(account)


@router.post("/sessions/second-factor", status_code=201, dependencies=[Depends(ours)])
def finish_session(gateway: Gate, form: CodeForm, request: Request, response: Response) -> SignedIn:
    """Finish a sign-in by password with a code. The answer sets the session's cookie."""
    account, token = service.sign_in_with_code(gateway, form.ceremony, form.code, origin_of(request))
    set_session_cookie(gateway, request, response, token)
    return service.account_shown(account)


@router.delete("/sessions", status_code=204, dependencies=[Depends(ours)])
def delete_session(gateway: Gate, request: Request, response: Response) -> None:
    """Sign out."""
    service.sign_out(gateway, session_token_of(request))
    clear_session_cookie(request, response)


@router.get("/me")
def read_me(account: Anybody) -> SignedIn:
    """Return the account that is signed in."""
    return service.account_shown(account)
