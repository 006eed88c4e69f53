"""Writes the table of `docs/registries.md`: `python -m benchmarks.tables.registrations [PARTIES]`."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.records.registrations import PARTIES, Counted, count_all

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "registries.md"
BEGIN, END = "<!-- Registrations -->", "<!-- end of Registrations -->"
HEAD: Final = (
    "registry", "parties", "people", "filed at once", "filed after correcting an answer",
    "filed after a person's decision", "not required", "by hand", "stopped at the door",
    "refused by its rules before sending", "refused by the registry", "stuck",
)  # fmt: skip
COLUMNS: Final = (
    "registry", "parties", "people", "at_once", "corrected", "decided", "not_required", "by_hand", "refused_at_door",
    "unsent", "refused", "stuck",
)  # fmt: skip


def table(counted: Sequence[Counted], day: str, commit: str) -> Iterator[str]:
    """The lines between the markers; `commit` is the short name of what was counted."""
    countries = max(row["countries"] for row in counted)
    yield f"Counted on {day} at {commit}; people of {countries} nationalities:"
    yield ""
    yield f"| {' | '.join(HEAD)} |"
    yield "|" + "---|" * len(HEAD)
    for row in counted:
        cells = [f"`{row['registry']}`", *(f"{row[column]:,}" for column in COLUMNS[1:])]
        yield f"| {' | '.join(cells)} |"
    yield ""
    for row in counted:
        for what, part in (("Corrected", "answered_once_more"), ("Stopped", "door")):
            if row[part]:
                reasons = ", ".join(f"`{name}` {count}" for name, count in sorted(row[part].items()))
                yield f"{what} at the door of `{row['registry']}`: {reasons}."
                yield ""


def write(page: Path, lines: Sequence[str], begin: str = BEGIN, end: str = END) -> None:
    """Replace what is between the markers."""
    text = page.read_text(encoding="utf-8")
    inside = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    if not inside.search(text):
        raise ValueError(f"{page.name} has no place for the table")
    body = "\n".join([begin, *lines, end])
    page.write_text(inside.sub(lambda _: body, text), encoding="utf-8")


def short_commit() -> str:
    """The short name of the commit that is checked out."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    described = subprocess.run(command, cwd=PAGE.parent, stdout=subprocess.PIPE, text=True, check=True)
    return described.stdout.strip()


def main() -> None:
    """Count and write; the whole counts go to standard output."""
    parties = int(sys.argv[1]) if len(sys.argv) > 1 else PARTIES
    counted = count_all(parties)
    print(json.dumps(counted, indent=1, ensure_ascii=False))
    write(PAGE, list(table(counted, datetime.now(UTC).date().isoformat(), short_commit())))


if __name__ == "__main__":
    main()
