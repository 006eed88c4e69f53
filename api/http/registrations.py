"""The officer's calls: the live feed, masked; and one record opened with a reason."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from sqlalchemy import select

from api.http.context import Gate, Officer
from api.http.shapes import PurposeForm, RecordOpened
from gateway.disclosure import disclose
from gateway.domain.errors import InputRefused, NotFound
from gateway.feed import Feed, Reader, encode_items, record_shown
from gateway.journey.registration import person_fields
from gateway.store import Account, Person, Registration, Stay, Unit
from gateway.store.sealing import Erased

router = APIRouter(tags=["officer"])


def reader_of(account: Account) -> Reader:
    """The officer as a reader of the feed: bound to the area of their account."""
    return Reader(f"officer:{account.id}", "following registrations", account.area or "nowhere")


def cursor_of(last_event_id: str | None, after: int | None) -> int:
    """Where to go on: the browser's Last-Event-ID wins over the query."""
    if last_event_id is None:
        return after or 0
    if not last_event_id.isdecimal() or len(last_event_id) > 18:
        raise InputRefused("Last-Event-ID is the number of an entry of this feed.", field="Last-Event-ID")
    return int(last_event_id)


async def stream(feed: Feed, reader: Reader, cursor: int) -> AsyncIterator[bytes]:
    """The feed as server-sent events, beginning with how soon to reconnect."""
    yield b"retry: 2000\n\n"
    async for items in feed.follow(reader, cursor):
        yield encode_items(items)


@router.get("/feed", response_class=StreamingResponse)
async def follow_feed(
    gateway: Gate,
    account: Officer,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> StreamingResponse:
    """Registration records of the officer's area as they arrive, masked, from a cursor on."""
    cursor = cursor_of(last_event_id, after)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    body = stream(gateway.feed, reader_of(account), cursor)
    return StreamingResponse(body, media_type="text/event-stream", headers=headers)


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
            raise NotFound("There is no such record in your area.")
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
        raise NotFound("This record was erased.") from None
