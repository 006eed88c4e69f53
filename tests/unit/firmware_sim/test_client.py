"""The simulator's client: one error type for every transport failure; callers judge the status code."""

import asyncio

import pytest
from aiohttp import web

from firmware_sim.client import RequestFailed, request
from tests.unit.answering import answering


async def test_it_sends_json_and_headers_and_gives_any_status_back() -> None:
    async def handle(sent: web.Request) -> web.Response:
        shown = [sent.method, sent.path, sent.headers["Authorization"], await sent.json()]
        return web.json_response(shown, status=409)

    async with answering(handle) as url:
        headers = {"Authorization": "Bearer t"}
        answer = await request("POST", f"{url}/knob", timeout_s=5, json={"a": 1}, headers=headers)
    assert (answer.status, answer.json()) == (409, ["POST", "/knob", "Bearer t", {"a": 1}])
    with pytest.raises(RequestFailed, match="status 409"):
        answer.require_ok()


async def test_a_server_that_is_away_or_silent_is_one_kind_of_error(unused_tcp_port: int) -> None:
    async def silent(_sent: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    with pytest.raises(RequestFailed, match="Cannot connect"):
        await request("GET", f"http://127.0.0.1:{unused_tcp_port}/", timeout_s=5)
    async with answering(silent) as url:
        with pytest.raises(RequestFailed, match="no answer in time"):
            await request("GET", url, timeout_s=0.05)
    with pytest.raises(RequestFailed):
        await request("GET", "nonsense", timeout_s=5)
