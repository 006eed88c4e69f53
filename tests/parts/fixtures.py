"""Fixtures shared by several test folders."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.parts import house as houses
from tests.parts.world import World


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Migrated once; each test gets a copy."""
    built = World.build(tmp_path_factory.mktemp("first") / "world")
    built.close()
    return built


@pytest.fixture
def world(first_world: World, tmp_path: Path) -> Iterator[World]:
    """The rows of a gateway, private to the test."""
    copy = first_world.copied_to(tmp_path / "world")
    yield copy
    copy.close()


@pytest.fixture(scope="session")
def first_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("first") / "house"
    houses.build(folder)
    return folder


@pytest.fixture
async def house(first_house: Path, tmp_path: Path) -> AsyncIterator[houses.House]:
    """A gateway behind its application, private to the test."""
    moved_in = houses.move_in(first_house, tmp_path / "house")
    yield moved_in
    for client in moved_in.clients:
        await client.aclose()
    moved_in.gateway.database.close()
    moved_in.gateway.vault.close()
