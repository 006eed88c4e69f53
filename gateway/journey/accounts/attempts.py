"""The log of sign-in attempts: who, when, how, from where and with what result, without anything that was typed."""

from collections.abc import Sequence
from typing import Final, Literal

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from gateway.domain.accounts.origin import Origin
from gateway.store import SignInAttempt

TOGETHER_SECONDS: Final = 3600  # like attempts within this time are one row with a count
MAX_ROWS: Final = 50  # of one account, or of none, within that time; further ones are counted without their origin
KEPT_SECONDS: Final = 90 * 86_400
SHOWN: Final = 20

Outcome = Literal["accepted", "wrong_password", "wrong_code", "unknown_login", "refused", "too_many"]
NOWHERE: Final = Origin("")


def note_attempt(
    session: Session, origin: Origin, method: str, outcome: Outcome, account_id: str | None, now: int
) -> None:
    """Log an attempt. `account_id` is None for a name that no account has: people type passwords there.

    However many attempts strangers make, they add at most MAX_ROWS and one row for each result in an hour.
    """
    recent = (SignInAttempt.account_id == account_id, SignInAttempt.last_at > now - TOGETHER_SECONDS)
    row = _like(session, recent, origin, method, outcome)
    if row is None and (session.scalar(select(func.count()).where(*recent)) or 0) >= MAX_ROWS:
        origin = NOWHERE
        row = _like(session, recent, origin, method, outcome)
    if row is None:
        row = SignInAttempt(account_id=account_id, method=method, outcome=outcome, first_at=now, count=0)
        row.device, row.network = origin.device, origin.network
        session.add(row)
    row.count, row.last_at = row.count + 1, now


def _like(
    session: Session, recent: Sequence[ColumnElement[bool]], origin: Origin, method: str, outcome: str
) -> SignInAttempt | None:
    query = select(SignInAttempt).where(
        *recent,
        SignInAttempt.method == method,
        SignInAttempt.outcome == outcome,
        SignInAttempt.network == origin.network,
        SignInAttempt.device == origin.device,
    )
    return session.scalars(query.limit(1)).first()


def attempts_of(session: Session, account_id: str) -> Sequence[SignInAttempt]:
    """The account's last attempts, the newest first."""
    query = select(SignInAttempt).where(SignInAttempt.account_id == account_id)
    return session.scalars(query.order_by(SignInAttempt.last_at.desc(), SignInAttempt.id).limit(SHOWN)).all()


def is_known_network(session: Session, account_id: str, network: str) -> bool:
    """Whether the account has signed in from this network within the days that attempts are kept."""
    query = select(SignInAttempt.id).where(
        SignInAttempt.account_id == account_id,
        SignInAttempt.network == network,
        SignInAttempt.outcome == "accepted",
    )
    return network != "" and session.scalars(query.limit(1)).first() is not None


def forget_attempts(session: Session, now: int) -> None:
    """Delete attempts that are older than 90 days."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.last_at <= now - KEPT_SECONDS))
