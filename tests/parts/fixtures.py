"""Fixtures that several folders of tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.world import World


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Migrated once; every test gets a copy."""
    built = World.build(tmp_path_factory.mktemp("first") / "world")
    built.close()
    return built


@pytest.fixture
def world(first_world: World, tmp_path: Path) -> Iterator[World]:
    """A gateway's rows of the test's own."""
    copy = first_world.copied_to(tmp_path / "world")
    yield copy
    copy.close()
