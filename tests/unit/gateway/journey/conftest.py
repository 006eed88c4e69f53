"""One world for every party of a module, each at a unit of its own."""

from collections.abc import Iterator

import pytest

from tests.parts.world import World


@pytest.fixture(scope="module")
def one_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for every stay of this module, each at a unit of its own."""
    world = World.build(tmp_path_factory.mktemp("parties"))
    yield world
    world.close()
