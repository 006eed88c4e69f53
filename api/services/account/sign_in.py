"""Sign-in by password, sign-out, and the sessions they begin and end."""

import secrets
from typing import Final, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.services.access import password_fits
from api.services.account.attempts import note_refused
from api.services.password_hashing import hashing
from api.services.schemas import SignedIn, SignInForm
from gateway.bootstrap import Gateway
from gateway.domain.accounts.origin import Origin
from gateway.domain.accounts.tokens import token_hash
from gateway.domain.errors import SignInNeeded, TooManyAttempts
from gateway.journey.accounts.attempts import Outcome, note_attempt
from gateway.store import Account, SignIn
from gateway.texts.marks import N_

Method = Literal["password", "passkey", "single_sign_on"]
SIGN_IN_REFUSED: Final = N_("The username or password is incorrect. Try again.")


def sign_in(gateway: Gateway, form: SignInForm, origin: Origin) -> tuple[Account, str]:
    """Return the account whose password `form` holds, and the token of a new session.

    Attempts are counted per address and username, and passwords of few requests are compared at a time.
    Raises SignInNeeded, TooManyAttempts or Busy.
    """
    _count_attempt(gateway, form.login, origin)
    with hashing.place(origin.address):
        account = _account_with(gateway, form.login)
        if not password_fits(account, form.password) or account is None:
            outcome: Outcome = "unknown_login" if account is None else "wrong_password"
            note_refused(gateway, origin, "password", outcome, account.id if account else None)
            raise SignInNeeded(SIGN_IN_REFUSED)
    with gateway.database.writing(essential=True) as session:
        present = session.get_one(Account, account.id, with_for_update=True)
        if (present.password_hash, present.ended_at) != (account.password_hash, None):
            raise SignInNeeded(SIGN_IN_REFUSED)  # changed or ended while this password was being compared
        return account, admit(gateway, session, account, origin, "password")


def _account_with(gateway: Gateway, login: str) -> Account | None:
    with gateway.database.reading() as session:
        return session.scalars(select(Account).where(Account.login == login)).one_or_none()


def _count_attempt(gateway: Gateway, login: str, origin: Origin) -> None:
    """Raise TooManyAttempts for too many with this name from this address, and log that once in a while."""
    name = f"{origin.address}/{login}"
    try:
        gateway.attempts.hit("sign_in", name)
    except TooManyAttempts:
        if gateway.attempts.is_first("limited_sign_in", name):
            account = _account_with(gateway, login)
            note_refused(gateway, origin, "password", "too_many", account.id if account else None)
        raise


def admit(gateway: Gateway, session: Session, account: Account, origin: Origin, method: Method) -> str:
    """Log the sign-in of the account and begin its session; return the session's token."""
    note_attempt(session, origin, method, "accepted", account.id, gateway.now())
    return begin_session(gateway, session, account, origin, method)


def begin_session(gateway: Gateway, session: Session, account: Account, origin: Origin, method: Method) -> str:
    """Record a new session of the account and delete expired ones; return its token, which is stored only hashed."""
    token, now = secrets.token_urlsafe(32), gateway.now()
    row = SignIn(token_hash=token_hash(token), account_id=account.id, method=method, begun_at=now, used_at=now)
    row.device, row.network = origin.device, origin.network
    row.expires_at = now + gateway.settings.session_hours * 3600
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    session.add(row)
    return token


def sign_out(gateway: Gateway, token: str) -> None:
    """End the session with this token, if there is one."""
    with gateway.database.writing() as session:
        session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def account_shown(account: Account) -> SignedIn:
    """Present an account to the person signed in."""
    return SignedIn(role=account.role, name=account.name, area=account.area)
