"""A URL supplied by a user leads to the public internet or nowhere."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from gateway.domain.filings.record import RegistryUnreachable
from gateway.outbound.http import open_client
from gateway.outbound.public_addresses import GuardedResolver, Resolve, is_public

LOOPBACK = ["127.0.0.0/8"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def answering(*rounds: list[str]) -> Resolve:
    left = list(rounds)

    async def look_up(host: str, port: int) -> list[str]:
        return left.pop(0)

    return look_up


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A receiver on 127.0.0.1 that accepts every request and closes: its port, and the heads of the requests it
    received.
    """
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], heads


async def post(guard: GuardedResolver, url: str, *, times: int = 1, ca_file: str = "") -> int:
    client = open_client(guard=guard, ca_file=ca_file, timeout_s=5)
    try:
        for _ in range(times):
            reply = await client.exchange("POST", url, content=b"{}")
        return reply.status
    finally:
        await client.close()


async def test_the_connection_goes_to_the_address_that_was_judged_and_tls_asks_for_the_name(tmp_path: Path) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hook.example").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    asked: list[str] = []
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with listening(tls) as (port, heads):
        guard = GuardedResolver(LOOPBACK, answering(["127.0.0.1"]))
        assert await post(guard, f"https://hook.example:{port}/in", ca_file=str(tmp_path / "ca.pem")) == 204
    assert asked == ["hook.example"]
    assert f"host: hook.example:{port}".encode() in heads[0].lower()


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fe80::1%eth0"], []])
async def test_one_private_address_is_enough_to_refuse(addresses: list[str]) -> None:
    with pytest.raises(RegistryUnreachable, match="not on the public internet"):
        await post(GuardedResolver(look_up=answering(addresses)), "https://hook.example/in")


async def test_public_addresses_are_all_handed_to_the_connection() -> None:
    found = await GuardedResolver(look_up=answering(["8.8.8.8", "2606:4700::1111"])).resolve("hook.example", 443)
    assert [(each["host"], each["family"]) for each in found] == [
        ("8.8.8.8", socket.AF_INET),
        ("2606:4700::1111", socket.AF_INET6),
    ]


async def test_a_name_that_turns_private_between_two_connections_is_refused_the_second_time() -> None:
    async with listening() as (port, heads):
        guard = GuardedResolver(LOOPBACK, answering(["127.0.0.1"], ["10.0.0.1"]))
        with pytest.raises(RegistryUnreachable, match="not on the public internet"):
            await post(guard, f"http://hook.example:{port}/in", times=2)
        assert len(heads) == 1


async def test_loopback_is_reached_only_where_it_was_allowed_by_name() -> None:
    async with listening() as (port, heads):
        assert await post(GuardedResolver(LOOPBACK), f"http://127.0.0.1:{port}/in") == 204
        with pytest.raises(RegistryUnreachable, match="not on the public internet"):
            await post(GuardedResolver(["10.0.0.0/8"]), f"http://127.0.0.1:{port}/in")
        assert len(heads) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1", "localhost"])
async def test_an_address_written_as_a_number_is_judged_too(host: str) -> None:
    async with listening() as (port, heads):
        with pytest.raises(RegistryUnreachable):
            await post(GuardedResolver(), f"http://{host}:{port}/")
        assert not heads
