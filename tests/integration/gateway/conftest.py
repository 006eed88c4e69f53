"""Simulated registries, one process per module, and an office that files with each.

`simulator` is every registry that has a simulator, unless a module parametrizes it with fewer (indirect=True).
"""

from collections.abc import AsyncIterator, Iterator

import pytest

from firmware_sim.registries.catalog import SIMULATORS
from tests.contract.registry_simulators import SimulatedRegistry, running_registry
from tests.parts.office import Office, open_office
from tests.parts.world import World


@pytest.fixture(scope="module", params=tuple(SIMULATORS))
def simulator(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, SimulatedRegistry]]:
    """A registry's name and its running simulator."""
    name: str = request.param
    with running_registry(name, tmp_path_factory.mktemp(name)) as running:
        yield name, running


@pytest.fixture
async def office(world: World, simulator: tuple[str, SimulatedRegistry]) -> AsyncIterator[Office]:
    """An office at the registry of `simulator`, which behaves normally."""
    name, running = simulator
    running.set_behaviour("normal")
    async with open_office(world, name, running.adapter_settings, running.facts) as opened:
        yield opened


@pytest.fixture
async def spain(world: World, es: SimulatedRegistry) -> AsyncIterator[Office]:
    es.set_behaviour("normal")
    async with open_office(world, "es", es.adapter_settings, es.facts) as opened:
        yield opened


@pytest.fixture
async def italy(world: World, it: SimulatedRegistry) -> AsyncIterator[Office]:
    it.set_behaviour("normal")
    async with open_office(world, "it", it.adapter_settings, it.facts) as opened:
        yield opened
