"""One street for all journey tests; each test takes a room of its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from api.cli.demo.demo import photograph
from api.cli.demo.journey_run import Pictures
from tests.journey.street import Room, Street, open_street


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """Registry, gateway, broker and building as processes, with all people signed in."""
    async with open_street(tmp_path_factory.mktemp("street")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """Passport and face of a fictitious tenant."""
    return await photograph(tmp_path_factory.mktemp("tenant"))


@pytest_asyncio.fixture(loop_scope="session")
async def room(street: Street) -> Room:
    """A room reserved for the test."""
    return await street.free_room()


@pytest_asyncio.fixture(loop_scope="session")
async def next_door(street: Street, room: Room) -> Room:
    """A second room reserved for the test."""
    return await street.free_room()
