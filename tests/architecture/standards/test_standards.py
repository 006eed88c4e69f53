"""Every requirement of the standards has a row, and every proof that a row names is there."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest
from pydantic import BaseModel

from gateway.settings import Settings
from tests.architecture.source import ROOT
from tests.architecture.standards import page
from tests.architecture.standards.requirements import COUNTS, Chapter
from tests.architecture.standards.rows import FOLDER, Row, rows_of
from tests.architecture.test_architecture_security import names_in

CHAPTERS: Final = [chapter for chapters in page.STANDARDS.values() for chapter in chapters]
by_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.file)


def settings_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Names of all settings; those of a nested group as group.name."""
    for name, field in model.model_fields.items():
        yield prefix + name
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from settings_of(part, f"{prefix}{name}.")


names_at = cache(names_in)


def is_a_test(name: str) -> bool:
    """Whether file::name is a test or class of tests."""
    file, _, test = name.partition("::")
    path = ROOT / "tests" / file
    return path.is_file() and test in names_at(path)


def page_is_there(name: str) -> bool:
    """Whether path#Heading is a page with this heading, at any depth."""
    file, _, heading = name.partition("#")
    path = ROOT / file
    return path.is_file() and (
        not heading or re.search(rf"^#+ {re.escape(heading)}$", path.read_text("utf-8"), re.MULTILINE) is not None
    )


def faults_of(row: Row) -> list[str]:
    """What is wrong with a row: proofs that are gone, and a verdict that nothing supports."""
    known = set(settings_of(Settings))
    faults = [name for name in row.tests if not is_a_test(name)]
    faults += [name for name in row.settings if name not in known]
    faults += [name for name in row.pages if not page_is_there(name)]
    if row.verdict == "met" and not (row.tests or row.pages):
        faults.append("met, and neither a test nor a page shows it")
    if row.verdict == "partly" and not (row.proofs and row.why):
        faults.append("partly met: what shows the part, and what is missing?")
    if row.verdict in ("not met", "does not apply") and not row.why:
        faults.append(f"{row.verdict}: why?")
    return faults


@by_chapter
def test_every_requirement_has_one_row_in_the_standards_order(chapter: Chapter) -> None:
    assert list(rows_of(chapter)) == list(chapter.ranks)


@by_chapter
def test_every_proof_that_a_row_names_is_there(chapter: Chapter) -> None:
    faults = {number: faults_of(row) for number, row in rows_of(chapter).items()}
    assert {number: found for number, found in faults.items() if found} == {}


def test_no_requirement_is_left_out() -> None:
    counted = {name: sum(len(chapter.ranks) for chapter in chapters) for name, chapters in page.STANDARDS.items()}
    assert counted == COUNTS
    assert {path.stem for path in FOLDER.glob("*.toml")} == {chapter.file for chapter in CHAPTERS}


def test_the_page_on_standards_says_what_the_tables_do() -> None:
    assert (ROOT / page.PAGE).read_text(encoding="utf-8") == page.page()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"verdict": "met", "tests": ["unit/certs/test_keys.py::test_gone"]}, "unit/certs/test_keys.py::test_gone"),
        ({"verdict": "met", "tests": ["unit/test_gone.py::test_it"]}, "unit/test_gone.py::test_it"),
        ({"verdict": "met", "pages": ["README.md#Gone"]}, "README.md#Gone"),
        ({"verdict": "not met", "why": "x", "settings": ["gone"]}, "gone"),
        ({"verdict": "met", "settings": ["session_hours"]}, "met, and neither a test nor a page shows it"),
        ({"verdict": "partly", "why": "x"}, "partly met: what shows the part, and what is missing?"),
        ({"verdict": "does not apply"}, "does not apply: why?"),
    ],
)  # fmt: skip
def test_a_row_without_what_it_names_is_found(row: dict[str, object], fault: str) -> None:
    assert faults_of(Row.model_validate({"about": "what is required", **row})) == [fault]


def test_settings_of_a_group_can_be_named() -> None:
    assert {"session_hours", "home_broker.tls", "single_sign_on.issuer"} <= set(settings_of(Settings))
