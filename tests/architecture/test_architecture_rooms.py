"""Limits the number of files per folder; unit tests mirror the path of their source."""

from collections import Counter
from pathlib import Path

from tests.architecture.source import PRODUCT, python_files, tracked

MAX_FILES = 15
CODE = (*PRODUCT, "benchmarks", "tests", "tooling")


def rooms() -> Counter[Path]:
    """Files in each folder of code, pages and scripts; empty package markers do not count."""
    code = [path for path in tracked() if path.parts[0] in CODE and path.name != "__init__.py"]
    return Counter(path.parent for path in code)


def test_no_folder_holds_more_than_fifteen_files() -> None:
    assert {str(room): files for room, files in rooms().items() if files > MAX_FILES} == {}


def test_unit_tests_mirror_the_source() -> None:
    sources = {path.parent for path in python_files(*PRODUCT)}
    unit = Path("tests/unit")
    strays = {
        str(path)
        for path in python_files("tests")
        if path.is_relative_to(unit) and path.parent != unit and path.parent.relative_to(unit) not in sources
    }
    assert strays == set()


def test_integration_tests_mirror_the_source() -> None:
    sources = {path.parent for path in python_files(*PRODUCT)}
    root = Path("tests/integration")
    strays = {
        str(path)
        for path in python_files("tests")
        if path.is_relative_to(root) and path.parent != root and path.parent.relative_to(root) not in sources
    }
    assert strays == set()
