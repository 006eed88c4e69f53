"""The officer's calls: the live feed, masked; and one record opened with a reason."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from sqlalchemy import select

from api.framework.dependencies import Gate, Officer
from api.framework.event_stream import FeedStream
from api.http.officer.consumers import Follower, reader_of
from api.services.schemas import PurposeForm, RecordOpened
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.domain.errors import InputRefused, NotFound
from gateway.feed.stream import record_shown
from gateway.journey.filings.records import person_fields
from gateway.store import Person, Registration, Stay, Unit
from gateway.store.sealing import Erased
from gateway.texts.marks import N_

__all__ = ["cursor_of", "reader_of", "router"]

router = APIRouter(tags=["officer"])


def cursor_of(last_event_id: str | None, after: int | None) -> int:
    """Where to go on: the browser's Last-Event-ID wins over the query."""
    if last_event_id is None:
        return after or 0
    if not last_event_id.isdecimal() or len(last_event_id) > 18:
        raise InputRefused(N_("Last-Event-ID must be the number of an entry of this feed."), field="Last-Event-ID")
    return int(last_event_id)


def check_cursor(gateway: Gateway, cursor: int) -> int:
    """The cursor; InputRefused for one the feed has not reached."""
    if cursor and cursor > gateway.feed.last_seq():
        raise InputRefused(N_("This feed has no such entry yet. Start from 0."), field="Last-Event-ID")
    return cursor


@router.get("/feed", status_code=200, response_class=FeedStream)
def follow_feed(
    gateway: Gate,
    reader: Follower,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> FeedStream:
    """Registration records as CloudEvents as they arrive, masked, from a cursor on: an officer's area, or a grant."""
    return FeedStream(gateway.feed, reader, check_cursor(gateway, cursor_of(last_event_id, after)))


@router.post("/registrations/{registration_id}/openings", status_code=201)
def open_record(gateway: Gate, account: Officer, registration_id: str, form: PurposeForm) -> RecordOpened:
    """One record unmasked, for a stated purpose; the log has the entry before the record is shown."""
    query = select(Registration).join(Stay, Registration.stay_id == Stay.id).join(Unit, Stay.unit_id == Unit.id)
    query = query.where(
        Registration.id == registration_id, Unit.area.startswith(account.area or "nowhere", autoescape=True)
    )
    with gateway.database.reading() as session:
        row = session.scalars(query).one_or_none()
        if row is None:
            raise NotFound(N_("There is no such record in your area."))
        person = session.get_one(Person, row.person_id)
        shown = record_shown("", row.created_at, row, row.stay)
    disclose(
        gateway.database,
        consumer=f"officer:{account.id}",
        purpose=form.purpose,
        subject=f"registration:{row.id}",
        fields="all",
        now=gateway.now(),
    )
    try:
        return RecordOpened(record=shown, person=person_fields(person, gateway.keyring))
    except Erased:
        raise NotFound(N_("This record has been deleted.")) from None
