"""Consumers of the feed: asked for by one officer, approved by another, and who they are when they call."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from api.framework.dependencies import Gate, IdempotencyKey, Officer, account_of, only, while_signed_in
from api.services.idempotency import once
from api.services.schemas import Instant, Short, Strict
from gateway.bootstrap import Gateway
from gateway.domain.disclosure.consumer import FIELDS, Scope
from gateway.domain.errors import InputRefused, NotAllowed, SignInNeeded
from gateway.domain.stays.stay import instant, wall_clock
from gateway.feed.stream import Reader
from gateway.journey.disclosure import consumers as steps
from gateway.journey.disclosure.consumers import GrantRequest
from gateway.outbound.http import BadAddress, checked_address
from gateway.relay.webhooks import reader_of_consumer
from gateway.store import Account, FeedConsumer
from gateway.texts.marks import N_

router = APIRouter(prefix="/consumers", tags=["consumers"])

AreaName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,36}$")]
REFUSALS = {
    "awaits_approval": N_("A second officer has not approved this consumer yet."),
    "expired": N_("The grant has expired. It can be requested again."),
    "ended": N_("The grant was ended."),
}


class ConsumerForm(Strict):
    """What is asked for: who, why, which areas and fields, until when (RFC 3339; without an offset UTC)."""

    name: Annotated[str, Field(min_length=2, max_length=120)]
    purpose: Annotated[str, Field(min_length=3, max_length=200)]
    areas: Annotated[list[AreaName], Field(min_length=1, max_length=8)]
    fields: Annotated[list[str], Field(max_length=len(FIELDS))]
    expires_at: Instant
    rows_a_day: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    webhook_url: Short = ""


class ConsumerShown(BaseModel):
    """A consumer and how its grant stands; never its token."""

    id: str
    name: str
    purpose: str
    areas: list[str]
    fields: list[str]
    rows_a_day: int
    expires_at: str
    standing: str
    webhook: bool


class ConsumerApproved(ConsumerShown):
    """The approved consumer with its secrets, which are shown this once."""

    token: str
    webhook_secret: str


def consumer_shown(row: FeedConsumer, now: int) -> ConsumerShown:
    """A consumer for officers."""
    return ConsumerShown(
        id=row.id,
        name=row.name,
        purpose=row.purpose,
        areas=list(row.areas),
        fields=list(row.fields),
        rows_a_day=row.rows_a_day,
        expires_at=wall_clock(row.expires_at, "UTC"),
        standing=steps.standing(row, now),
        webhook=row.webhook_url is not None,
    )


@router.get("")
def list_consumers(gateway: Gate, account: Officer) -> list[ConsumerShown]:
    """Consumers that reach no further than the officer's area."""
    with gateway.database.reading() as session:
        rows = session.scalars(select(FeedConsumer).order_by(FeedConsumer.requested_at.desc())).all()
    area = account.area or "nowhere"
    return [consumer_shown(row, gateway.now()) for row in rows if all(given.startswith(area) for given in row.areas)]


@router.post("", status_code=201)
def ask_consumer(
    gateway: Gate, account: Officer, form: ConsumerForm, idempotency_key: IdempotencyKey = None
) -> ConsumerShown:
    """Ask for a consumer; nothing is told to it before a second officer approves."""
    try:
        url = checked_address(form.webhook_url) if form.webhook_url else ""
    except BadAddress as error:
        raise InputRefused(
            N_("The webhook address cannot be used: {detail}."), {"detail": error}, field="webhook_url"
        ) from None
    now, expires = gateway.now(), instant(form.expires_at, "UTC", "expires_at")
    scope = Scope(form.purpose, tuple(form.areas), frozenset(form.fields), expires, form.rows_a_day)
    with gateway.database.writing() as session:
        grant_request, request = GrantRequest(form.name, scope, url), form.model_dump_json()
        consumer_id, _ = once(
            session,
            f"officer:{account.id}",
            idempotency_key,
            request,
            now,
            lambda: steps.ask_consumer(session, grant_request, account, now).id,
        )
        session.flush()
        return consumer_shown(session.get_one(FeedConsumer, consumer_id), now)


@router.post("/{consumer_id}/approval", status_code=201)
def approve_consumer(gateway: Gate, account: Officer, consumer_id: str) -> ConsumerApproved:
    """Approve what another officer asked for; the token is shown this once."""
    now = gateway.now()
    with gateway.database.writing() as session:
        row = steps.consumer_named(session, consumer_id, account.area or "nowhere")
        secrets = steps.approve_consumer(session, row, account, gateway.vault, now)
        shown = consumer_shown(row, now).model_dump()
    return ConsumerApproved(**shown, token=secrets.token, webhook_secret=secrets.webhook_secret)


@router.delete("/{consumer_id}", status_code=204)
def end_consumer(gateway: Gate, account: Officer, consumer_id: str) -> None:
    """End a consumer's grant: from the next page on it is told nothing."""
    with gateway.database.writing() as session:
        row = steps.consumer_named(session, consumer_id, account.area or "nowhere")
        steps.end_consumer(session, row, account, gateway.now())
    gateway.feed.ended.add(consumer_id)


def reader_of(account: Account, entitled: Callable[[], bool]) -> Reader:
    """The officer as a reader of the feed: bound to the area of their account, and for as long as `entitled` says."""
    return Reader(f"officer:{account.id}", "registration_feed", (account.area or "nowhere",), None, None, entitled)


def follower_of(request: Request, gateway: Gate) -> Reader:
    """Who follows the feed: a consumer by bearer token, or a signed-in officer."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _consumer(gateway, token.strip())
    return reader_of(only("officer")(account_of(request, gateway)), while_signed_in(request, gateway))


def _consumer(gateway: Gateway, token: str) -> Reader:
    with gateway.database.reading() as session:
        row = steps.consumer_by_token(session, token)
    if row is None:
        raise SignInNeeded(N_("The access token is not valid."))
    standing = steps.standing(row, gateway.now())
    if standing != "in_force":
        raise NotAllowed(REFUSALS[standing])
    gateway.attempts.hit("feed", row.id)
    consumer_id, expires_at = row.id, row.expires_at

    def entitled() -> bool:
        return gateway.now() < expires_at and consumer_id not in gateway.feed.ended

    return reader_of_consumer(row, entitled)


Follower = Annotated[Reader, Depends(follower_of)]
