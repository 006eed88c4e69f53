"""One word, one meaning: words that docs/vocabulary.md retires are no longer used as names."""

import ast
import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from gateway.store import Device
from tests.architecture.source import python_files, text_of, tracked, tree_of
from tests.architecture.words.retired import (
    RETIRED,
    RETIRED_FILES,
    RETIRED_NAMES,
    STANDARD,
    fault_of,
    faults_in,
    fields_of,
    file_fault,
    names_given,
    names_in_page,
    names_in_script,
)

HISTORY = Path("gateway/store/migrations/versions")  # migrations keep the names of their time

DOCUMENTS = (Path("docs/openapi.json"), Path("docs/asyncapi.json"))
VOCABULARY = Path("docs/vocabulary.md")

MADE_UP = """
import gateway.roster as roster

PATIENCE = 3.0
class FrontDesk:
    mood: str
    def record_told(self, heard: int) -> None:
        self.papers = [turn for turn in self.turns()]
        with open("x") as wish:
            pass
def checked(most_tries: int, told_at: int) -> None: ...
def stays_as_it_is(document: str, severity: str, untold: int) -> None: ...
"""


def test_no_name_is_a_retired_word() -> None:
    found = [fault for p in python_files() if HISTORY not in p.parents for fault in faults_in(tree_of(p), str(p))]
    assert found == []


def test_no_file_is_named_by_a_retired_word() -> None:
    kinds = (".py", ".html", ".js", ".css", ".md")
    files = [path for path in tracked() if path.suffix in kinds and HISTORY not in path.parents]
    assert [fault for path in files if "docs/adr" not in str(path) and (fault := file_fault(path))] == []


def test_no_name_in_a_script_or_page_is_a_retired_word() -> None:
    scripts = {path: set(names_in_script(text_of(path))) for path in tracked("api/*.js")}
    pages = {path: set(names_in_page(text_of(path))) for path in tracked("api/*.html")}
    assert sum(map(len, scripts.values())) > 100 < sum(map(len, pages.values())), "they were read"
    named = [(str(path), name) for path, names in (scripts | pages).items() for name in names]
    assert [f"{path}: {fault}" for path, name in named if (fault := fault_of(name, path))] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_no_field_of_an_interface_is_a_retired_word(document: Path) -> None:
    names = set(fields_of(json.loads(text_of(document))))
    assert len(names) > 10, "the document was read"
    assert sorted(fault for name in names if (fault := fault_of(name, str(document)))) == []


def test_no_table_or_column_is_a_retired_word() -> None:
    tables = Device.metadata.tables
    names = {*tables, *(column.name for table in tables.values() for column in table.columns)}
    assert sorted(fault for name in names if (fault := fault_of(name, "gateway/store/identity.py"))) == []


def test_every_retired_word_is_in_the_vocabulary() -> None:
    page = text_of(VOCABULARY)
    retired = {*RETIRED, *RETIRED_NAMES, *(name for files in RETIRED_FILES.values() for name in files)}
    assert sorted(word for word in retired if not re.search(rf"`{re.escape(word)}`", page)) == []


def test_every_exception_is_needed() -> None:
    found = {
        (name, str(path)) for path in python_files() for _, name in names_given(tree_of(path)) if fault_of(name, "", ())
    }
    found |= {(path.stem, str(path)) for path in tracked("*.js")}
    found |= {(name, str(path)) for path in tracked("*.js") for name in names_in_script(text_of(path))}
    found |= {(name, str(path)) for path in tracked("*.html") for name in names_in_page(text_of(path))}
    found |= {(name, str(path)) for path in DOCUMENTS for name in fields_of(json.loads(text_of(path)))}
    idle = [
        exception
        for exception in STANDARD
        if not any(
            fault_of(name, path, ()) and not fault_of(name, path, (exception,)) and fnmatch(path, exception[1])
            for name, path in found
        )
    ]
    assert idle == []


def test_retired_names_are_found_wherever_one_is_given() -> None:
    found = faults_in(ast.parse(MADE_UP), "made_up.py")
    names = [fault.split(": ")[1] for fault in found]
    assert sorted(names) == sorted(
        [
            "roster",
            "PATIENCE",
            "FrontDesk",
            "mood",
            "record_told",
            "heard",
            "papers",
            "turn",
            "wish",
            "most_tries",
            "told_at",
        ]
    )


def test_names_in_scripts_and_pages_are_found() -> None:
    script = "const told = 1; let fine = (heard) => heard; async function mood(wish, other) { for (const x of y) {} }"
    assert {name for name in names_in_script(script) if fault_of(name)} == {"told", "heard", "mood", "wish"}
    page = '<p id="wish-list" class="card told {{ state }}"><input name="mood"><i class="plain papers"></i></p>'
    assert [name for name in names_in_page(page) if fault_of(name)] == ["wish-list", "mood", "papers"]


def test_a_retired_word_is_found_in_any_spelling_and_only_as_a_whole_word() -> None:
    for name in ("told", "_told", "toldAt", "ToldServer", "TOLD_AT", "was-told", "FrontDesk", "front_desk", "HTTPMood"):
        assert fault_of(name), name
    for name in (
        "untold",
        "almost",
        "wishful",
        "moody",
        "wallpaper",
        "turnstile",
        "front",
        "help_desk",
        "TURNSTILE",
    ):
        assert fault_of(name) is None, name


def test_a_retired_file_name_is_found_where_it_is_retired() -> None:
    assert file_fault(Path("api/web/static/tenant/burn.js"))
    assert file_fault(Path("tests/unit/test_wishes.py"))
    assert file_fault(Path("gateway/identity/workers/worker.py")) is None
