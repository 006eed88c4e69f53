"""The live feed: registration records in the order of their sequence, masked, each read logged before it is shown."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from gateway.disclosure import disclose
from gateway.domain.events import FEED_EVENTS
from gateway.domain.masking import masked
from gateway.domain.stay import wall_clock
from gateway.journey.keyring import Keyring
from gateway.journey.registration import person_fields
from gateway.store import Event, Person, Registration, Stay
from gateway.store.database import Database
from gateway.store.sealing import Erased

PAGE: Final = 200
QUIET: Final = 15.0


@dataclass(frozen=True, slots=True)
class Reader:
    """Who follows: a stable id, the purpose given, and the grid area (prefix) they are entitled to."""

    id: str
    purpose: str
    area: str


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One masked registration record with its place in the feed."""

    seq: int
    data: dict[str, Any]


class Feed:
    """Reads the feed for a reader from a cursor on, and goes on as records arrive. Memory holds one page a reader."""

    def __init__(self, database: Database, keyring: Keyring, now: Callable[[], int]) -> None:
        self._database, self._keyring, self._now = database, keyring, now
        self._news = asyncio.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._announced = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Bind to the running event loop."""
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        """Stop listening for news."""
        self._loop = None

    def wake(self) -> None:
        """Something was committed; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._announce)

    def _announce(self) -> None:
        task = asyncio.ensure_future(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._news:
            self._announced += 1
            self._news.notify_all()

    def last_seq(self) -> int:
        """The newest sequence number, 0 where there is none."""
        with self._database.reading() as session:
            return session.scalar(select(func.max(Event.feed_seq))) or 0

    def page(self, reader: Reader, cursor: int) -> list[FeedItem]:
        """Up to a page of records after the cursor, logged as disclosed before they are returned."""
        with self._database.reading() as session:
            query = (
                select(Event)
                .where(Event.feed_seq > cursor, Event.area.startswith(reader.area, autoescape=True))
                .order_by(Event.feed_seq)
                .limit(PAGE)
            )
            events = session.scalars(query).all()
            rows = [
                (event, session.get_one(Registration, event.registration_id, options=[joinedload(Registration.stay)]))
                for event in events
            ]
            people = {row.person_id: session.get_one(Person, row.person_id) for _, row in rows}
        if not rows:
            return []
        disclose(
            self._database,
            consumer=reader.id,
            purpose=reader.purpose,
            subject=f"feed:{events[0].feed_seq}-{events[-1].feed_seq}",
            fields="masked",
            now=self._now(),
        )
        return [self._item(event, row, people[row.person_id]) for event, row in rows]

    def _item(self, event: Event, row: Registration, person: Person) -> FeedItem:
        try:
            shown: dict[str, str] | None = masked(person_fields(person, self._keyring))
        except Erased:
            shown = None
        return FeedItem(event.feed_seq or 0, record_shown(event.type, event.at, row, row.stay) | {"person": shown})

    async def follow(self, reader: Reader, cursor: int) -> AsyncIterator[list[FeedItem]]:
        """Pages of records from the cursor on, without gap or duplicate; an empty page every 15 quiet seconds."""
        while True:
            seen = self._announced
            items = await asyncio.to_thread(self.page, reader, cursor)
            if items:
                cursor = items[-1].seq
                yield items
                continue
            try:
                async with asyncio.timeout(QUIET), self._news:
                    await self._news.wait_for(lambda seen=seen: self._announced != seen)  # type: ignore[misc]
            except TimeoutError:
                yield []


def record_shown(event_type: str, at: int, row: Registration, stay: Stay) -> dict[str, Any]:
    """A registration record without its person: kind, unit, window in the unit's time, how the filing stands."""
    unit = stay.unit
    return {
        "id": row.id,
        "kind": FEED_EVENTS.get(event_type, row.kind),
        "at": wall_clock(at, unit.timezone),
        "unit": {"code": unit.code, "label": unit.label, "address": unit.address, "area": unit.area},
        "from": wall_clock(stay.from_at, unit.timezone),
        "until": wall_clock(stay.until_at, unit.timezone),
        "state": row.state,
        "receipt": row.receipt,
        "deadline": wall_clock(row.deadline_at, unit.timezone) if row.deadline_at else None,
    }


def encode_items(items: list[FeedItem]) -> bytes:
    """Items as server-sent events (WHATWG HTML §9.2): id is the feed sequence; no items is a comment line."""
    if not items:
        return b": still here\n\n"
    return b"".join(
        b"id: %d\nevent: registration\ndata: %s\n\n" % (item.seq, json.dumps(item.data, ensure_ascii=False).encode())
        for item in items
    )
