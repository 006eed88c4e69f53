"""Serves a feed over real sockets to readers in another process: ours, and the same payload by sse-starlette."""

from __future__ import annotations

import asyncio
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.framework.event_stream import FeedStream
from benchmarks.stages.rows import AREA, NOW, Rows, open_rows, publish
from gateway.feed.stream import Feed, Reader, always
from gateway.supervision import Rounds

PEOPLE = 500
TIMEOUT_SECONDS = 120.0


class Stage:
    """One server with both feeds at /ours and /theirs; a round is one burst of entries to new connections."""

    def __init__(self, rows: Rows, readers: int, events: int) -> None:
        self.rows, self.readers, self.events = rows, readers, events
        self.feed = Feed(rows.database, rows.keyring, lambda: NOW)
        self.seq = 0
        self.queues: list[asyncio.Queue[tuple[int, str]]] = []
        self.runner = asyncio.Runner()
        self.url = ""
        self._stalled: list[socket.socket] = []

    def open(self) -> None:
        """Serve until closed."""
        self.runner.run(self._open())

    async def _open(self) -> None:
        self.polling = asyncio.create_task(self.feed.run(Rounds()))
        self.rows.database.after_commit(self.feed.wake)
        app = Starlette(routes=[Route("/ours", self.ours), Route("/theirs", self.theirs)])
        listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # signals stay the harness's
        self.serving = asyncio.create_task(self.server.serve(sockets=[listener]))

    def close(self) -> None:
        """Stop server and event loop."""
        for stalled in self._stalled:
            stalled.close()
        self.runner.run(self._close())
        self.runner.close()

    async def _close(self) -> None:
        self.polling.cancel()
        self.server.should_exit = self.server.force_exit = True
        with suppress(asyncio.CancelledError):
            await self.serving

    async def ours(self, request: Request) -> Response:
        """The gateway's own stream, from the newest entry on unless `after` is given."""
        reader = Reader(f"consumer:{request.query_params['reader']}", "measuring", (AREA,), None, None, always)
        cursor = int(request.query_params.get("after", self.seq))
        return FeedStream(self.feed, reader, cursor, stalled_seconds=3600.0)

    async def theirs(self, _request: Request) -> Response:
        """sse-starlette as in its documentation: one queue a client, one event at a time."""
        queue: asyncio.Queue[tuple[int, str]] = asyncio.Queue()
        self.queues.append(queue)

        async def events() -> AsyncIterator[ServerSentEvent]:
            yield ServerSentEvent(retry=2000)
            while True:
                seq, text = await queue.get()
                yield ServerSentEvent(text, id=str(seq), event="registration", sep="\n")

        return EventSourceResponse(events())

    def round(self, path: str) -> float:
        """Run one burst, fully checked; return deliveries a second."""
        return self.runner.run(self._round(path))

    async def _round(self, path: str) -> float:
        command = [
            sys.executable,
            "-m",
            "benchmarks.stages.feed_readers",
            self.url + path,
            str(self.readers),
            str(self.events),
        ]
        self.queues.clear()
        child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert child.stdout is not None
        async with asyncio.timeout(TIMEOUT_SECONDS):
            if await child.stdout.readline() != b"ready\n":
                raise RuntimeError("the readers did not connect")
            payload = await asyncio.to_thread(self._payload) if path == "/theirs" else []
            began = time.perf_counter()
            if path == "/theirs":
                for item in payload:
                    for queue in self.queues:
                        queue.put_nowait(item)
            else:
                await asyncio.to_thread(publish, self.rows, self.seq + 1, self.events)
            if await child.stdout.readline() != b"done\n":
                raise RuntimeError("events were lost")
            took = time.perf_counter() - began
            await child.wait()
        self.seq += self.events if path == "/ours" else 0
        return self.readers * self.events / took

    def _payload(self) -> list[tuple[int, str]]:
        """Return the texts that our feed sends for as many entries, prepared in advance."""
        publish(self.rows, self.seq + 1, self.events)
        items = self.feed._load(((AREA,), None), self.seq)[0]
        self.seq += len(items)
        return [(item.seq, item.event.decode()) for item in items]

    def stall(self, backlog: int) -> None:
        """Connect one reader that requests the whole feed and then stops reading."""
        if self.seq < backlog:
            publish(self.rows, self.seq + 1, backlog - self.seq)
            self.seq = backlog
        stalled = socket.socket()
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, _, port = self.url.removeprefix("http://").partition(":")
        stalled.connect((host, int(port)))
        stalled.sendall(b"GET /ours?reader=stalled&after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
        self._stalled.append(stalled)
        self.runner.run(self._until_stalled())

    async def _until_stalled(self) -> None:
        """Wait until the reader has received nothing for a while: until then it is not stalled."""
        reported, before = 0, -1
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while reported != before or not reported:
                await asyncio.sleep(0.4)
                reported, before = await asyncio.to_thread(self.feed.rows_today, "consumer:stalled"), reported

    def unstall(self) -> None:
        """Disconnect the stalled reader."""
        while self._stalled:
            self._stalled.pop().close()
        self.runner.run(asyncio.sleep(0.1))


@contextmanager
def open_stage(readers: int, events: int) -> Iterator[Stage]:
    """Open a stage with its own database."""
    with tempfile.TemporaryDirectory() as folder, open_rows(Path(folder) / "rows", PEOPLE) as rows:
        stage = Stage(rows, readers, events)
        stage.open()
        try:
            yield stage
        finally:
            stage.close()
