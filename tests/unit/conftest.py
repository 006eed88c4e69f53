"""Applies to the unit tests: where only slow tests are wanted, the files without any are not imported."""

from pathlib import Path
from typing import Final

import pytest

SLOW: Final = "mark.slow"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out a file that marks no test as slow; nothing that these tests share marks one for them."""
    wanted = config.getoption("markexpr") != "slow" or not collection_path.match("test_*.py")
    return None if wanted or SLOW in collection_path.read_text() else True
