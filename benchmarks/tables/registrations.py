"""Writes the table of `docs/registries.md`: `python -m benchmarks.tables.registrations [PARTIES [REGISTRY …]]`.

Each registry's row is of its latest count, with the day and the commit; a count is stored in `.artefacts`, so that one
registry can be counted anew. Counts of fewer parties are a table of their own, where the page has a place for it.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.records.registrations import AUTHORITIES, PARTIES, Counted, count_one

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "registries.md"
COUNTS: Final = ROOT / ".artefacts" / "registrations"
BEGIN, END = "<!-- Registrations{} -->", "<!-- end of Registrations{} -->"
# heading -> field of benchmarks.crowds.counts.Counts
COLUMNS: Final[Mapping[str, str]] = {
    "parties": "parties",
    "people": "people",
    "filed at once": "at_once",
    "filed after correcting an answer": "corrected",
    "filed after a person's decision": "decided",
    "filed after a failure of the registry, by a person": "mended",
    "not required": "not_required",
    "by hand": "by_hand",
    "stopped at the door": "refused_at_door",
    "refused by its rules before sending": "unsent",
    "refused by the registry": "refused",
    "stuck": "stuck",
    "wrong in the books": "wrong_in_books",
}
REASONS: Final[Mapping[str, str]] = {
    "Corrected at the door of": "answered_once_more",
    "Stopped at the door of": "door",
    "By hand at": "hand_rules",
    "Refused or stuck at": "by_registry",
    "Refused steps at": "faults",
    "Acts after failures of": "acts",
    "Wrong in the books of": "books",
}
NOT_READ: Final = "not read"


def table(counted: Sequence[Counted]) -> Iterator[str]:
    """The lines between the markers."""
    yield f"| registry | counted | {' | '.join(COLUMNS)} |"
    yield "|" + "---|" * (2 + len(COLUMNS))
    for row in counted:
        cells = [f"`{row['registry']}`", f"{row['day']} at {row['commit']}"]
        cells += [NOT_READ if row.get(column) is None else f"{row[column]:,}" for column in COLUMNS.values()]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield f"The largest crowd has people of {max(row['countries'] for row in counted)} nationalities."
    yield ""
    for row in counted:
        for what, part in REASONS.items():
            if row.get(part):
                reasons = ", ".join(f"`{name}` {count}" for name, count in sorted(row[part].items()))
                yield f"{what} `{row['registry']}`: {reasons}."
                yield ""


def keep(counted: Mapping[str, Any]) -> None:
    """Store one registry's count."""
    path = _kept_at(counted["registry"], counted["parties"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(counted, ensure_ascii=False), encoding="utf-8")


def kept(parties: int = PARTIES) -> list[Counted]:
    """The latest count of every registry at which so many parties were counted."""
    paths = [_kept_at(name, parties) for name in AUTHORITIES]
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.exists()]


def _kept_at(registry: str, parties: int) -> Path:
    return COUNTS / ("" if parties == PARTIES else str(parties)) / f"{registry}.json"


def markers(parties: int) -> tuple[str, str]:
    """Between which lines the page has the counts of so many parties."""
    which = "" if parties == PARTIES else f", {parties} parties"
    return BEGIN.format(which), END.format(which)


def write(page: Path, lines: Sequence[str], begin: str, end: str) -> None:
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
    """Count the named registries, or all, one after the other, and write the rows of every count there is."""
    parties = int(sys.argv[1]) if len(sys.argv) > 1 else PARTIES
    for name in sys.argv[2:] or AUTHORITIES:
        day, commit = datetime.now(UTC).date().isoformat(), short_commit()
        keep(count_one(name, parties) | {"day": day, "commit": commit})
    write(PAGE, list(table(kept(parties))), *markers(parties))


if __name__ == "__main__":
    main()
