"""docs/wire-protocol.md agrees with the code: tables, vectors, and the names of all messages and fields."""

import re
from pathlib import Path

import pytest

from devices.wire.catalog import COMMANDS, EVENTS
from tests.architecture.source import imported_by, python_files
from tests.architecture.wire.tables import PAGE, TABLES, names_on, page_as_the_code_has_it
from tests.architecture.wire.vectors import VECTORS

TEXT = PAGE.read_text(encoding="utf-8")
PROSE = re.sub(r"<!-- (table|vectors) .*?<!-- end of \1 -->", "", TEXT, flags=re.DOTALL)
OURS = {"api", "certs", "devices", "firmware_sim", "gateway"}
FROM_THE_PAGE = [
    path
    for path in python_files("tests")
    if path.name.endswith("_from_the_page.py") and not path.name.startswith("test_")
]
OF_THE_PAGE = {"tests.architecture.wire", "tests.architecture.wire.page", "tests.integration.devices.wire"}
READERS = [Path("tests/architecture/wire/page.py"), Path("tests/architecture/wire/test_wire_foreign.py")]


def test_tables_and_vectors_are_those_of_the_code() -> None:
    assert page_as_the_code_has_it(TEXT) == TEXT, "run python -m tests.architecture.wire.tables"


def test_every_table_and_vector_has_its_place() -> None:
    assert names_on(TEXT) == TABLES.keys() | VECTORS.keys()


@pytest.mark.parametrize("name", [*COMMANDS, *EVENTS])
def test_the_page_says_when_everything_is_said(name: str) -> None:
    assert f"`{name}`" in PROSE


@pytest.mark.parametrize("path", [*FROM_THE_PAGE, *READERS], ids=lambda path: path.name)
def test_what_was_written_from_the_page_knows_nothing_of_the_product(path: Path) -> None:
    imported = imported_by(path)
    assert {module.split(".")[0] for module in imported} & OURS == set()
    from_tests = {module for module in imported if module.startswith("tests.")}
    assert {module for module in from_tests - OF_THE_PAGE if not module.endswith("_from_the_page")} == set()


def test_lock_and_kiosk_were_written_from_the_page() -> None:
    names = {path.name.removesuffix("_from_the_page.py") for path in FROM_THE_PAGE}
    assert names >= {"device", "lock", "kiosk", "edhoc"}
