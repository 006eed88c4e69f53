"""The newest feed entries of one view, encoded once and shared by all its readers."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

MAX_ENTRIES: Final = 1024
MAX_BYTES: Final = 4 * 1024 * 1024
OLD_PAGES: Final = 8
PAGE: Final = 200
PAGE_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One masked registration record with its sequence number, and its encoding as a server-sent event."""

    seq: int
    data: dict[str, Any]
    encoded: bytes = b""

    @property
    def event(self) -> bytes:
        """The CloudEvent without the server-sent event's framing, as sent in a webhook."""
        return self.encoded.partition(b"\ndata: ")[2].rstrip(b"\n")


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive entries and their concatenated bytes: at most PAGE entries and about PAGE_BYTES.

    `upto` is the cursor to continue from: a view may have no entries in a long part of the feed.
    """

    items: tuple[FeedItem, ...]
    body: bytes
    upto: int


NOTHING: Final = Page((), b"", 0)


def page_of(items: Sequence[FeedItem]) -> Page:
    """The first items that fit in one page; at least one unless there are none."""
    size, count = 0, 0
    for item in items[:PAGE]:
        size += len(item.encoded)
        if count and size > PAGE_BYTES:
            break
        count += 1
    if not count:
        return NOTHING
    return Page(tuple(items[:count]), b"".join(item.encoded for item in items[:count]), items[count - 1].seq)


class Ring:
    """All entries of a view with begin < seq ≤ end; older ones are dropped and read from the database.

    Bounded by MAX_ENTRIES and MAX_BYTES, however many readers there are and however slow.
    """

    def __init__(self, begin: int) -> None:
        self.begin = self.end = begin
        self._items: list[FeedItem] = []
        self._bytes = 0
        self._pages: dict[int, Page] = {}
        self._old: OrderedDict[int, Page] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes of the entries held."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._items)

    def restart(self, cursor: int) -> None:
        """Restart at a later cursor: the entries between are not worth loading for one reader."""
        self.begin = self.end = cursor
        self._items.clear()
        self._pages.clear()
        self._bytes = 0

    def extend(self, items: Sequence[FeedItem], end: int) -> None:
        """Append the entries that follow, up to and including sequence number `end`."""
        self._items.extend(items)
        self._bytes += sum(len(item.encoded) for item in items)
        self.end = end
        self._pages.clear()
        over = max(0, len(self._items) - MAX_ENTRIES)
        freed = sum(len(item.encoded) for item in self._items[:over])
        while over < len(self._items) - 1 and self._bytes - freed > MAX_BYTES:
            freed += len(self._items[over].encoded)
            over += 1
        if over:
            self.begin = self._items[over - 1].seq
            self._bytes -= freed
            del self._items[:over]

    def after(self, cursor: int) -> Page | None:
        """The page after a cursor, one shared object for each cursor; None for a cursor before the ring."""
        if cursor < self.begin:
            return self._old.get(cursor)
        if cursor >= self.end:
            return NOTHING
        if cursor not in self._pages:
            place = bisect_right(self._items, cursor, key=lambda item: item.seq)
            found = page_of(self._items[place : place + PAGE])
            self._pages[cursor] = found if found.items else replace(NOTHING, upto=self.end)
            if len(self._pages) > OLD_PAGES:
                del self._pages[next(iter(self._pages))]
        return self._pages[cursor]

    def keep_old(self, cursor: int, page: Page) -> None:
        """Cache a page from before the ring: after an interruption many readers resume at one cursor."""
        self._old[cursor] = page
        if len(self._old) > OLD_PAGES:
            self._old.popitem(last=False)
