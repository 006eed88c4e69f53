"""Sign-in by password, sign-out, and the sessions they begin and end."""

import secrets
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.services.access import password_fits
from api.services.password_hashing import hashing
from api.services.schemas import SignedIn, SignInForm
from gateway.bootstrap import Gateway
from gateway.domain.accounts.tokens import token_hash
from gateway.domain.errors import SignInNeeded
from gateway.store import Account, SignIn
from gateway.texts.marks import N_

SIGN_IN_REFUSED: Final = N_("The username or password is incorrect. Try again.")


def sign_in(gateway: Gateway, form: SignInForm, caller: str) -> tuple[Account, str]:
    """Return the account whose password `form` holds, and the token of a new session.

    `caller` is the address the request came from; attempts are counted per address and username, and passwords of
    few requests are compared at a time. Raises SignInNeeded, TooManyAttempts or Busy.
    """
    gateway.attempts.hit("sign_in", f"{caller}/{form.login}")
    with hashing.place(caller):
        with gateway.database.reading() as session:
            account = session.scalars(select(Account).where(Account.login == form.login)).one_or_none()
        if not password_fits(account, form.password) or account is None:
            raise SignInNeeded(SIGN_IN_REFUSED)
    with gateway.database.writing(essential=True) as session:
        present = session.get_one(Account, account.id, with_for_update=True)
        if (present.password_hash, present.ended_at) != (account.password_hash, None):
            raise SignInNeeded(SIGN_IN_REFUSED)  # changed or ended while this password was being compared
        return account, begin_session(gateway, session, account)


def begin_session(gateway: Gateway, session: Session, account: Account) -> str:
    """Record a new session of the account and delete expired ones; return its token, which is stored only hashed."""
    token, now = secrets.token_urlsafe(32), gateway.now()
    expires_at = now + gateway.settings.session_hours * 3600
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    session.add(SignIn(token_hash=token_hash(token), account_id=account.id, expires_at=expires_at))
    return token


def sign_out(gateway: Gateway, token: str) -> None:
    """End the session with this token, if there is one."""
    with gateway.database.writing() as session:
        session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def account_shown(account: Account) -> SignedIn:
    """Present an account to the person signed in."""
    return SignedIn(role=account.role, name=account.name, area=account.area)
