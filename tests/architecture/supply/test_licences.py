"""The licences of all locked packages, against a list: what an installation gets is never under the GPL or AGPL."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

import pytest

from tooling.release.locked import Package, all_locked, installed_everywhere

# SPDX identifiers of licences that ask for no more than a notice, or, with a weak copyleft (MPL), for changed files.
ALLOWED: Final = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU",
    "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
# What packages without an SPDX expression (PEP 639) say in a classifier or in the older field.
SAID: Final = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "Boost Software License": "BSL-1.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "CC0-1.0",
    "Python Software Foundation License": "PSF-2.0",
}
# Packages that an installation gets under another licence, each with the reason why that is no obstacle.
EXCEPTIONS: Final = dict(
    line.split(": ", 1)
    for line in (
        "psycopg: LGPL-3.0-only; the extra for PostgreSQL: imported unchanged, exchangeable for another version",
        "psycopg-binary: LGPL-3.0-only; as psycopg",
        "pyrage: MIT, in the file of its source; the wheel's metadata names none",
        "python-stdnum: LGPL-2.1-or-later; imported unchanged, exchangeable for another version",
    )
)
# Packages for development, which are not shipped.
TOOLS: Final = {
    "docutils": "in the public domain, but for one file for an editor that is under the GPL; builds the documentation",
    "libusb1": "LGPL-2.1-or-later; imported by bumble, the simulated radio",
}
VAGUE: Final = {"OSI Approved", "DFSG approved"}
ELSEWHERE: Final = re.compile(r"colorama|pyobjc-.+|sspilib|winrt-.+")  # not for Linux: read once, BSD-3-Clause or MIT


def said_by(found: Distribution) -> list[str]:
    """What a package says of its licence: an SPDX expression, or the words of its classifiers or older field."""
    said = found.metadata
    if "License-Expression" in said:
        return [said["License-Expression"]]
    classifiers = [each.split(" :: ") for each in said.get_all("Classifier") or ()]
    named = [parts[-1] for parts in classifiers if parts[0] == "License" and parts[-1] not in VAGUE]
    return named or [said["License"].splitlines()[0] if "License" in said else "none"]


def outside(said: str) -> set[str]:
    """The licences of an expression that are not on the list; none where one of its alternatives (OR) is."""
    choices = [{SAID.get(term, term) for term in choice.split(" AND ")} - ALLOWED for choice in said.split(" OR ")]
    return min(choices, key=len)


def unusual(package: Package) -> set[str]:
    """What a package's licences say that is not on the list."""
    try:
        said = said_by(distribution(package["name"]))
    except PackageNotFoundError:
        return set() if ELSEWHERE.fullmatch(package["name"]) else {"not installed"}
    return {term for each in said for term in outside(each)}


def test_what_an_installation_gets_has_a_licence_of_the_list() -> None:
    found = {package["name"]: unusual(package) for package in installed_everywhere()}
    assert {name: terms for name, terms in found.items() if terms and name not in EXCEPTIONS} == {}


def test_so_have_the_tools_of_developers() -> None:
    found = {package["name"]: unusual(package) for package in all_locked()}
    assert {name: terms for name, terms in found.items() if terms and name not in EXCEPTIONS | TOOLS} == {}


@pytest.mark.parametrize("name", sorted(EXCEPTIONS | TOOLS))
def test_an_exception_is_one_and_says_its_licence(name: str) -> None:
    terms = unusual({"name": name})
    assert terms, "it is on the list, and needs no exception"
    assert not any("AGPL" in term or term.startswith("GPL") for term in terms)


def test_what_is_shipped_is_distinguished_from_tools() -> None:
    shipped = {package["name"] for package in installed_everywhere()}
    assert {"cryptography", "fastapi", "psycopg-binary", "yalexs-ble", "starlette"} <= shipped
    assert shipped.isdisjoint({"pytest", "ruff", "docutils", "bumble", "hatchling"} | TOOLS.keys())


@pytest.mark.parametrize(
    ("said", "left"),
    [("MIT OR GPL-3.0-only", set()), ("MIT AND GPL-3.0-only", {"GPL-3.0-only"}), ("AGPL-3.0-only", {"AGPL-3.0-only"})],
)
def test_a_choice_of_licences_is_not_several(said: str, left: set[str]) -> None:
    assert outside(said) == left
