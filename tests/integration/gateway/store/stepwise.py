"""The gateway's migrations run step by step, on an empty database of either kind."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text

import gateway.store
from tests.parts.postgres import postgres

MIGRATIONS = Path(gateway.store.__file__).parent / "migrations"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
        yield made
        made.dispose()
        return
    with postgres() as url:
        made = create_engine(url)
        yield made
        made.dispose()


def config_of(engine: Engine) -> Config:
    """Alembic's configuration for the migrations of the gateway."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("recursive_version_locations", "true")
    config.attributes["engine"] = engine
    return config


def all_of(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
