"""The newest entries of the feed in one view, encoded once and shared by everyone who follows that view."""

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
    """One masked registration record with its place in the feed, and the same as a server-sent event."""

    seq: int
    data: dict[str, Any]
    encoded: bytes = b""

    @property
    def event(self) -> bytes:
        """The CloudEvent alone, as a webhook carries it."""
        return self.encoded.partition(b"\ndata: ")[2].rstrip(b"\n")


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries in a row and their bytes in one piece: at most PAGE, and about PAGE_BYTES.

    `upto` is the number to go on from: a view may have nothing in a long stretch of the feed.
    """

    items: tuple[FeedItem, ...]
    body: bytes
    upto: int


NOTHING: Final = Page((), b"", 0)


def page_of(items: Sequence[FeedItem]) -> Page:
    """As many of the items as one page takes, at least one where there is one."""
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
    """Every entry of a view with begin < seq ≤ end. What is older is let go; a reader further back asks the database.

    Bounded by MAX_ENTRIES and MAX_BYTES, whoever follows and however slowly.
    """

    def __init__(self, begin: int) -> None:
        self.begin = self.end = begin
        self._items: list[FeedItem] = []
        self._bytes = 0
        self._pages: dict[int, Page] = {}
        self._old: OrderedDict[int, Page] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._items)

    def restart(self, cursor: int) -> None:
        """Begin anew further on: what lies between is not worth fetching for one reader."""
        self.begin = self.end = cursor
        self._items.clear()
        self._pages.clear()
        self._bytes = 0

    def extend(self, items: Sequence[FeedItem], end: int) -> None:
        """Add the entries that follow, up to and including the number `end`."""
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
        """The page after a cursor, the same object for everyone at that cursor; None further back than the ring."""
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
        """Remember a page from further back: many readers come back at one cursor after the same interruption."""
        self._old[cursor] = page
        if len(self._old) > OLD_PAGES:
            self._old.popitem(last=False)
