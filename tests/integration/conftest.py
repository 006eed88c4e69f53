"""Both databases that a gateway supports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.postgres import postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty SQLite file, then of an empty PostgreSQL created for the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'lodgekey.sqlite'}"
        return
    with postgres() as url:
        yield url
