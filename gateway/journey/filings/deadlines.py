"""Filing deadlines at run time: events before a deadline and once it has passed."""

from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from gateway.domain.filings.deadlines import Standing
from gateway.outbox.events import record
from gateway.store import Registration

TAKEN: Final = ("accepted", "partly")
OPEN: Final = ("waiting", "queued", "asking", "pending", "unknown", "by_hand", "refused")
NEED_A_PERSON: Final = ("waiting", "unknown", "by_hand", "refused", "partly")


def pressing(now: int) -> ColumnElement[bool]:
    """The condition for records that need a person, or whose deadline is near or past, and that none replaces yet."""
    near = and_(Registration.state.in_(OPEN), Registration.warn_at <= now)
    return and_(Registration.refiled_id.is_(None), or_(Registration.state.in_(NEED_A_PERSON), near))


def standing_of(row: Registration, now: int) -> Standing:
    """Whether the record reached its registry in time, or its standing while it has not; late from the deadline on.

    Of a refused record in whose place another was filed, only the other one counts.
    """
    if row.deadline_at is None or row.state == "not_due" or row.refiled_id is not None:
        return "in_time"
    taken = row.state in TAKEN
    at = (row.sent_at or row.answered_at or now) if taken else now
    if at >= row.deadline_at:
        return "late"
    return "warn" if not taken and row.warn_at is not None and at >= row.warn_at else "in_time"


def watch_deadlines(session: Session, now: int) -> int:
    """Record DeadlineNear and DeadlineMissed events, once each, for open records; returns how many."""
    query = select(Registration).where(
        Registration.state.in_(OPEN),
        Registration.refiled_id.is_(None),
        Registration.warn_at <= now,
        Registration.late_at.is_(None),
    )
    recorded = 0
    for row in session.scalars(query):
        data = {"registration": row.id, "kind": row.kind, "deadline": row.deadline_at}
        if row.deadline_at is not None and now >= row.deadline_at:
            row.late_at = now
            record(session, "DeadlineMissed", now, stay=row.stay, registration=row, data=data)
        elif row.warned_at is None:
            row.warned_at = now
            record(session, "DeadlineNear", now, stay=row.stay, registration=row, data=data)
        else:
            continue
        recorded += 1
    return recorded
