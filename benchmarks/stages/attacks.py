"""Strangers at a gateway on loopback, in a process of their own: `attacks KIND PORT`, until it is stopped.

Each holds what its kind needs, prints a line of JSON, and comes back when it is sent away. Bounded in number.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from gateway.operations.resources import raise_file_limit

ADDRESS: Final = "127.0.0.2"  # of the stranger; not one of a trusted proxy
PAUSE: Final = 0.2  # seconds until a stranger who was sent away comes back
BODY: Final = 18 * 1024 * 1024
SENT: Final = 1024 * 1024
TRICKLE: Final = 5.0  # seconds between two bytes
HALF: Final = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST: Final = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"


async def sign_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sign in with random names, one attempt after the other."""
    while True:
        body = json.dumps({"login": os.urandom(8).hex(), "password": "guess"}).encode()
        writer.write(POST % (b"/api/v1/sessions", b"application/json", len(body)) + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(int(length.partition(b":")[2]))
        await asyncio.sleep(PAUSE)


async def half_header(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send half a header and wait."""
    writer.write(HALF)
    await reader.read()


async def unfinished_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send the beginning of a large upload, then a byte now and then."""
    writer.write(POST % (b"/api/v1/onboarding/verification", b"multipart/form-data; boundary=a", BODY))
    writer.write(b'--a\r\nContent-Disposition: form-data; name="document"; filename="a"\r\n\r\n' + bytes(SENT))
    while not reader.at_eof():
        await writer.drain()
        await asyncio.sleep(TRICKLE)
        writer.write(b"a")


async def idle(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Send nothing."""
    await reader.read()


Stranger = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
KINDS: Final[dict[str, tuple[int, Stranger]]] = {
    "sign_ins": (200, sign_in),
    "half_headers": (1100, half_header),
    "unfinished_bodies": (80, unfinished_body),
    "idle_at_the_broker": (1100, idle),
}


async def come_back(port: int, stranger: Stranger, arrived: Callable[[], None]) -> None:
    """One stranger, who connects again when the connection has ended; tells once when it has tried to connect."""
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(ADDRESS, 0))
            finally:
                arrived()
            try:
                await stranger(reader, writer)
            finally:
                writer.close()
        await asyncio.sleep(PAUSE)


async def attack(kind: str, port: int) -> None:
    """All strangers of one kind."""
    count, stranger = KINDS[kind]
    here = [asyncio.Event() for _ in range(count)]
    async with asyncio.TaskGroup() as strangers:
        for one in here:
            strangers.create_task(come_back(port, stranger, one.set))
        for one in here:
            await one.wait()
        print(json.dumps({"ready": True, "strangers": count}), flush=True)


def main() -> None:
    """Attack until stopped."""
    raise_file_limit()
    asyncio.run(attack(sys.argv[1], int(sys.argv[2])))


if __name__ == "__main__":
    main()
