"""One street for all journeys; each test takes a room of its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from api.cli.demo.demo import photograph
from api.cli.demo.journey_run import Pictures
from tests.journey.street import Room, Street, open_street


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """Registry, gateway, broker and building as processes, with everybody signed in."""
    async with open_street(tmp_path_factory.mktemp("street")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """A fictitious tenant's passport and face."""
    return await photograph(tmp_path_factory.mktemp("tenant"))


@pytest_asyncio.fixture(loop_scope="session")
async def room(street: Street) -> Room:
    """A room of the test's own."""
    return await street.free_room()


@pytest_asyncio.fixture(loop_scope="session")
async def next_door(street: Street, room: Room) -> Room:
    """Another one."""
    return await street.free_room()
