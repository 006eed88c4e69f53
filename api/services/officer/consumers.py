"""Consumers of the feed: requested by one officer, approved by another, ended by any officer of the area."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from api.services.idempotency import once
from api.services.schemas import Instant, Short, Strict
from gateway.bootstrap import Gateway
from gateway.domain.disclosure.consumer import FIELDS, Scope
from gateway.domain.errors import InputRefused
from gateway.domain.stays.stay import instant, wall_clock
from gateway.journey.disclosure import consumers as steps
from gateway.journey.disclosure.consumers import GrantRequest
from gateway.outbound.http import BadAddress, checked_webhook
from gateway.store import Account, FeedConsumer
from gateway.texts.marks import N_

AreaName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,36}$")]


class ConsumerForm(Strict):
    """A request for a grant: name, purpose, areas and fields, and when it ends (RFC 3339; without an offset UTC)."""

    name: Annotated[str, Field(min_length=2, max_length=120)]
    purpose: Annotated[str, Field(min_length=3, max_length=200)]
    areas: Annotated[list[AreaName], Field(min_length=1, max_length=8)]
    fields: Annotated[list[str], Field(max_length=len(FIELDS))]
    expires_at: Instant
    rows_a_day: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    webhook_url: Short = ""


class ConsumerShown(BaseModel):
    """A consumer and its grant. `standing`: in_force, awaits_approval, expired or ended. Never holds its token."""

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
    """The approved consumer with its secrets, which are shown only once."""

    token: str
    webhook_secret: str


def present_consumer(row: FeedConsumer, now: int) -> ConsumerShown:
    """Present a consumer for officers. `now` in UTC seconds."""
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


def list_consumers(gateway: Gateway, officer: Account) -> list[ConsumerShown]:
    """Return the consumers whose areas all lie within the officer's, the latest request first."""
    with gateway.database.reading() as session:
        rows = session.scalars(select(FeedConsumer).order_by(FeedConsumer.requested_at.desc())).all()
    area = officer.area or "nowhere"
    return [present_consumer(row, gateway.now()) for row in rows if all(given.startswith(area) for given in row.areas)]


def request_consumer(
    gateway: Gateway, officer: Account, form: ConsumerForm, idempotency_key: str | None = None
) -> ConsumerShown:
    """Request a consumer, which a second officer has to approve; with a known `idempotency_key`, return that one.

    Raises InputRefused, IdempotencyMismatch, or NotAllowed outside the officer's area.
    """
    try:
        url = checked_webhook(form.webhook_url, gateway.settings.webhook_networks) if form.webhook_url else ""
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
            f"officer:{officer.id}",
            idempotency_key,
            request,
            now,
            lambda: steps.ask_consumer(session, grant_request, officer, now).id,
        )
        session.flush()
        return present_consumer(session.get_one(FeedConsumer, consumer_id), now)


def approve_consumer(gateway: Gateway, officer: Account, consumer_id: str) -> ConsumerApproved:
    """Put another officer's request in force and return its secrets, which are not shown again.

    Raises NotFound, NotAllowed for the officer who requested it, or Conflict if it is decided or expired.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        row = steps.get_consumer(session, consumer_id, officer.area or "nowhere")
        secrets = steps.approve_consumer(session, row, officer, gateway.vault, now)
        shown = present_consumer(row, now).model_dump()
    return ConsumerApproved(**shown, token=secrets.token, webhook_secret=secrets.webhook_secret)


def end_consumer(gateway: Gateway, officer: Account, consumer_id: str) -> None:
    """End a grant: the consumer receives no further page. Raises NotFound."""
    with gateway.database.writing() as session:
        row = steps.get_consumer(session, consumer_id, officer.area or "nowhere")
        steps.end_consumer(session, row, officer, gateway.now())
    gateway.feed.ended.add(consumer_id)
