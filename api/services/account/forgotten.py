"""A forgotten password: a link is requested by anybody, and changes the password once.

Who asks is answered the same whether there is an account, and the link neither signs in nor replaces a second factor
(OWASP ASVS 5.0 V6.4.3, V6.3.8).
"""

from typing import Annotated

from pydantic import Field

from api.services.account.passwords import hash_of_new
from api.services.password_hashing import hashing
from api.services.schemas import Strict
from gateway.bootstrap import Gateway
from gateway.domain.accounts.origin import Origin
from gateway.journey.accounts import email as steps
from gateway.store import Account


class NewPasswordForm(Strict):
    """A new password."""

    new: Annotated[str, Field(max_length=1000)]


def request_link(gateway: Gateway, login: str, origin: Origin) -> None:
    """Have a link sent to the address of the account with this login, if there is one. Raises TooManyAttempts."""
    gateway.attempts.hit("forgotten_from", origin.address)
    gateway.attempts.hit("forgotten", login)
    with gateway.database.writing() as session:
        steps.request_new_password(session, login, gateway.now())


def account_of_link(gateway: Gateway, token: str) -> Account:
    """Return the account whose password the link changes. Raises NotFound."""
    with gateway.database.reading() as session:
        return steps.account_of_link(session, token, gateway.now())


def choose_password(gateway: Gateway, token: str, form: NewPasswordForm, origin: Origin) -> None:
    """Change the password by the link, which is used up, and end every session of the account.

    Raises NotFound, PasswordWeak, after which the link is still valid, TooManyAttempts or Busy.
    """
    account = account_of_link(gateway, token)
    with hashing.place(origin.address):
        hashed = hash_of_new(account, form.new)
    with gateway.database.writing() as session:
        steps.use_link(session, account, token, hashed, gateway.now())
