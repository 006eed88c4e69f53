"""Sessions of accounts: when they were last used, and which of them have ended."""

import threading
from collections.abc import Callable, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gateway.domain.errors import NotFound
from gateway.store import Account, SignIn
from gateway.texts.marks import N_


class SessionUse:
    """When sessions were last used, kept in memory between rounds of housekeeping: reading a page writes no row.

    `idle_seconds`: the time without use after which a session ends, by the role of its account.
    """

    def __init__(self, idle_seconds: Callable[[str], int]) -> None:
        self.idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._last: dict[str, int] = {}

    def note(self, row: SignIn, now: int) -> None:
        """Note that a session is in use."""
        with self._lock:
            self._last[row.token_hash] = max(now, self._last.get(row.token_hash, 0))

    def last(self, row: SignIn) -> int:
        """When the session was last used."""
        with self._lock:
            return max(row.used_at, self._last.get(row.token_hash, 0))

    def is_current(self, row: SignIn, now: int) -> bool:
        """Whether the session has ended neither by age nor for want of use."""
        return now < row.expires_at and now < self.last(row) + self.idle_seconds(row.account.role)

    def save(self, session: Session, now: int) -> None:
        """Write the latest uses to the database, and delete the sessions that have ended."""
        stored = {row.token_hash: row.used_at for row in session.execute(select(SignIn.token_hash, SignIn.used_at))}
        with self._lock:
            self._last = {name: at for name, at in self._last.items() if name in stored}
            later = {name: at for name, at in self._last.items() if at > stored[name]}
        for name, at in later.items():
            session.execute(update(SignIn).where(SignIn.token_hash == name).values(used_at=at))
        session.execute(delete(SignIn).where(SignIn.expires_at <= now))
        for role in session.scalars(select(Account.role).distinct()).all():
            of_role = SignIn.account_id.in_(select(Account.id).where(Account.role == role))
            session.execute(delete(SignIn).where(of_role, SignIn.used_at <= now - self.idle_seconds(role)))


def sessions_of(session: Session, account_id: str) -> Sequence[SignIn]:
    """The account's sessions that are stored, the newest first."""
    query = select(SignIn).where(SignIn.account_id == account_id)
    return session.scalars(query.order_by(SignIn.begun_at.desc(), SignIn.id)).all()


def end_session(session: Session, account_id: str, session_id: str) -> None:
    """End one session of the account. Raises NotFound."""
    row = session.scalars(select(SignIn).where(SignIn.id == session_id, SignIn.account_id == account_id)).one_or_none()
    if row is None:
        raise NotFound(N_("You have no such session. It may have ended already."))
    session.delete(row)
