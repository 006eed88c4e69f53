"""The HTTP client tells requests that were not sent from those without a usable answer, and limits what an answer can
do.
"""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from gateway.domain.filings.record import RegistryUnreachable
from gateway.outbound.http import MAX_ANSWER, Client, LostAnswer, open_client


@dataclass
class Service:
    """Answers each request with the next of `answers`, as raw bytes; None closes the connection instead."""

    answers: list[bytes | None]
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0
    tasks: list[asyncio.Task[None] | None] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.connections += 1
        self.tasks.append(asyncio.current_task())
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:")
                await reader.readexactly(length)
                self.heads.append(head.lower())
                answer = self.answers.pop(0)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.transport.abort()


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@asynccontextmanager
async def client_of(service: Service, **options: bool) -> AsyncIterator[tuple[Client, str]]:
    """A client, and the address of the service."""
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    client = open_client(timeout_s=5, **options)  # type: ignore[arg-type]  # reuse is the one option used here
    try:
        yield client, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in"
    finally:
        await client.close()
        server.close()
        await asyncio.gather(*filter(None, service.tasks))


async def test_a_post_is_never_repeated_when_a_kept_connection_closes_under_it() -> None:
    service = Service([answer(b"{}"), None, answer(b"{}")])
    async with client_of(service) as (client, url):
        await client.exchange("POST", url, content=b"1")
        with pytest.raises(LostAnswer):
            await client.exchange("POST", url, content=b"2")
    assert (len(service.heads), service.connections) == (2, 1)


async def test_each_request_has_a_connection_of_its_own_where_nobody_can_be_asked() -> None:
    service = Service([answer(b"{}"), answer(b"{}")])
    async with client_of(service, reuse=False) as (client, url):
        for _ in range(2):
            await client.exchange("POST", url, content=b"{}")
    assert service.connections == 2


async def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = open_client(timeout_s=5)
    with pytest.raises(RegistryUnreachable):
        await client.exchange("POST", f"http://127.0.0.1:{port}/in", content=b"{}")
    await client.close()


async def test_an_answer_that_is_compressed_unasked_is_not_inflated() -> None:
    packed = gzip.compress(bytes(64 * MAX_ANSWER))
    service = Service([answer(packed, b"Content-Encoding: gzip")])
    async with client_of(service) as (client, url):
        reply = await client.exchange("POST", url, content=b"{}")
    assert reply.body == packed
    assert b"accept-encoding: identity" in service.heads[0]


@pytest.mark.parametrize(
    "reported",
    [
        answer(bytes(MAX_ANSWER + 1)),
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"SMTP is spoken here\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + bytes([97]) * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        answer(b"", b"Location: http://169.254.169.254/", status=b"307 Temporary Redirect"),
    ],
    ids=["huge", "cut short", "not http", "endless header", "broken chunk", "redirect"],
)
async def test_an_answer_that_is_none_leaves_the_outcome_unknown(reported: bytes) -> None:
    service = Service([reported, None, None])
    async with client_of(service) as (client, url):
        with pytest.raises(LostAnswer):
            await client.exchange("POST", url, content=b"{}")
    assert len(service.heads) == 1


async def test_no_cookie_is_kept() -> None:
    service = Service([answer(b"{}", b"Set-Cookie: session=1; Path=/"), answer(b"{}")])
    async with client_of(service) as (client, url):
        for _ in range(2):
            await client.exchange("POST", url, content=b"{}")
    assert not any(b"cookie:" in head for head in service.heads)
