"""What the pages with a form for a new password have in common."""

from fastapi import Request, Response

from api.framework.dependencies import origin_of
from api.framework.session_cookie import set_session_cookie
from api.services.account.passwords import PasswordForm, replace_password
from api.web.shell.forms import Input, refuse_incomplete
from api.web.shell.page_route import go
from gateway.bootstrap import Gateway
from gateway.domain.errors import PasswordDiffers
from gateway.store import SignIn
from gateway.texts.marks import N_


def change_password(
    request: Request, gateway: Gateway, sign_in: SignIn, after: str, *, old: str, new: str, again: str
) -> Response:
    """Change the password and go to the page `after`; the session goes on in a new one of its kind.

    Raises as refuse_differing and replace_password.
    """
    refuse_differing(old=old, new=new, again=again)
    token = replace_password(gateway, sign_in, PasswordForm(old=old, new=new), origin_of(request))
    answer = go(after)
    set_session_cookie(gateway, request, answer, token)
    return answer


def refuse_differing(*, new: str, again: str, **others: str) -> None:
    """Raise FormRefused for empty inputs, PasswordDiffers where the new password was entered differently."""
    typed = others | {"new": new, "again": again}
    refuse_incomplete(typed, *(Input(name, 1000) for name in typed))
    if new != again:
        raise PasswordDiffers(N_("The new passwords do not match. Enter them again."), field="again")
