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
from yarl import URL

from gateway.domain.filings.record import RegistryUnreachable
from gateway.outbound.http import MAX_ANSWER, Client, LostAnswer, hearing_dates, open_client, pause_of, tell_date


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


NOON = "Sun, 29 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("after", "date", "seconds"),
    [
        ("120", "", 120),
        ("Sun, 29 Nov 2026 12:05:00 GMT", NOON, 300),
        ("Sunday, 29-Nov-26 12:05:00 GMT", NOON, 300),
        ("Sun Nov 29 12:05:00 2026", NOON, 300),
        ("Sun, 29 Nov 2026 11:00:00 GMT", NOON, 0),
        ("Sun, 29 Nov 2026 12:05:00 GMT", "", 0),
        ("soon", NOON, 0),
        ("Sun, 99 Nov 2026 12:05:00 GMT", NOON, 0),
        ("\u0663", NOON, 0),
        ("9" * 4000, NOON, 0),
        ("-5", NOON, 0),
    ],
)
def test_retry_after_is_seconds_or_a_date_beside_the_answers_own(after: str, date: str, seconds: int) -> None:
    """RFC 9110 §10.2.3, and the three formats of §5.6.7."""
    assert pause_of(after, date) == seconds


async def test_the_pause_that_a_receiver_asks_for_as_a_date_is_read_from_its_answer() -> None:
    headers = (b"Retry-After: Sun, 29 Nov 2026 12:05:00 GMT", b"Date: " + NOON.encode())
    service = Service([answer(b"", *headers, status=b"503 Service Unavailable")])
    async with client_of(service) as (client, url):
        assert (await client.send("POST", url, content=b"{}")).retry_after == 300


@pytest.mark.parametrize(
    ("url", "reported"),
    [
        ("https://police.example/in", [("police.example", 1795953600)]),
        ("http://police.example/in", []),
        ("https://127.0.0.1:8443/in", []),
        ("https://[::1]/in", []),
        ("https://localhost/in", []),
    ],
)
async def test_only_a_server_elsewhere_that_proved_its_name_tells_the_time(
    url: str, reported: list[tuple[str, int]]
) -> None:
    service, found = Service([answer(b"", b"Date: " + NOON.encode())]), list[tuple[str, int]]()
    async with client_of(service) as (client, here):
        with hearing_dates(lambda host, at: found.append((host, at))):
            await client.send("POST", here, content=b"")
    assert found == []
    with hearing_dates(lambda host, at: found.append((host, at))):
        tell_date(URL(url), NOON)
    assert found == reported
    tell_date(URL(url), NOON)
    assert found == reported, "nobody listens any more"
