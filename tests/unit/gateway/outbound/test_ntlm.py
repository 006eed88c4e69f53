"""Signing in with a Windows account: what a server sees, and challenges that are none."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.domain.filings.record import RegistryUnreachable
from gateway.outbound.ntlm import WindowsAccount, open_ntlm_client

ACCOUNT = WindowsAccount("POLICE", "User", "Password")
TYPE_1 = b"NTLMSSP\0\x01\0\0\0"
NO_CHALLENGES = [b"", b"NTLMSSP\0", TYPE_1, b"NTLMSSP\0\x02\0\0\0", b"NTLMSSP\0\x03\0\0\0" + bytes(64), b"\xff" * 80]


@asynccontextmanager
async def server(challenge: bytes, seen: list[bytes]) -> AsyncIterator[str]:
    """A server that challenges with these bytes and stores what it is sent."""

    async def handle(request: web.Request) -> web.Response:
        seen.append(base64.b64decode(request.headers["Authorization"].removeprefix("NTLM ")))
        said = f"NTLM {base64.b64encode(challenge).decode()}"
        return web.Response(status=401, headers={"WWW-Authenticate": said})

    app = web.Application()
    app.router.add_route("*", "/", handle)
    async with TestServer(app) as running:
        yield str(running.make_url("/"))


@pytest.mark.parametrize("challenge", NO_CHALLENGES, ids=lambda one: one.hex()[:24])
async def test_what_is_no_challenge_is_refused_before_the_record_is_sent(challenge: bytes) -> None:
    seen: list[bytes] = []
    async with server(challenge, seen) as url:
        client = open_ntlm_client(ca_file="", timeout_s=5, account=ACCOUNT)
        with pytest.raises(RegistryUnreachable, match="the credentials are rejected"):
            await client.exchange("POST", url, content=b"<the record/>")
        await client.close()
    assert [message[:12] for message in seen] == [TYPE_1], "only the offer, which carries no record"
