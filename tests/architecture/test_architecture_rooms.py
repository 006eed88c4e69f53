"""Limits the number of files per folder; unit tests mirror the path of their source."""

from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.source import PRODUCT, python_files, tracked

MAX_FILES = 15
CODE = (*PRODUCT, "benchmarks", "tests", "tooling")


def rooms() -> Counter[Path]:
    """Files in each folder of code, pages and scripts; empty package markers do not count."""
    code = [path for path in tracked() if path.parts[0] in CODE and path.name != "__init__.py"]
    return Counter(path.parent for path in code)


def test_no_folder_holds_more_than_fifteen_files() -> None:
    assert {str(room): files for room, files in rooms().items() if files > MAX_FILES} == {}


@pytest.mark.parametrize("top", ["tests/unit", "tests/integration"])
def test_tests_mirror_the_source(top: str) -> None:
    sources = {path.parent for path in python_files(*PRODUCT)}
    tests = [path for path in python_files(top.partition("/")[0]) if path.is_relative_to(top)]
    named = [path for path in tests if path.name.startswith("test_") and path.parent != Path(top)]
    assert {str(path) for path in named if path.parent.relative_to(top) not in sources} == set()
