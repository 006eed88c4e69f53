"""Both databases a gateway can keep its rows in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.postgres import postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty SQLite file, then of an empty PostgreSQL of the test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'lodgekey.sqlite'}"
        return
    with postgres() as url:
        yield url
