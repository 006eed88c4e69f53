"""The feed as server-sent events to one reader; a slow reader delays nobody else."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from fastapi.responses import StreamingResponse
from starlette.types import Message, Send

from gateway.domain.errors import DisclosureBlocked
from gateway.feed.stream import Feed, Reader

log = logging.getLogger(__name__)

STALLED_SECONDS: Final = 30.0
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
HEARTBEAT: Final = b": still here\n\n"


async def stream(feed: Feed, reader: Reader, cursor: int) -> AsyncIterator[bytes]:
    """Yield the feed after `cursor` as server-sent events (WHATWG HTML §9.2), first the delay before reconnecting.

    Ends if the disclosure log cannot be written; the reader can resume from its cursor later.
    """
    yield b"retry: 2000\n\n"
    try:
        async for page in feed.pages(reader, cursor):
            yield page.body or HEARTBEAT
    except DisclosureBlocked as error:
        log.error("the feed stopped: %s", error.code)


class FeedStream(StreamingResponse):
    """Buffers at most one page; disconnects a reader that takes nothing for `stalled_seconds`, to resume by cursor."""

    media_type = "text/event-stream"

    def __init__(self, feed: Feed, reader: Reader, cursor: int, *, stalled_seconds: float = STALLED_SECONDS) -> None:
        super().__init__(stream(feed, reader, cursor), headers=HEADERS)
        self._stalled_seconds = stalled_seconds

    async def stream_response(self, send: Send) -> None:
        """Send until the feed or the reader ends."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(self._stalled_seconds):
                await send(message)

        try:
            await super().stream_response(send_in_time)
        except TimeoutError:
            log.info("a reader of the feed took nothing for %s s and was let go", self._stalled_seconds)
