"""Both databases that a gateway supports, and simulated registries, one process per module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.registry_simulators import SimulatedRegistry, running_registry
from tests.parts.postgres import postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty SQLite file, then of an empty PostgreSQL created for the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'lodgekey.sqlite'}"
        return
    with postgres() as url:
        yield url


@pytest.fixture(scope="module")
def es(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedRegistry]:
    with running_registry("es", tmp_path_factory.mktemp("es")) as running:
        yield running


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedRegistry]:
    with running_registry("it", tmp_path_factory.mktemp("it")) as running:
        yield running


@pytest.fixture(scope="module")
def pt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedRegistry]:
    with running_registry("pt", tmp_path_factory.mktemp("pt")) as running:
        yield running
