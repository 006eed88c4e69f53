"""Which files of this folder are read where only slow tests are wanted."""

from tests.architecture.source import python_files, text_of
from tests.unit.conftest import SLOW


def test_what_the_unit_tests_share_marks_no_test_as_slow() -> None:
    shared = [path for path in python_files("tests") if path.parts[1] in ("parts", "unit", "conftest.py")]
    assert len(shared) > 300
    marking = [path.name for path in shared if SLOW in text_of(path) and not path.name.startswith("test_")]
    assert marking == ["conftest.py"]  # which looks for it
