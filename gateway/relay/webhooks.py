"""Webhooks to consumers: in feed order from each consumer's cursor, every page logged before it is sent."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from gateway.domain.filings.record import RegistryUnreachable
from gateway.domain.outcomes import caused_by
from gateway.feed.stream import Feed, FeedItem, Reader
from gateway.journey.disclosure.consumers import consumer_of, enqueue_webhook, standing
from gateway.outbound.http import BadAddress, LostAnswer, Reply
from gateway.outbound.signed_post import SignedPost, open_signed_post
from gateway.outbox.deliveries import Done, Refused, RetryAt, retry_delay
from gateway.relay.loop import Sender, Sent
from gateway.store import Delivery, FeedConsumer
from gateway.store.database import Database
from gateway.store.sealing import Erased, Vault
from gateway.texts.outcomes import Args

DAY: Final = 86_400
TAKEN: Final = range(200, 300)


class Trouble(NamedTuple):
    """Why a receiver did not take an event: an outcome's code and arguments, and the pause it asks for in seconds."""

    code: str
    args: Args
    retry_after: int = 0

    def again(self, attempts: int, now: int) -> RetryAt:
        """The next attempt after this many: by our own delay, or later if the receiver asks for it, within a day."""
        pause = max(retry_delay(attempts), min(self.retry_after, DAY))
        return RetryAt(now + pause, self.code, self.args)


GONE: Final = Trouble("receiver_gone", {})


def trouble_of(reply: Reply) -> Trouble:
    """The trouble of a status other than 2xx; 410 means that nothing more is wanted (Standard Webhooks 1.0)."""
    if reply.status == HTTPStatus.GONE:
        return GONE
    return Trouble("receiver_status", {"status": reply.status}, reply.retry_after)


def reader_of_consumer(row: FeedConsumer, entitled: Callable[[], bool]) -> Reader:
    """The feed reader of a consumer."""
    scope = consumer_of(row).scope
    return Reader(f"consumer:{row.id}", scope.purpose, scope.areas, scope.fields, scope.rows_a_day, entitled)


class WebhookSenders:
    """Posts a page of entries, one request each, and stores the cursor reached."""

    def __init__(
        self, database: Database, vault: Vault, feed: Feed, now: Callable[[], int], *, allowed: str = ""
    ) -> None:
        self._database, self._vault, self._feed, self._now = database, vault, feed, now
        self._allowed = allowed
        self._posts: dict[str, SignedPost] = {}

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {"tell_consumer": self.tell}

    async def close(self) -> None:
        """Close the connections."""
        for post in self._posts.values():
            await post.close()

    async def tell(self, delivery: Delivery) -> Sent:
        """Send one page to one consumer; entries not accepted are retried in order."""
        with self._database.reading() as session:
            row = session.get_one(FeedConsumer, delivery.about)
        if standing(row, self._now()) != "in_force":
            return Sent(Refused("grant_ended"))
        try:
            post = self._post(row)
        except (BadAddress, ValueError, Erased):
            return Sent(Refused("webhook_unusable"))
        reader = reader_of_consumer(row, lambda: True)
        newest = await asyncio.to_thread(self._feed.last_seq)  # before the page, so that no entry is missed
        items = await asyncio.to_thread(self._feed.page, reader, row.cursor)
        if not items:
            return await asyncio.to_thread(self._nothing_left, reader, row, newest)
        delivered_seq, trouble = await self._send(post, items, row.cursor)
        if trouble == GONE:
            return Sent(Refused("receiver_gone"), _switched_off(row.id, delivered_seq))
        if trouble is not None:
            return Sent(trouble.again(delivery.attempts, self._now()), _moved(row.id, delivered_seq))
        return Sent(Done("delivered_up_to", {"entry": delivered_seq}), _moved(row.id, delivered_seq, onward=True))

    async def _send(self, post: SignedPost, items: list[FeedItem], delivered_seq: int) -> tuple[int, Trouble | None]:
        """The last accepted sequence number, and why it stopped, or None."""
        for item in items:
            try:
                reply = await post.attempt(str(item.seq), item.event)
            except (RegistryUnreachable, LostAnswer) as error:
                return delivered_seq, Trouble("receiver_unreachable", caused_by(error.code, error.details))
            if reply.status not in TAKEN:
                return delivered_seq, trouble_of(reply)
            delivered_seq = item.seq
        return delivered_seq, None

    def _nothing_left(self, reader: Reader, row: FeedConsumer, newest: int) -> Sent:
        if reader.rows_a_day is not None and self._feed.rows_today(reader.id) >= reader.rows_a_day:
            midnight = (self._now() // DAY + 1) * DAY
            return Sent(RetryAt(midnight, "daily_limit_reached"))
        return Sent(Done("nothing_to_deliver"), _moved(row.id, newest, onward=True))

    def _post(self, row: FeedConsumer) -> SignedPost:
        if row.id not in self._posts:
            secret = self._vault.open(row.id, "webhook", row.sealed_secret or b"").decode()
            settings = {"url": row.webhook_url or "", "token": secret, "allowed": self._allowed}
            self._posts[row.id] = open_signed_post(settings, self._now)
        return self._posts[row.id]


def _switched_off(consumer_id: str, delivered_seq: int) -> Callable[[Session, int], None]:
    """Store the cursor and end the webhook; the grant itself goes on."""

    def also(session: Session, _now: int) -> None:
        row = session.get_one(FeedConsumer, consumer_id)
        row.cursor, row.webhook_url, row.sealed_secret = max(row.cursor, delivered_seq), None, None

    return also


def _moved(consumer_id: str, delivered_seq: int, *, onward: bool = False) -> Callable[[Session, int], None]:
    """Store the cursor, and queue the next page where the feed is further."""

    def also(session: Session, now: int) -> None:
        row = session.get_one(FeedConsumer, consumer_id)
        row.cursor = max(row.cursor, delivered_seq)
        if onward:
            enqueue_webhook(session, row, now)

    return also
