"""Route for changing the own password."""

from fastapi import APIRouter, Request, Response

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Gate, Newcomer, origin_of
from api.framework.session_cookie import set_session_cookie
from api.services.account.passwords import PasswordForm, replace_password

router = APIRouter(route_class=CheckedRoute, tags=["accounts"])


@router.put("/me/password", status_code=204)
def put_password(gateway: Gate, sign_in: Newcomer, form: PasswordForm, request: Request, response: Response) -> None:
    """Change the own password: all that a first password is good for.

    Every session of the account ends; the answer's cookie begins a new one.
    """
    token = replace_password(gateway, sign_in, form, origin_of(request))
    set_session_cookie(gateway, request, response, token)
