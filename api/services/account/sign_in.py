"""Sign-in by password, with a code for an account with a second factor, sign-out, and sessions begun and ended."""

import secrets
from typing import Final, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.services.access import EXPIRED, is_expired, password_fits
from api.services.account.attempts import note_refused
from api.services.account.schemas import SignedIn, SignInForm
from api.services.password_hashing import hashing
from gateway.bootstrap import Gateway
from gateway.domain.accounts.one_time_code import is_recovery_code, tidied
from gateway.domain.accounts.origin import Origin
from gateway.domain.accounts.tokens import token_hash
from gateway.domain.errors import CodeWrong, SecondFactorNeeded, SignInNeeded, TooManyAttempts
from gateway.journey.accounts.attempts import Outcome, is_known_network, note_attempt
from gateway.journey.accounts.second_factor import factor_of, use_code
from gateway.journey.accounts.sign_in import begin_ceremony, find_ceremony
from gateway.store import Account, Passkey, SignIn
from gateway.texts.marks import N_

Method = Literal["password", "password_and_code", "passkey", "single_sign_on"]
SECOND_STEP: Final = "second_factor"
CODE_WRONG: Final = N_("This code is not right, or it was used before. Enter the code that the app shows now.")
SIGN_IN_REFUSED: Final = N_("The username or password is incorrect. Try again.")


def sign_in(gateway: Gateway, form: SignInForm, origin: Origin) -> tuple[Account, str]:
    """Return the account whose password `form` holds, and the token of a new session.

    Attempts are counted per address and username, and passwords of few requests are compared at a time.
    Who knows a first password that has expired is told so.
    Raises SignInNeeded, SecondFactorNeeded for an account with a second factor, TooManyAttempts or Busy.
    """
    _count_attempt(gateway, form.login, origin)
    with hashing.place(origin.address):
        account = _account_with(gateway, form.login)
        if not password_fits(account, form.password) or account is None:
            outcome: Outcome = "unknown_login" if account is None else "wrong_password"
            note_refused(gateway, origin, "password", outcome, account.id if account else None)
            raise SignInNeeded(SIGN_IN_REFUSED)
    if is_expired(gateway, account):
        note_refused(gateway, origin, "password", "refused", account.id)
        raise SignInNeeded(EXPIRED)
    _refuse_without_passkey(gateway, account, origin)
    with gateway.database.writing(essential=True) as session:
        present = session.get_one(Account, account.id, with_for_update=True)
        if (present.password_hash, present.ended_at) != (account.password_hash, None):
            raise SignInNeeded(SIGN_IN_REFUSED)  # changed or ended while this password was being compared
        if factor_of(session, account.id) is None:
            return account, admit(gateway, session, account, origin, "password")
        ceremony = begin_ceremony(session, SECOND_STEP, {}, gateway.now(), account.id)
    raise SecondFactorNeeded(N_("Enter the code that your authenticator app shows."), ceremony=ceremony)


def _refuse_without_passkey(gateway: Gateway, account: Account, origin: Origin) -> None:
    """Raise SignInNeeded for an account that must have a second factor and has passkeys only.

    Its password alone would lead to adding an app, which whoever stole the password could do.
    """
    if account.role not in gateway.settings.second_factor_roles:
        return
    with gateway.database.reading() as session:
        passkey = session.scalars(select(Passkey.id).where(Passkey.account_id == account.id).limit(1)).first()
        only = passkey is not None and factor_of(session, account.id) is None
    if only:
        note_refused(gateway, origin, "password", "refused", account.id)
        raise SignInNeeded(N_("This account signs in with a passkey. Use it instead of the password."))


def sign_in_with_code(gateway: Gateway, ceremony: str, code: str, origin: Origin) -> tuple[Account, str]:
    """Return the account whose sign-in `ceremony` names, and the token of a new session, if the code is right.

    Raises SignInNeeded for an unknown or expired ceremony, CodeWrong, after which it can be tried again, or
    TooManyAttempts.
    """
    now = gateway.now()
    with gateway.database.reading() as session:
        begun = find_ceremony(session, SECOND_STEP, ceremony, now)
        if begun is None or begun.account_id is None:
            raise SignInNeeded(N_("The sign-in took too long. Start again."))
        account_id, known = begun.account_id, is_known_network(session, begun.account_id, origin.network)
    _count_code(gateway, account_id, code, origin, known=known)
    with gateway.database.writing(essential=True) as session:
        account = session.get_one(Account, account_id, with_for_update=True)
        begun = find_ceremony(session, SECOND_STEP, ceremony, now)
        if begun is not None and use_code(session, gateway.vault, account_id, code, now):
            session.delete(begun)
            return account, admit(gateway, session, account, origin, "password_and_code")
    note_refused(gateway, origin, "password", "wrong_code", account_id)
    raise CodeWrong(CODE_WRONG, field="code")


def _count_code(gateway: Gateway, account_id: str, code: str, origin: Origin, *, known: bool) -> None:
    """Raise TooManyAttempts for too many codes of an account, which all unknown networks together count for.

    A network that the account has signed in from is counted for itself, and recovery codes, which cannot be guessed,
    per address: whoever knows the password keeps nobody out who has one of them.
    """
    if is_recovery_code(tidied(code)):
        gateway.attempts.hit("recovery_code", origin.address)
    else:
        gateway.attempts.hit("code", f"{account_id}/{origin.network}" if known else account_id)


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
    row.expires_at = now + gateway.settings.session_seconds(account.role)
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    session.add(row)
    return token


def sign_out(gateway: Gateway, token: str) -> None:
    """End the session with this token, if there is one."""
    with gateway.database.writing(essential=True) as session:
        session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def account_shown(account: Account) -> SignedIn:
    """Present an account to the person signed in."""
    return SignedIn(role=account.role, name=account.name, area=account.area)
