"""Readers of the feed, and where in it they start: officers in their area, consumers within their grant."""

from collections.abc import Callable
from typing import Final

from gateway.bootstrap import Gateway
from gateway.domain.errors import InputRefused, NotAllowed, SignInNeeded
from gateway.feed.stream import Reader
from gateway.journey.disclosure.consumers import consumer_by_token, standing
from gateway.relay.webhooks import reader_of_consumer
from gateway.store import Account
from gateway.texts.marks import N_

MAX_CURSOR_DIGITS: Final = 18  # more could exceed a 64-bit integer
REFUSALS: Final = {
    "awaits_approval": N_("A second officer has not approved this consumer yet."),
    "expired": N_("The grant has expired. It can be requested again."),
    "ended": N_("The grant was ended."),
}


def officer_reader(officer: Account, entitled: Callable[[], bool]) -> Reader:
    """Return an officer as a reader of their account's area, for as long as `entitled` returns True."""
    return Reader(f"officer:{officer.id}", "registration_feed", (officer.area or "nowhere",), None, None, entitled)


def consumer_reader(gateway: Gateway, token: str) -> Reader:
    """Return the consumer with this access token as a reader, until its grant expires or is ended.

    Raises SignInNeeded for an unknown token, NotAllowed if the grant is not in force, or TooManyAttempts.
    """
    with gateway.database.reading() as session:
        row = consumer_by_token(session, token)
    if row is None:
        raise SignInNeeded(N_("The access token is not valid."))
    state = standing(row, gateway.now())
    if state != "in_force":
        raise NotAllowed(REFUSALS[state])
    gateway.attempts.hit("feed", row.id)
    consumer_id, expires_at = row.id, row.expires_at

    def entitled() -> bool:
        return gateway.now() < expires_at and consumer_id not in gateway.feed.ended

    return reader_of_consumer(row, entitled)


def cursor_of(last_event_id: str | None, after: int | None) -> int:
    """Return the sequence number to continue after: `last_event_id` if given, else `after`, else 0.

    Raises InputRefused for an event id that is not a sequence number.
    """
    if last_event_id is None:
        return after or 0
    if not last_event_id.isdecimal() or len(last_event_id) > MAX_CURSOR_DIGITS:
        raise InputRefused(N_("Last-Event-ID must be the number of an entry of this feed."), field="Last-Event-ID")
    return int(last_event_id)


def check_cursor(gateway: Gateway, cursor: int) -> int:
    """Return the cursor. Raises InputRefused for one that the feed has not reached."""
    if cursor and cursor > gateway.feed.last_seq():
        raise InputRefused(N_("This feed has no such entry yet. Start from 0."), field="Last-Event-ID")
    return cursor
