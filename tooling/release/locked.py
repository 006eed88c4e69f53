"""The packages of uv.lock that an installation gets: what the project needs, and what that needs in turn."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
PROJECT: Final = "lodgekey"
Package = dict[str, Any]


def normalised(name: str) -> str:
    """Return a distribution's name in the form that is compared (PyPA name normalisation)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def all_locked(root: Path = ROOT) -> list[Package]:
    """Return the entries of uv.lock except the project itself; one package may have several versions, by platform."""
    locked: list[Package] = tomllib.loads((root / "uv.lock").read_text())["package"]
    return [package for package in locked if package["name"] != PROJECT]


def installed_everywhere(root: Path = ROOT) -> list[Package]:
    """Return the entries that an installation can get, on any platform, without the groups for development."""
    locked: list[Package] = tomllib.loads((root / "uv.lock").read_text())["package"]
    (project,) = (package for package in locked if package["name"] == PROJECT)
    found: set[tuple[str, str]] = set()
    waiting = [(PROJECT, extra) for extra in ("", *project.get("optional-dependencies", ()))]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) not in found:
            found.add((name, extra))
            waiting += [each for package in locked if package["name"] == name for each in _needs(package, extra)]
    names = {name for name, _ in found}
    return [package for package in locked if package["name"] in names - {PROJECT}]


def _needs(package: Package, extra: str) -> Iterator[tuple[str, str]]:
    """The packages, each with "" or an extra, that a package needs: itself, or its extra."""
    listed = package.get("optional-dependencies", {}).get(extra, ()) if extra else package.get("dependencies", ())
    for needed in listed:
        yield from ((needed["name"], wanted) for wanted in ("", *needed.get("extra", ())))
