"""The HTTP client of the commands: requests, stored state, and one error type for every transport failure."""

import asyncio
import ssl
from contextlib import aclosing

import pytest
import trustme
from aiohttp import web

from api.client import Client, RequestFailed
from tests.unit.answering import answering


async def test_headers_and_cookies_go_with_every_later_request() -> None:
    async def handle(request: web.Request) -> web.Response:
        response = web.json_response([request.headers.get("Authorization"), request.cookies.get("session")])
        response.set_cookie("session", "s-1")
        return response

    async with answering(handle) as url, Client(url, timeout_s=5, headers={"Authorization": "Bearer t"}) as client:
        assert (await client.get("/first")).json() == ["Bearer t", None]
        client.headers["Authorization"] = "Offer o"
        assert (await client.get("/second")).json() == ["Offer o", "s-1"]


async def test_the_path_is_added_to_the_base_url_and_a_form_carries_its_files() -> None:
    async def handle(request: web.Request) -> web.Response:
        form = await request.post()
        picture = form["face"]
        assert isinstance(picture, web.FileField)
        sent = [request.raw_path, form["facts"], picture.filename, picture.content_type, picture.file.read().decode()]
        return web.json_response(sent)

    async with answering(handle) as url, Client(f"{url}/api/v1", timeout_s=5) as client:
        files = {"face": ("face.jpg", b"jpeg", "image/jpeg")}
        sent = (await client.post("/register", form={"facts": "{}"}, files=files)).json()
    assert sent == ["/api/v1/register", "{}", "face.jpg", "image/jpeg", "jpeg"]


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with answering(handle) as url, Client(url, timeout_s=5) as client:
        answer = await client.get("/")
        assert (answer.status, answer.ok) == (307, False)
        with pytest.raises(RequestFailed, match="status 307"):
            answer.require_ok()


async def test_lines_come_one_by_one_also_long_ones_and_a_refusal_is_an_error() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/refused":
            return web.Response(status=401)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"id: 1\r\ndata: " + b"x" * 300_000 + b"\n\n")
        await asyncio.Event().wait()
        return response

    async with answering(handle) as url, Client(url, timeout_s=5) as client:
        async with aclosing(client.lines("/feed")) as lines:
            assert [await anext(lines) for _ in range(3)] == ["id: 1", "data: " + "x" * 300_000, ""]
        with pytest.raises(RequestFailed, match="status 401"):
            await anext(client.lines("/refused"))


async def test_a_server_that_is_away_silent_or_gone_is_one_kind_of_error(unused_tcp_port: int) -> None:
    async def silent(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async def gone(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with Client(f"http://127.0.0.1:{unused_tcp_port}", timeout_s=5) as client:
        with pytest.raises(RequestFailed, match="Cannot connect"):
            await client.get("/")
    async with answering(silent) as url, Client(url, timeout_s=0.05) as client:
        with pytest.raises(RequestFailed, match="no answer in time"):
            await client.get("/")
    async with answering(gone) as url, Client(url, timeout_s=5) as client:
        with pytest.raises(RequestFailed, match="disconnected"):
            await client.post("/", json={})


async def test_a_certificate_that_is_not_trusted_is_said() -> None:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response()

    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    async with answering(handle, tls) as url, Client(url, timeout_s=5) as client:
        with pytest.raises(RequestFailed, match="certificate is not trusted"):
            await client.get("/")


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1", "http://[::1", "http://127.0.0.1:99999"])
async def test_an_address_that_is_none_is_the_same_error(url: str) -> None:
    async with Client(url, timeout_s=5) as client:
        with pytest.raises(RequestFailed):
            await client.get("/")
