"""The commands of a guide, as an operator types them."""

import os
import sys
from pathlib import Path

from tests.architecture.source import ROOT


def blocks(guide: str) -> list[list[str]]:
    """The `sh` blocks of a guide, in order, each as its lines."""
    found: list[list[str]] = []
    inside = False
    for line in (ROOT / f"docs/guides/{guide}.md").read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("```"):
            inside = line.strip() == "```sh"
            found += [[]] if inside else []
        elif inside:
            found[-1].append(line.strip())
    return found


def path_with_program(folder: Path) -> str:
    """A search path on which the program `lodgekey` is this checkout's."""
    program = folder / "bin" / "lodgekey"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m api.cli.main "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}:{os.environ['PATH']}"
