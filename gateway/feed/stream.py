"""The live feed: masked registration records in sequence order, each read logged before it is shown."""

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.disclosure import Entry, SharedCommit, disclose_many
from gateway.domain.disclosure.cloud_event import ERASED, RESTORED, cloud_event, encode_sse
from gateway.domain.disclosure.consumer import Scope, scoped
from gateway.domain.disclosure.masking import masked
from gateway.domain.events import FEED_EVENTS
from gateway.domain.stays.stay import wall_clock
from gateway.feed.ring import NOTHING, PAGE, FeedItem, Page, Ring, page_of
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.keys.keyring import Keyring
from gateway.store import Disclosure, Event, FeedConsumer, Person, Registration, Stay
from gateway.store.database import Database
from gateway.store.sealing import Erased
from gateway.supervision import Rounds

__all__ = ["Feed", "FeedItem", "Reader", "always", "entry_of", "record_shown"]

log = logging.getLogger(__name__)

QUIET: Final = 15.0
POLL_SECONDS: Final = 1.0
MAX_VIEWS: Final = 64
DAY: Final = 86_400
SOURCE: Final = "urn:lodgekey:gateway"

View = tuple[tuple[str, ...], frozenset[str] | None]


def always() -> bool:
    """The entitlement that lasts as long as the connection."""
    return True


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of the feed: a stable id, the stated purpose, grid areas (prefixes) and fields.

    `fields` None means the whole masked record. `rows_a_day` limits the records per UTC day; `entitled` is called
    before every page.
    """

    id: str
    purpose: str
    areas: tuple[str, ...]
    fields: frozenset[str] | None
    rows_a_day: int | None
    entitled: Callable[[], bool]

    @property
    def view(self) -> View:
        """The areas and fields: readers with equal views share encoded entries."""
        return tuple(sorted(self.areas)), self.fields


class Feed:
    """Reads the feed from a cursor on and follows it. A reader costs one cursor; encoded entries are shared."""

    def __init__(self, database: Database, keyring: Keyring, now: Callable[[], int], *, source: str = SOURCE) -> None:
        self._database, self._keyring, self._now, self._source = database, keyring, now, source
        self._commit = SharedCommit(database, now)
        self._rings: OrderedDict[View, tuple[Ring, asyncio.Lock]] = OrderedDict()
        self._served: dict[str, tuple[int, int]] = {}  # reader -> (day, records disclosed on it)
        self._counting = threading.Lock()
        self._newest = 0
        self.ended: set[str] = set()  # consumers whose grant was ended, by this process or, as polled, by another
        self._news, self._woken = asyncio.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, rounds: Rounds) -> None:
        """Poll for new entries until cancelled: one poll serves all readers."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._watch(rounds)
        finally:
            self._loop = None

    def wake(self) -> None:
        """Poll now, after a commit; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    def forget(self) -> None:
        """Drop encoded entries after a person was erased. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._rings.clear)

    async def _watch(self, rounds: Rounds) -> None:
        """Readers wake only when the feed grew or a grant was ended."""
        while True:
            self._woken.clear()
            rounds.begin()
            try:
                newest, ended = await asyncio.to_thread(self._poll)
                rounds.good()
            except SQLAlchemyError as error:
                log.error("the feed could not read the database: %s", type(error).__name__)
                newest, ended = self._newest, set()
            if newest > self._newest or not ended <= self.ended:
                self._newest = max(newest, self._newest)
                self.ended |= ended
                self._news.set()
                self._news = asyncio.Event()
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):  # Python 3.11's wait_for may swallow the cancellation
                    await self._woken.wait()

    def _poll(self) -> tuple[int, set[str]]:
        """The newest sequence number, and the consumers whose grant was ended before it expired."""
        ended = select(FeedConsumer.id).where(FeedConsumer.ended_at.is_not(None), FeedConsumer.expires_at > self._now())
        with self._database.reading() as session:
            newest = session.scalar(select(func.max(Event.feed_seq))) or 0
            return newest, set(session.scalars(ended))

    def last_seq(self) -> int:
        """The newest sequence number, 0 for an empty feed."""
        with self._database.reading() as session:
            return session.scalar(select(func.max(Event.feed_seq))) or 0

    def page(self, reader: Reader, cursor: int) -> list[FeedItem]:
        """At most one page of records after the cursor, logged as disclosed before they are returned."""
        page = self._rationed(reader, page_of(self._load(reader.view, cursor)[0]))
        if page.items:
            disclose_many(self._database, [entry_of(reader, page)], self._now())
        return list(page.items)

    async def follow(self, reader: Reader, cursor: int) -> AsyncIterator[list[FeedItem]]:
        """Pages of records after the cursor, without gap or duplicate; an empty page after 15 s without news."""
        async for page in self.pages(reader, cursor):
            yield list(page.items)

    async def pages(self, reader: Reader, cursor: int) -> AsyncIterator[Page]:
        """As `follow`, as pages with their bytes; ends when the reader is no longer entitled."""
        while reader.entitled():
            news = self._news
            page = await self._after(reader.view, cursor)
            cursor = cursor if page.items else max(cursor, page.upto)
            if page.items:
                page = await asyncio.to_thread(self._rationed, reader, page) if reader.rows_a_day else page
            if page.items:
                await self._commit.disclose(entry_of(reader, page))
                cursor = page.upto
                yield page
                continue
            try:
                async with asyncio.timeout(QUIET):
                    await news.wait()
            except TimeoutError:
                yield NOTHING

    async def _after(self, view: View, cursor: int) -> Page:
        if view not in self._rings:
            self._rings[view] = Ring(cursor), asyncio.Lock()
            if len(self._rings) > MAX_VIEWS:
                self._rings.popitem(last=False)
        self._rings.move_to_end(view)
        ring, lock = self._rings[view]
        if ring.end < self._newest or cursor < ring.begin:
            async with lock:
                await self._catch_up(ring, view, cursor)
        return ring.after(cursor) or NOTHING

    async def _catch_up(self, ring: Ring, view: View, cursor: int) -> None:
        """Extend the ring to the newest entry, or load the page for a cursor before the ring.

        Needs the ring's lock.
        """
        if cursor > ring.end:
            ring.restart(cursor)
        if cursor < ring.begin:
            if ring.after(cursor) is None:
                items, end = await asyncio.to_thread(self._load, view, cursor)
                ring.keep_old(cursor, page_of(items) if items else replace(NOTHING, upto=min(end, ring.begin)))
            return
        while ring.end < self._newest and cursor >= ring.end:
            items, end = await asyncio.to_thread(self._load, view, ring.end)
            ring.extend(items, end)

    def _load(self, view: View, cursor: int) -> tuple[list[FeedItem], int]:
        """At most PAGE entries of a view after the cursor, and the sequence number up to which they are complete."""
        areas, fields = view
        query = (
            select(Event, Registration, Person)
            .outerjoin(Registration, Event.registration_id == Registration.id)
            .outerjoin(Person, Person.id == func.coalesce(Event.person_id, Registration.person_id))
            .where(
                Event.feed_seq > cursor,
                Event.area.is_not(None),
                or_(*(Event.area.startswith(area, autoescape=True) for area in areas)),
            )
            .order_by(Event.feed_seq)
            .limit(PAGE)
        )
        with self._database.reading() as session:
            newest = session.scalar(select(func.max(Event.feed_seq))) or 0
            rows = session.execute(query).all()
            found = [self._item(event, row, person, fields) for event, row, person in rows]
            items = sorted([*found, *self._restores(session, cursor)], key=lambda item: item.seq)[:PAGE]
        return items, items[-1].seq if len(items) == PAGE else max(cursor, newest)

    def _restores(self, session: Session, cursor: int) -> Iterator[FeedItem]:
        """For every reader, whatever the area: where a backup was restored. Entries before it may be lost."""
        query = select(Event).where(Event.type == "GatewayRestored", Event.feed_seq > cursor).order_by(Event.feed_seq)
        for event in session.scalars(query.limit(PAGE)):
            seq = event.feed_seq or 0
            record = {"id": str(seq), "kind": RESTORED, "at": wall_clock(event.at, "UTC")}
            yield FeedItem(seq, record, encode_sse(cloud_event(self._source, seq, RESTORED, event.at, record)))

    def _item(
        self, event: Event, row: Registration | None, person: Person | None, fields: frozenset[str] | None
    ) -> FeedItem:
        if row is None or person is None:
            return self._erased(event)
        try:
            shown: dict[str, str] | None = masked(person_fields(person, self._keyring))
        except Erased:
            shown = None
        record = record_shown(event.type, event.at, row, row.stay) | {"person": shown}
        kind, seq = str(record["kind"]), event.feed_seq or 0
        if fields is not None:
            record = scoped(record, Scope("", (), fields, 0))
        return FeedItem(seq, record, encode_sse(cloud_event(self._source, seq, kind, event.at, record)))

    def _erased(self, event: Event) -> FeedItem:
        """An entry of a stay of which nothing is kept: its number goes on to count, its time is that of its month."""
        seq = event.feed_seq or 0
        record = {"id": str(seq), "kind": ERASED, "person": None}
        return FeedItem(seq, record, encode_sse(cloud_event(self._source, seq, ERASED, event.at, record)))

    def _rationed(self, reader: Reader, page: Page) -> Page:
        """The part of a page within the reader's daily limit; it counts towards the limit from here on."""
        if reader.rows_a_day is None:
            return page
        with self._counting:
            day, served = self._served.get(reader.id, (0, 0))
            if day != self._now() // DAY:
                day, served = self._now() // DAY, self.rows_today(reader.id)
            left = max(0, reader.rows_a_day - served)
            allowed = page if len(page.items) <= left else page_of(page.items[:left])
            self._served[reader.id] = (day, served + len(allowed.items))
        return allowed

    def rows_today(self, reader_id: str) -> int:
        """The records disclosed to the reader since midnight UTC, summed from the disclosure log."""
        query = select(func.sum(Disclosure.rows)).where(
            Disclosure.consumer == reader_id, Disclosure.at >= self._now() // DAY * DAY
        )
        with self._database.reading() as session:
            return session.scalar(query) or 0


def entry_of(reader: Reader, page: Page) -> Entry:
    """The disclosure log's entry for a page: its range of the feed, its areas, and how many records were shown."""
    first, last = page.items[0].seq, page.items[-1].seq
    areas = ",".join(sorted(reader.areas))
    fields = "masked" if reader.fields is None else "masked " + ",".join(sorted(reader.fields))
    return Entry(
        reader.id, reader.purpose, f"feed:{first}-{last}@{areas}", fields, rows=len(page.items), first=first, last=last
    )


def record_shown(event_type: str, at: int, row: Registration, stay: Stay) -> dict[str, Any]:
    """A registration record without its person: kind, unit, stay in the unit's local time, state of the filing."""
    unit, kind = stay.unit, FEED_EVENTS.get(event_type, row.kind)
    left_early = kind == "check_out" and stay.ended_at is not None and stay.ended_at > stay.from_at
    until = min(stay.until_at, stay.ended_at or stay.until_at) if left_early else stay.until_at
    return {
        "id": row.id,
        "kind": kind,
        "at": wall_clock(at, unit.timezone),
        "unit": {"code": unit.code, "label": unit.label, "address": unit.address, "area": unit.area},
        "from": wall_clock(stay.from_at, unit.timezone),
        "until": wall_clock(until, unit.timezone),
        "state": row.state,
        "receipt": row.receipt,
        "deadline": wall_clock(row.deadline_at, unit.timezone) if row.deadline_at else None,
    }
