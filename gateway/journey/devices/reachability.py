"""Whether locks are connected, where the broker could not tell: it is unknown until they are heard again."""

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from gateway.journey.stays.landlord import read_back
from gateway.store import Device

_SEEN = Device.last_seen_at.is_not(None)
_OURS = (Device.kind == "lock", Device.driver == "native", Device.revoked_at.is_(None))


def forget_reachability(session: Session) -> None:
    """No lock counts as connected any more: its last message may have come from a broker that has ended since."""
    session.execute(update(Device).where(*_OURS, Device.online.is_(True)).values(online=None))


def ask_unseen(session: Session, now: int) -> int:
    """Queue a read of the state of each lock that was seen before and not since; how many there are."""
    return _ask(session, now, Device.online.is_(None))


def ask_known(session: Session, now: int) -> int:
    """Queue a read of the state of each lock that was ever seen; how many there are.

    After a restore: a lock that is connected has said its state to a broker at which nobody listened, and says the next
    one in an hour.
    """
    return _ask(session, now)


def _ask(session: Session, now: int, *which: ColumnElement[bool]) -> int:
    locks = session.scalars(select(Device).where(*_OURS, _SEEN, *which)).all()
    for lock in locks:
        read_back(session, lock, now)
    return len(locks)
