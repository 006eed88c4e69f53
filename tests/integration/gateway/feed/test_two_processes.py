"""Two gateway processes over one database: an officer's decision in one of them is effective in the other."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from gateway.feed.stream import POLL_SECONDS
from tests.parts.desk import Desk, consumer_token, read_events
from tests.parts.world import World

BOUND = 5 * POLL_SECONDS  # seconds: the other process polls every second, and the machine may be busy


@asynccontextmanager
async def second_gateway(world: World) -> AsyncIterator[str]:
    """Address of another process that serves the same folder."""
    command = [sys.executable, "-m", "tests.parts.second_gateway", str(world.folder), str(world.now)]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    try:
        async with asyncio.timeout(60):
            yield (await child.stdout.readline()).decode().strip()
    finally:
        child.kill()
        await child.wait()


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    made = Desk.over(world)
    yield made
    await made.close()


async def test_a_grant_that_is_ended_here_closes_the_stream_of_another_process(desk: Desk) -> None:
    consumer_id, token = await consumer_token(desk)
    officer, headers = await desk.signed_in("officer"), {"Authorization": f"Bearer {token}"}
    desk.world.tenant()
    desk.stamp()
    async with second_gateway(desk.world) as url, httpx.AsyncClient() as client:
        async with client.stream("GET", f"{url}/feed", headers=headers) as stream:
            lines = stream.aiter_lines()
            assert len(await read_events(lines, 1)) == 1
            assert (await officer.delete(f"/consumers/{consumer_id}")).status_code == 204
            assert await read_events(lines, 1, seconds=BOUND) == []  # the stream ends without another entry
        assert (await client.get(f"{url}/feed", headers=headers)).status_code == 401
