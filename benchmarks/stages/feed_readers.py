"""`python -m benchmarks.stages.feed_readers URL CONNECTIONS EVENTS`: follows a feed over many connections.

Prints `ready` once all are connected and `done` once each has every event, in order; exit code 1 if one has not.
"""

import asyncio
import re
import sys
from typing import Final
from urllib.parse import urlsplit

TIMEOUT_SECONDS: Final = 110.0
NUMBER: Final = re.compile(rb"(?:^|\n)id: (\d+)")


class FeedReader(asyncio.Protocol):
    """Counts the events of one connection with minimal parsing."""

    def __init__(self, path: str, number: int, whole: "Whole") -> None:
        self.path, self.number, self.whole = path, number, whole
        self.events, self.carried = 0, b""
        self.kept: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the request."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(f"GET {self.path}?reader={self.number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Count events; every fiftieth connection stores the data to check the order."""
        if b"retry:" in data:
            self.whole.connected()
        seen = self.carried + data
        self.events += seen.count(b"\ndata: ")
        self.carried = data[-6:] if len(data) >= 6 else seen[-6:]
        if self.number % 50 == 0:
            self.kept.append(data)
        if self.events >= self.whole.wanted:
            self.whole.finished(self)

    def in_order(self) -> bool:
        """Whether the numbers rise by one each time."""
        numbers = [int(found) for found in NUMBER.findall(b"".join(self.kept))]
        return self.number % 50 != 0 or numbers == list(range(numbers[0], numbers[0] + self.whole.wanted))


class Whole:
    """State of all connections together."""

    def __init__(self, connections: int, wanted: int) -> None:
        self.connections, self.wanted = connections, wanted
        self.open, self.good = 0, 0
        self.ready, self.done = asyncio.Event(), asyncio.Event()

    def connected(self) -> None:
        """Count a connection."""
        self.open += 1
        if self.open == self.connections:
            self.ready.set()

    def finished(self, reader: FeedReader) -> None:
        """Count a connection with all events; one with too many is not good."""
        self.good += reader.events == self.wanted and reader.in_order()
        if self.good == self.connections:
            self.done.set()


async def main(url: str, connections: int, events: int) -> int:
    """Connect, print `ready`, read, print `done`."""
    parts, whole = urlsplit(url), Whole(connections, events)
    loop = asyncio.get_running_loop()
    for number in range(connections):
        await loop.create_connection(
            lambda number=number: FeedReader(parts.path, number, whole),  # type: ignore[misc]  # bound at once
            str(parts.hostname),
            int(parts.port or 80),
        )
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await whole.ready.wait()
            print("ready", flush=True)
            await whole.done.wait()
            print("done", flush=True)
    except TimeoutError:
        print(f"{whole.connections - whole.good} readers miss events", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
