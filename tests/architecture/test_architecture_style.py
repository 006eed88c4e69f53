"""The habits that a linter has no rule for."""

import ast
import re
from pathlib import Path

from tests.architecture.source import PRODUCT, functions_in, python_files, text_of, tracked, tree_of

LONGEST_FILE, LONGEST_FUNCTION = 400, 45
WORN_OUT = re.compile(r"(Manager|Helper|Utils?|Base|Handler)$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|for now|stub)\b")
SILENT = re.compile(r"# (noqa|type: ignore)(?![:\[])")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{60}|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{30}")
THIS = "tests/architecture/"
GENERATED = Path("gateway/store/migrations/versions")  # by Alembic, one call a table


def written_files() -> list[Path]:
    """Python files that a person has to read."""
    return [path for path in python_files() if path.parent != GENERATED]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {str(path): text_of(path).count("\n") for path in written_files()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path}:{function.name}"
        for path in written_files()
        for function in functions_in(path)
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_class_or_file_has_a_name_that_says_nothing() -> None:
    classes = [
        f"{path}:{node.name}"
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and WORN_OUT.search(node.name)
    ]
    files = [str(path) for path in python_files() if WORN_OUT.search(path.stem.title().replace("_", ""))]
    assert (classes, files) == ([], [])


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(p) for p in python_files() if text_of(p).strip() and not ast.get_docstring(tree_of(p))]
    assert silent == []


def test_nothing_is_left_unfinished() -> None:
    marks = [
        f"{path}:{number}: {line.strip()}"
        for path in python_files(*PRODUCT)
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert marks == []


def test_no_check_is_switched_off_without_saying_which() -> None:
    blunt = [
        f"{path}:{number}"
        for path in python_files()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if SILENT.search(line) and not str(path).startswith(THIS)
    ]
    assert blunt == []


def test_no_secret_is_under_git() -> None:
    keys = [str(path) for path in tracked() if SECRET.search(text_of(path))]
    files = [str(path) for path in tracked() if path.suffix in (".key", ".pem", ".p12", ".sqlite", ".db")]
    assert (keys, files) == ([], [])
