"""Change of the own password by whoever is signed in and knows the current one."""

from typing import Annotated, Final, cast

from pydantic import Field

from api.services.access import EXPIRED, hash_password, is_expired, password_fits
from api.services.account.sign_in import Method, begin_session
from api.services.password_hashing import hashing
from api.services.schemas import Strict
from gateway.bootstrap import Gateway
from gateway.domain.accounts.origin import Origin
from gateway.domain.accounts.password import MAX_LENGTH, MIN_LENGTH, has_length, is_guessable
from gateway.domain.errors import Conflict, PasswordWeak, PasswordWrong
from gateway.journey.accounts.sign_in import change_password
from gateway.store import Account, SignIn
from gateway.texts.marks import N_

LENGTH: Final = N_("The new password must have {min} to {max} characters.")
UNCHANGED: Final = N_("The new password must differ from the current one.")
GUESSABLE: Final = N_(
    "This password is easy to guess. Use several unrelated words, or let your password manager make one."
)


class PasswordForm(Strict):
    """The current password (`old`) and the new one."""

    old: Annotated[str, Field(max_length=1000)]
    new: Annotated[str, Field(max_length=1000)]


def replace_password(gateway: Gateway, sign_in: SignIn, form: PasswordForm, origin: Origin) -> str:
    """Change the password and end every session of the account; return the token of a new one in place of `sign_in`.

    Raises Conflict for an account without a password,
    PasswordWrong, PasswordWeak, TooManyAttempts or Busy.
    """
    account = sign_in.account
    if not account.password_hash:
        raise Conflict(N_("You sign in with your organisation's account, so there is no password here."))
    confirm_password(gateway, account, form.old, field="old")
    with hashing.place(account.id):
        if form.new == form.old:
            raise PasswordWeak(UNCHANGED, field="new")
        hashed = hash_of_new(account, form.new)
    with gateway.database.writing() as session:
        change_password(session, account, hashed, gateway.now())
        return begin_session(gateway, session, account, origin, cast("Method", sign_in.method))


def confirm_password(gateway: Gateway, account: Account, password: str, *, field: str) -> None:
    """Return if the password is the account's; `field` names its input.

    Raises PasswordWrong, TooManyAttempts or Busy.
    """
    gateway.attempts.hit("password", account.id)
    with hashing.place(account.id):
        if not password_fits(account, password):
            raise PasswordWrong(N_("The current password is incorrect. Nothing was changed."), field=field)
    if is_expired(gateway, account):
        raise PasswordWrong(EXPIRED, field=field)


def hash_of_new(account: Account, password: str) -> str:
    """Return the hash of a new password; to be called with a place for hashing. Raises PasswordWeak."""
    if not has_length(password):
        raise PasswordWeak(LENGTH, {"min": MIN_LENGTH, "max": MAX_LENGTH}, field="new")
    if hashing.run(is_guessable, password, account.login, account.name):
        raise PasswordWeak(GUESSABLE, field="new")
    return hashing.run(hash_password, password)
