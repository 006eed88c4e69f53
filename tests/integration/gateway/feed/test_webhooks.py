"""Signed webhooks to consumers: in feed order, from a cursor, never to a private address."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import uvicorn
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook
from starlette.types import Receive, Scope, Send

from gateway.domain.stays.stay import Window
from gateway.feed.stream import FeedItem, Reader
from gateway.journey.disclosure.consumers import enqueue_webhooks
from gateway.outbox import events
from gateway.relay.loop import Relay
from gateway.store import Delivery, Event, FeedConsumer, Registration
from gateway.supervision import Rounds
from tests.parts.desk import Desk, SignallingServer, grant_request
from tests.parts.world import AREA, World

FAR = AREA + "99"


@dataclass
class Receiver:
    """A consumer's endpoint: stores each request and answers with `status`."""

    status: int = 204
    headers: tuple[tuple[bytes, bytes], ...] = ()
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        message = await receive()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.got.append((headers, message.get("body", b"")))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b""})
        self.news.set()

    async def wait(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        """The first `count` requests."""
        async with asyncio.timeout(15):
            while len(self.got) < count:
                self.news.clear()
                await self.news.wait()
        return self.got[:count]


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[str]:
    """Address of the receiver."""
    server = SignallingServer(uvicorn.Config(receiver, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test's process keeps its signals
    listener = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.up.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    finally:
        server.should_exit = server.force_exit = True
        await task


@asynccontextmanager
async def relaying(desk: Desk) -> AsyncIterator[Relay]:
    """The gateway's relay, without lock deliveries."""
    relay = desk.gateway.relay
    task = asyncio.create_task(relay.run(Rounds()))
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await desk.gateway.webhooks.close()


async def approved(desk: Desk, url: str, **changes: object) -> tuple[str, str]:
    """A consumer with a webhook: (id, secret)."""
    officer, second = await desk.signed_in("officer"), await desk.signed_in("second")
    asked = (await officer.post("/consumers", json=grant_request(desk, webhook_url=url, **changes))).json()
    reported = (await second.post(f"/consumers/{asked['id']}/approval")).json()
    return str(asked["id"]), str(reported["webhook_secret"])


def check_in(desk: Desk) -> None:
    desk.world.now += 700
    desk.world.tenant(Window(desk.world.now - 60, desk.world.now + 600))
    desk.gateway.relay.wake()


async def delivery_of(desk: Desk) -> Delivery:
    """The webhook's last delivery, after an attempt."""
    for _ in range(200):
        with desk.gateway.database.reading() as session:
            row = session.scalars(
                select(Delivery).where(Delivery.work == "tell_consumer").order_by(Delivery.id.desc())
            ).first()
        if row is not None and row.attempts:
            return row
        await asyncio.sleep(0.02)
    raise AssertionError("no delivery was tried")


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    made = Desk.over(world, webhook_networks="127.0.0.0/8")
    yield made
    await made.close()


async def test_entries_arrive_signed_and_in_order_from_the_approval_on(desk: Desk) -> None:
    receiver = Receiver()
    check_in(desk)
    desk.stamp()
    async with listening(receiver) as url, relaying(desk):
        consumer_id, secret = await approved(desk, url)
        for _ in range(3):
            check_in(desk)
        got = await receiver.wait(3)
    numbers = [json.loads(body)["id"] for _, body in got]
    assert numbers == ["2", "3", "4"]
    for headers, body in got:
        assert headers["content-type"].startswith("application/cloudevents+json")
        assert headers["webhook-signature"] == signed(secret, headers, body)
    with desk.gateway.database.reading() as session:
        assert session.get_one(FeedConsumer, consumer_id).sealed_secret not in (None, secret.encode())


def signed(secret: str, headers: dict[str, str], body: bytes) -> str:
    """The Standard Webhooks 1.0 signature, computed by the reference library."""
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    return Webhook(secret).sign(headers["webhook-id"], at, body.decode())


async def test_what_a_receiver_did_not_take_comes_again_before_what_follows(desk: Desk) -> None:
    receiver = Receiver(status=500)
    async with listening(receiver) as url, relaying(desk):
        await approved(desk, url)
        check_in(desk)
        await receiver.wait(1)
        await delivery_of(desk)
        receiver.status = 204
        check_in(desk)  # also advances the clock
        got = await receiver.wait(3)
    assert [json.loads(body)["id"] for _, body in got] == ["1", "1", "2"]


async def test_outside_33_a_receiver_that_is_gone_is_not_asked_again(desk: Desk) -> None:
    """standard-webhooks#291: 410 ends the webhook, whatever is still to be told."""
    receiver = Receiver(status=410)
    async with listening(receiver) as url, relaying(desk) as relay:
        consumer_id, _ = await approved(desk, url)
        check_in(desk)
        await receiver.wait(1)
        row = await delivery_of(desk)
        receiver.status = 204
        check_in(desk)
        await relay.idle.wait()
    assert (row.state, row.outcome) == ("refused", "receiver_gone")
    assert len(receiver.got) == 1
    with desk.gateway.database.reading() as session:
        consumer = session.get_one(FeedConsumer, consumer_id)
        assert (consumer.webhook_url, consumer.ended_at) == (None, None), "the grant itself goes on"


@pytest.mark.parametrize(
    ("asked", "pause"),
    [("3600", 3600), ("0", 1), ("99999999", 86_400), ("Fri, 31 Dec 1999 23:59:59 GMT", 1), ("-5", 1), ("²", 1)],
)
async def test_outside_33_a_receiver_that_asks_for_a_pause_gets_it(desk: Desk, asked: str, pause: int) -> None:
    """standard-webhooks#291: Retry-After comes before our own delay, within a day."""
    receiver = Receiver(status=429, headers=((b"retry-after", asked.encode("latin-1", "replace")),))
    async with listening(receiver) as url, relaying(desk):
        await approved(desk, url)
        check_in(desk)
        await receiver.wait(1)
        row = await delivery_of(desk)
    assert row.outcome == "receiver_status"
    assert pause <= row.due_at - desk.world.now <= pause + 2


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "192.168.1.1", "127.0.0.1"]
)
async def test_a_webhook_never_reaches_a_private_address(world: World, host: str) -> None:
    desk = Desk.over(world)
    async with relaying(desk):
        consumer_id, _ = await approved(desk, "https://example.org/hook")
        with desk.gateway.database.writing() as session:
            session.get_one(FeedConsumer, consumer_id).webhook_url = f"https://{host}/hook"
        check_in(desk)
        delivery = await delivery_of(desk)
    await desk.close()
    assert delivery.state == "owed"
    assert (delivery.outcome, delivery.outcome_args) == ("receiver_unreachable", {"cause": "address_not_public"})


async def test_a_record_that_comes_while_nothing_is_found_to_tell_is_reported_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, look, slipped = Receiver(), desk.gateway.feed.page, asyncio.Event()
    loop = asyncio.get_running_loop()

    def look_and_be_overtaken(reader: Reader, cursor: int) -> list[FeedItem]:
        found = look(reader, cursor)
        if not found and not slipped.is_set():
            publish(desk, FAR)  # after the read and before its cursor is stored
            loop.call_soon_threadsafe(slipped.set)
        return found

    monkeypatch.setattr(desk.gateway.feed, "page", look_and_be_overtaken)
    async with listening(receiver) as url, relaying(desk):
        consumer_id, _ = await approved(desk, url, areas=[FAR])
        check_in(desk)  # in another area, so this consumer's page is empty
        async with asyncio.timeout(15):
            await slipped.wait()
        await receiver.wait(1)
        publish(desk, FAR)
        got = await receiver.wait(2)
    assert [json.loads(body)["id"] for _, body in got] == ["2", "3"]
    assert len(receiver.got) == 2, consumer_id


def publish(desk: Desk, area: str) -> None:
    """Publish one more entry about the present tenant, for a unit in this area, and number it at once."""
    with desk.gateway.database.writing() as session:
        row = session.scalars(select(Registration)).first()
        assert row is not None
        events.record(session, "CheckedIn", desk.world.now, stay=row.stay, registration=row)
        session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one().area = area
        events.stamp_feed(session)
        enqueue_webhooks(session, desk.world.now)
