"""Outcomes of long counts, stored line by line, so that an interrupted count resumes where it stopped.

A file holds the outcomes of one state of the sources only: another state starts a new count.
"""

import json
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".artefacts" / "identity_tables"

Outcome = dict[str, Any]


class KeptOutcomes:
    """Outcomes by name in one file; `sources` are the files (from the project's root) they depend on."""

    def __init__(self, part: str, sources: Sequence[str], folder: Path = FOLDER) -> None:
        mark = sha256(b"".join((ROOT / source).read_bytes() for source in sources)).hexdigest()[:12]
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{part}-{mark}.jsonl"
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        self._known: dict[str, Outcome] = dict(json.loads(line) for line in lines)

    def look_up(self, name: str, count: Callable[[], Outcome]) -> Outcome:
        """Return the outcome of this name, counted now if it is not stored."""
        if name not in self._known:
            outcome = self._known[name] = count()
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([name, outcome], ensure_ascii=False) + "\n")
            print(f"{len(self._known):4d} {name}", file=sys.stderr, flush=True)
        return self._known[name]
