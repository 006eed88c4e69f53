"""Events, appended in the step's own transaction, and the sequence numbers of those in the feed."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, inspect, select, update
from sqlalchemy.orm import Session

from gateway.domain.events import FEED_EVENTS, EventType
from gateway.store import Event, Registration, Stay


def record(
    session: Session,
    kind: EventType,
    now: int,
    *,
    stay: Stay | None = None,
    device_id: str | None = None,
    registration: Registration | None = None,
    person_id: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append one event. `data` holds ids and codes only, never personal fields.

    `person_id`: the person of the registration it is about, if not the one the record was made for.
    """
    event = Event(
        type=kind,
        at=now,
        stay_id=stay.id if stay else None,
        device_id=device_id,
        registration_id=registration.id if registration else None,
        person_id=person_id,
        area=stay.unit.area if stay else None,
        data=dict(data or {}),
        for_feed=kind in FEED_EVENTS and registration is not None,
    )
    session.add(event)


def write_events(session: Session) -> None:
    """Insert the session's new events with one statement; the ORM would fetch each row's id."""
    waiting = [row for row in session.new if isinstance(row, Event)]
    names = [column.key for column in inspect(Event).column_attrs if column.key not in ("id", "feed_seq")]
    rows = [{name: getattr(event, name) for name in names} for event in waiting]
    for event in waiting:
        session.expunge(event)
    if rows:
        session.execute(insert(Event), rows)


def feed_waits(session: Session) -> bool:
    """Whether a committed feed event lacks its sequence number."""
    return (
        session.scalars(select(Event.id).where(Event.for_feed, Event.feed_seq.is_(None)).limit(1)).first() is not None
    )


def stamp_feed(session: Session) -> int:
    """Number committed feed events in order of commit; returns how many. Only the feed's single writer calls this."""
    session.flush()
    last = select(func.coalesce(func.max(Event.feed_seq), 0)).scalar_subquery()
    place = func.row_number().over(order_by=Event.id)
    unstamped = select(Event.id, (place + last).label("seq")).where(Event.for_feed, Event.feed_seq.is_(None)).subquery()
    numbered = update(Event).where(Event.id == unstamped.c.id).values(feed_seq=unstamped.c.seq)
    done = session.execute(numbered.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount
