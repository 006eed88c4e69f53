"""Whatever strangers do to the pages or the broker's port, a door opens."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from api.cli.demo.children import Child
from benchmarks.doors.tap_to_unlocked import our_house
from benchmarks.doors.unlock_under_attack import broker_port
from benchmarks.stages.attacks import KINDS

pytestmark = pytest.mark.slow


@pytest.fixture
async def house() -> AsyncIterator[tuple[Path, Callable[[], Awaitable[None]], str]]:
    """A gateway with a lock and a key: its folder, a tap that fails unless the lock opens, and its address."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "house"
        tap, url = await our_house(stack, folder)
        yield folder, tap, url


async def test_a_door_opens_during_each_attack(house: tuple[Path, Callable[[], Awaitable[None]], str]) -> None:
    folder, tap, url = house
    port = urlsplit(url).port
    for kind in KINDS:
        at = broker_port(folder) if kind == "idle_at_the_broker" else port
        arguments = ["-m", "benchmarks.stages.attacks", kind, str(at)]
        async with Child(kind, arguments, folder / "logs" / "attacks.log") as strangers:
            assert (await strangers.start())["strangers"] == KINDS[kind][0]
            for _ in range(5):
                await tap()
    assert (folder / "logs" / "gateway.log").stat().st_size < 1_000_000, "what strangers do does not fill the log"
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{url}/readyz", timeout=30)).status_code == 200
