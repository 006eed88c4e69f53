"""Connections that do not send their request are closed, late or when others need the room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api.framework.connections import Bounds, Connections, bound_connections
from tests.parts.desk import SignallingServer

HALF = b"POST / HTTP/1.1\r\nHost: a\r\n"
WHOLE = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
STRANGER = "127.0.0.2"


async def app(_scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, then answer."""
    while (message := await receive())["type"] == "http.request" and message["more_body"]:
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def serving(**bounds: Any) -> AsyncIterator[tuple[int, Connections]]:
    """A server with these bounds: its port and its connections."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    connections = bound_connections(config, Bounds(**bounds))
    server = SignallingServer(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test keeps its signals
    task = asyncio.create_task(server.serve())
    await asyncio.wait_for(server.up.wait(), 10)
    try:
        yield server.servers[0].sockets[0].getsockname()[1], connections
    finally:
        server.should_exit = True
        await task


async def connect(port: int, sent: bytes, address: str = STRANGER) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection from a loopback address that has sent something."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    writer.write(sent)
    await writer.drain()
    return reader, writer


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Whether the server closes the connection without an answer."""
    try:
        return await asyncio.wait_for(reader.read(), 5) == b""
    except ConnectionResetError:
        return True


async def answered(port: int, address: str = "127.0.0.1") -> int:
    """Status of one whole request."""
    transport = httpx.AsyncHTTPTransport(local_address=address)
    async with httpx.AsyncClient(transport=transport) as client:
        return (await client.post(f"http://127.0.0.1:{port}/", json={})).status_code


@pytest.mark.parametrize("sent", [b"", HALF, WHOLE % 100, WHOLE % 100 + b"some"])
async def test_a_request_that_is_not_sent_in_time_is_closed(sent: bytes) -> None:
    async with serving(header_seconds=0.05, pause_seconds=0.05, body_seconds=0.05) as (port, connections):
        reader, writer = await connect(port, sent)
        with closing(writer):
            assert await is_closed(reader)
        assert len(connections) == 0


async def test_half_a_second_request_on_a_connection_is_closed() -> None:
    async with serving(header_seconds=0.05) as (port, _):
        reader, writer = await connect(port, WHOLE % 2 + b"{}" + HALF)
        with closing(writer):
            answer = await asyncio.wait_for(reader.read(), 5)
        assert answer.count(b"HTTP/1.1 200") == 1


async def test_a_body_that_comes_slowly_has_the_time_for_its_length() -> None:
    async with serving(pause_seconds=0.05, body_seconds=0.0, body_rate=20) as (port, _):
        reader, writer = await connect(port, WHOLE % 10 + b"12345")
        with closing(writer):
            writer.write(b"67890")
            assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.1 200")


async def test_a_door_is_served_while_a_stranger_holds_a_thousand_half_sent_headers() -> None:
    async with serving(connections=40, per_address=20, header_seconds=60) as (port, connections):
        held = [await connect(port, HALF) for _ in range(100)]
        assert len(connections) <= 20
        assert await answered(port) == 200
        assert await answered(port, STRANGER) == 200, "another client in the stranger's network is served, too"
        for _, writer in held:
            writer.close()


async def test_the_oldest_unfinished_request_makes_room_when_many_addresses_fill_the_server() -> None:
    async with serving(connections=20, per_address=5, header_seconds=60) as (port, connections):
        held = [await connect(port, HALF, f"127.0.1.{number // 5 + 1}") for number in range(30)]
        assert len(connections) <= 20
        assert await answered(port) == 200
        assert await is_closed(held[0][0])
        for _, writer in held:
            writer.close()


async def test_a_trusted_proxy_has_only_the_bound_on_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", STRANGER)
    async with serving(connections=40, per_address=5, header_seconds=60) as (port, connections):
        held = [await connect(port, HALF) for _ in range(10)]
        assert await answered(port) == 200
        assert len(connections) >= 10
        for _, writer in held:
            writer.close()


def test_connections_leave_half_of_the_file_handles() -> None:
    assert Bounds.for_files(1024).connections == 512
    assert Bounds.for_files(65_536).connections == Bounds().connections
