"""Sign-in: one-time ceremonies, officers admitted through an OpenID provider, passwords and sessions."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict, SignOnNotEntitled
from gateway.journey.accounts.mails import tell_owner
from gateway.outbox.events import record
from gateway.store import Account, AlertSubscription, Ceremony, Passkey, SecondFactor, SignIn
from gateway.texts.marks import N_

CEREMONY_SECONDS: Final = 300


def name_hash(name: str) -> str:
    """The stored SHA-256 of a ceremony's name."""
    return hashlib.sha256(name.encode()).hexdigest()


def begin_ceremony(
    session: Session,
    kind: str,
    data: Mapping[str, Any],
    now: int,
    account_id: str | None = None,
    *,
    seconds: int = CEREMONY_SECONDS,
) -> str:
    """Start a ceremony that can be answered once, within `seconds`; returns its name."""
    session.execute(delete(Ceremony).where(Ceremony.expires_at <= now))
    name, expires = secrets.token_urlsafe(32), now + seconds
    session.add(
        Ceremony(name_hash=name_hash(name), kind=kind, account_id=account_id, data=dict(data), expires_at=expires)
    )
    return name


def take_ceremony(
    session: Session, kind: str, name: str, now: int, account_id: str | None = None
) -> Mapping[str, Any] | None:
    """The data to check the answer against; removes the ceremony. None if there is none, or it has expired."""
    row = session.get(Ceremony, name_hash(name), with_for_update=True)
    if row is None or (row.kind, row.account_id) != (kind, account_id):
        return None
    session.delete(row)
    return row.data if now < row.expires_at else None


def find_ceremony(session: Session, kind: str, name: str, now: int) -> Ceremony | None:
    """The ceremony of this kind and name, to be deleted when it is answered rightly; None if it has expired."""
    row = session.get(Ceremony, name_hash(name))
    return row if row is not None and row.kind == kind and now < row.expires_at else None


def admit_officer(session: Session, issuer: str, subject: str, name: str, area: str, now: int) -> Account:
    """The account of an officer authenticated by an OpenID provider; created at the first sign-in.

    Name and area are updated at every sign-in. Raises SignOnNotEntitled if the account was ended.
    """
    account = officer_known(session, issuer, subject)
    if account is None:
        digest = hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:32]
        account = Account(role="officer", login=f"oidc:{digest}", password_hash="", issuer=issuer, subject=subject)
        account.name, account.area = name, area
        session.add(account)
        session.flush()
        record(session, "OfficerAdmitted", now, data={"account": account.id, "area": area})
    if account.ended_at is not None:
        raise SignOnNotEntitled(N_("This account has been closed. Contact the system administrator."))
    account.name, account.area = name, area
    return account


def officer_known(session: Session, issuer: str, subject: str) -> Account | None:
    """The account of this provider's subject, or None."""
    return session.scalars(select(Account).where(Account.issuer == issuer, Account.subject == subject)).one_or_none()


def end_sessions(session: Session, account_id: str) -> None:
    """Delete all sessions of the account, and the sign-ins that it has not finished."""
    session.execute(delete(SignIn).where(SignIn.account_id == account_id))
    session.execute(delete(Ceremony).where(Ceremony.account_id == account_id))


def create_account(session: Session, account: Account, hashed: Callable[[str], str], now: int) -> str:
    """Store a new account and return its random first password, which can only be changed.

    Raises Conflict if the login is taken.
    """
    if session.scalars(select(Account.id).where(Account.login == account.login)).first() is not None:
        raise Conflict(N_("This username is already in use. Choose another one."), field="login")
    password = set_first_password(account, hashed, now)
    session.add(account)
    session.flush()
    return password


def set_first_password(account: Account, hashed: Callable[[str], str], now: int) -> str:
    """Give the account a random first password, and return it."""
    password = secrets.token_urlsafe(12)
    account.password_hash, account.password_is_first, account.first_password_at = hashed(password), True, now
    return password


def forget_sign_in(session: Session, account: Account, now: int) -> None:
    """End the account: delete its password, address, passkeys, second factor, sessions and alert subscription."""
    account.ended_at, account.password_hash = now, ""
    account.email = account.email_language = None
    forget_factors(session, account.id)
    session.execute(delete(AlertSubscription).where(AlertSubscription.account_id == account.id))
    end_sessions(session, account.id)


def note_change(account: Account, now: int) -> None:
    """Note that a means to sign in was replaced or removed, so that no older backup brings it back."""
    account.sign_in_changed_at = max(now, (account.sign_in_changed_at or 0) + 1)


def forget_factors(session: Session, account_id: str) -> None:
    """Delete the account's passkeys and its second factor."""
    session.execute(delete(Passkey).where(Passkey.account_id == account_id))
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))


def remove_factors(session: Session, account: Account, by: str, now: int) -> None:
    """Delete lost passkeys and a lost second factor of the account, and end its sessions; `by`: who did it."""
    forget_factors(session, account.id)
    note_change(account, now)
    end_sessions(session, account.id)
    record(session, "SecondFactorRemoved", now, data={"account": account.id, "by": by})


def change_password(session: Session, account: Account, hashed: str, now: int, *, by: str = "") -> None:
    """Set a new password, end all sessions, and have the owner told; `by`: how, where the owner was not signed in.

    Raises Conflict if the password changed since it was checked.
    """
    row = session.get_one(Account, account.id, with_for_update=True)
    if row.ended_at is not None or row.password_hash != account.password_hash:
        raise Conflict(N_("The password was changed in the meantime. Sign in again."))
    row.password_hash, row.password_is_first, row.first_password_at = hashed, False, None
    note_change(row, now)
    end_sessions(session, row.id)
    record(session, "PasswordChanged", now, data={"account": row.id} | ({"by": by} if by else {}))
    tell_owner(session, "password_changed", row, now)
