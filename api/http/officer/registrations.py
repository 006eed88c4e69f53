"""Routes for the registration feed, and for one record opened with a purpose."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.framework.checked_route import CheckedRoute
from api.framework.dependencies import Gate, Officer, SessionToken, account_of, only, while_signed_in
from api.framework.event_stream import FeedStream
from api.services.officer import registrations as service
from api.services.officer.feed import check_cursor, consumer_reader, cursor_of, officer_reader
from api.services.schemas import PurposeForm, RecordOpened
from gateway.feed.stream import Reader

router = APIRouter(route_class=CheckedRoute, tags=["officer"])


ConsumerToken = Annotated[
    HTTPAuthorizationCredentials | None,
    Security(HTTPBearer(scheme_name="consumer", description="A consumer's token", auto_error=False)),
]


def follower_of(request: Request, gateway: Gate, token: SessionToken, consumer: ConsumerToken) -> Reader:
    """Return who follows the feed: a consumer by its bearer token, else the officer who is signed in."""
    if consumer:
        return consumer_reader(gateway, consumer.credentials.strip())
    return officer_reader(only("officer")(account_of(request, gateway, token)), while_signed_in(request, gateway))


Follower = Annotated[Reader, Depends(follower_of)]


@router.get("/feed", status_code=200, response_class=FeedStream)
def follow_feed(
    gateway: Gate,
    reader: Follower,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> FeedStream:
    """Stream masked registration records as CloudEvents from a cursor on, within an officer's area or a grant.

    Last-Event-ID takes precedence over `after`.
    """
    return FeedStream(gateway.feed, reader, check_cursor(gateway, cursor_of(last_event_id, after)))


@router.post("/registrations/{registration_id}/openings", status_code=201)
def open_record(gateway: Gate, account: Officer, registration_id: str, form: PurposeForm) -> RecordOpened:
    """Return one record unmasked, for a stated purpose. The reading is logged before the answer is sent."""
    return service.open_record(gateway, account, registration_id, form)
