"""Consumers of the feed: requested by one officer, approved by another, ended by either."""

import base64
import os
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.domain.accounts.tokens import token_hash
from gateway.domain.disclosure import consumer as rules
from gateway.domain.disclosure.consumer import Consumer, Scope
from gateway.domain.errors import Conflict, InputRefused, NotAllowed, NotFound
from gateway.outbox.deliveries import enqueue, is_pending
from gateway.outbox.events import record
from gateway.store import Account, Event, FeedConsumer
from gateway.store.model import new_id
from gateway.store.sealing import Vault
from gateway.texts.marks import N_

PREFIX: Final = "lkc_"


@dataclass(frozen=True, slots=True)
class GrantRequest:
    """The requested grant; with an empty webhook_url the consumer connects to the feed itself."""

    name: str
    scope: Scope
    webhook_url: str = ""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The bearer token and, for a webhook, its signing secret ("whsec_…"). Shown once."""

    token: str
    webhook_secret: str


def ask_consumer(session: Session, grant_request: GrantRequest, by: Account, now: int) -> FeedConsumer:
    """Request a grant, to be approved by a second officer. Raises NotAllowed outside the officer's own area."""
    _refuse_outside(grant_request.scope.areas, by)
    requested = rules.request_grant(new_id(), grant_request.scope, by.id, now)
    if len(requested.scope.areas) > 8 or any(len(area) > 36 or "," in area for area in requested.scope.areas):
        raise InputRefused(N_("Name at most eight areas."), field="areas")
    scope = requested.scope
    row = FeedConsumer(
        id=requested.id,
        name=grant_request.name,
        purpose=scope.purpose.strip(),
        areas=sorted(set(scope.areas)),
        fields=sorted(scope.fields),
        rows_a_day=scope.rows_a_day,
        expires_at=scope.expires_at,
        requested_by=by.id,
        requested_at=now,
        webhook_url=grant_request.webhook_url or None,
    )
    session.add(row)
    record(session, "ConsumerRequested", now, data={"consumer": row.id, "by": by.id})
    return row


def approve_consumer(session: Session, row: FeedConsumer, by: Account, vault: Vault, now: int) -> Secrets:
    """Put the grant in force and create its secrets, shown once. Raises NotAllowed for the officer who requested it."""
    _refuse_outside(row.areas, by)
    if row.approved_by is not None or row.ended_at is not None:
        raise Conflict(N_("A decision on this consumer has already been made."))
    rules.approve(consumer_of(row), by.id)
    if now >= row.expires_at:
        raise Conflict(N_("The grant has expired. Request it again."))
    row.approved_by, row.approved_at = by.id, now
    token = PREFIX + secrets.token_urlsafe(32)
    row.token_hash = token_hash(token)
    secret = ""
    if row.webhook_url:
        secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
        row.sealed_secret = vault.seal(row.id, "webhook", secret.encode())
        row.cursor = session.scalar(select(func.max(Event.feed_seq))) or 0
    record(session, "ConsumerApproved", now, data={"consumer": row.id, "by": by.id})
    return Secrets(token, secret)


def end_consumer(session: Session, row: FeedConsumer, by: Account, now: int) -> None:
    """End the grant: the consumer receives nothing more."""
    _refuse_outside(row.areas, by)
    if row.ended_at is None:
        row.ended_at, row.token_hash, row.sealed_secret = now, None, None
        record(session, "ConsumerEnded", now, data={"consumer": row.id, "by": by.id})


def get_consumer(session: Session, consumer_id: str, area: str) -> FeedConsumer:
    """The consumer, if all its areas lie within the officer's. Raises NotFound."""
    row = session.get(FeedConsumer, consumer_id)
    if row is None or not all(given.startswith(area) for given in row.areas):
        raise NotFound(N_("There is no such consumer in your area."))
    return row


def consumer_by_token(session: Session, token: str) -> FeedConsumer | None:
    """The consumer with this token, or None."""
    return session.scalars(select(FeedConsumer).where(FeedConsumer.token_hash == token_hash(token))).one_or_none()


def consumer_of(row: FeedConsumer) -> Consumer:
    """The row as the domain's Consumer."""
    scope = Scope(row.purpose, tuple(row.areas), frozenset(row.fields), row.expires_at, row.rows_a_day)
    return Consumer(row.id, scope, row.requested_by, row.approved_by)


def standing(row: FeedConsumer, now: int) -> str:
    """The grant's state: in_force, awaits_approval, expired or ended."""
    return "ended" if row.ended_at is not None else rules.standing(consumer_of(row), now)


def enqueue_webhooks(session: Session, now: int) -> bool:
    """Create a delivery for each webhook behind the feed that has none pending; returns whether any was created."""
    with_webhook = select(FeedConsumer).where(FeedConsumer.sealed_secret.is_not(None), FeedConsumer.expires_at > now)
    return sum(enqueue_webhook(session, row, now) for row in session.scalars(with_webhook).all()) > 0


def enqueue_webhook(session: Session, row: FeedConsumer, now: int) -> bool:
    """Create one delivery that carries the consumer from its cursor to the feed's end; False if none is needed."""
    newest = session.scalar(select(func.max(Event.feed_seq))) or 0
    if row.cursor >= newest or is_pending(session, "tell_consumer", row.id):
        return False
    lane = f"consumer:{row.id}"
    enqueue(session, party=lane, lane=lane, work="tell_consumer", about=row.id, now=now)
    return True


def _refuse_outside(areas: tuple[str, ...] | list[str], by: Account) -> None:
    if not by.area or not all(area.startswith(by.area) for area in areas):
        raise NotAllowed(N_("A grant cannot extend beyond your own area."))
