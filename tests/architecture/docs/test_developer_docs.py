"""Files, functions, events and deliveries named on the pages for developers exist in the code."""

import ast
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pytest

from gateway.domain.events import EVENT_TYPES
from tests.architecture.docs import package_diagram
from tests.architecture.source import ROOT, functions_in, python_files, text_of, tracked, tree_of

PAGES: Final = [
    path for path in tracked("*.md") if path.parts[0] == "docs" or path.name in ("README.md", "CONTRIBUTING.md")
]
PATH: Final = re.compile(r"[\w.-]+(?:/[\w.<>*-]+)+")
FUNCTION: Final = re.compile(r"`([a-z_.]+):([a-z_]+)`")


def paths_named(page: Path) -> set[str]:
    """Paths on a page, written in backticks: Python files, and paths that begin with a top-level folder."""
    ours = {path.parts[0] for path in tracked() if len(path.parts) > 1}
    quoted = re.findall(r"`([^`\s]+)`", text_of(page))
    names = {name.partition("::")[0].rstrip("/") for name in quoted}
    return {n for n in names if PATH.fullmatch(n) and (n.partition("/")[0] in ours or n.endswith(".py"))}


def is_there(name: str) -> bool:
    """Whether git tracks a file or folder with this path, also below tests; `<name>` and `*` match any text."""
    form = re.sub(r"<\w+>", "*", name)
    forms = (form, f"{form}.py", f"{form}/*", f"tests/{form}")
    return any(fnmatch(str(path), one) for one in forms for path in tracked())


def step_rows() -> list[list[str]]:
    """Cells of the table of steps."""
    text = package_diagram.PAGE.read_text(encoding="utf-8")
    table = text.partition("## The nine steps\n")[2].partition("\n## ")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if re.match(r"\| \d", line)]


def strings_in(path: Path) -> set[str]:
    """Every string literal of a file."""
    constants = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page).replace("/", "."))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    assert sorted(name for name in paths_named(page) if not is_there(name)) == []


def test_the_diagram_of_packages_is_drawn_from_the_import_contracts() -> None:
    text = package_diagram.PAGE.read_text(encoding="utf-8")
    shown = text.partition(package_diagram.BEGIN)[2].partition(package_diagram.END)[0]
    assert shown == package_diagram.diagram()


def test_every_file_of_a_followed_request_exists() -> None:
    text = package_diagram.PAGE.read_text(encoding="utf-8")
    named = [name.replace("<br>", "") for name in re.findall(r"participant \w+ as (\S+/\S+)", text)]
    assert len(named) >= 10
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_steps_name_functions_and_the_events_that_those_modules_record() -> None:
    rows = step_rows()
    assert [row[0].partition(".")[0] for row in rows] == list("123456789")
    for step, _, functions, events, _ in rows:
        named = FUNCTION.findall(functions)
        assert named, step
        files = [Path(module.replace(".", "/") + ".py") for module, _ in named]
        for file, (_, function) in zip(files, named, strict=True):
            assert function in {node.name for node in functions_in(file)}, f"{step}: {file}:{function}"
        kinds = events.split(", ")
        assert EVENT_TYPES.issuperset(kinds), step
        recorded = set[str]().union(*map(strings_in, files))
        assert recorded.issuperset(kinds), f"{step}: {set(kinds) - recorded}"


def test_the_steps_name_deliveries_that_the_relay_has_a_sender_for() -> None:
    senders = set[str]().union(*(strings_in(path) for path in python_files("gateway") if path.parts[1] == "relay"))
    named = {work for row in step_rows() for work in re.findall(r"`(\w+)`", row[4])}
    assert len(named) >= 5
    assert named <= senders
