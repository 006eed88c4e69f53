"""Writes the measured tables of docs/identity.md: `python -m benchmarks.tables.identity [PART …]`.

Documents and clips are stored as they are counted (benchmarks/tables/kept_outcomes.py), so a run may be stopped at
any time.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from benchmarks.tables.clips import HEADS, ClipRow, count_clips, order_clips
from benchmarks.tables.documents import DocumentRow, Read, count_documents, sum_up
from benchmarks.tables.figures import FaceRow, bound, count_faces
from gateway.identity.documents.ocr import PrintReader
from gateway.identity.documents.reader import DocumentReader
from gateway.identity.faces.compare import FaceRecognitionEngine
from gateway.identity.faces.liveness import RULES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "identity.md"
PARTS = ("Documents", "Faces", "Liveness")


def share(part: int, whole: int) -> str:
    """Format a count with its share."""
    return f"{part} ({100 * part / whole:.1f} %)"


def limit(errors: int, trials: int) -> str:
    """Format errors of trials with the upper end of the 95 % interval."""
    return f"{errors}/{trials} (≤ {100 * bound(errors, trials):.1f} %)"


def document_lines(read: list[Read]) -> Iterator[str]:
    """Return the table of documents by kind, and by degradation."""
    yield from counted_lines("document", list(sum_up(read, lambda one: one.kind)))
    yield ""
    yield from counted_lines("picture", list(sum_up(read, lambda one: one.way)))


def counted_lines(first: str, rows: list[DocumentRow]) -> Iterator[str]:
    """Return one table of readings."""
    yield f"| {first} | pictures | read exactly | passed without a person | to a person | wrong but passed | median |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        cells = (share(row.exact, row.pictures), share(row.passed, row.pictures), share(row.person, row.pictures))
        wrong = limit(row.wrong, row.pictures)
        yield f"| {row.name} | {row.pictures} | {' | '.join(cells)} | {wrong} | {row.milliseconds / 1000:.1f} s |"


def face_lines(rows: list[FaceRow]) -> Iterator[str]:
    """Return the table of faces."""
    yield "| engine | threshold | FMR | FNMR |"
    yield "|---|---|---|---|"
    for row in rows:
        matches, misses = limit(row.false_matches, row.impostors), limit(row.false_rejections, row.genuine)
        yield f"| {row.engine} | {row.threshold:.2f} | {matches} | {misses} |"


def all_clip_lines() -> Iterator[str]:
    """Return the tables of clips: of the held-out heads, then of the development heads, where counted."""
    for name, load in HEADS.items():
        heads = load()
        rows = count_clips(load_engine, heads)
        whole = len(list(order_clips(list(heads))))
        if rows:
            counted = sum(row.clips for row in rows)
            yield from (f"Rules {RULES}, {len(heads)} {name} heads, {counted} of {whole} clips:", "")
            yield from (*clip_lines(rows), "")


def clip_lines(rows: list[ClipRow]) -> Iterator[str]:
    """Return the table of clips: attacks by falling error, then the living heads."""
    yield "| presentation | clips | judged wrongly |"
    yield "|---|---|---|"
    living, attacks = rows[0], sorted(rows[1:], key=lambda row: row.errors / row.clips, reverse=True)
    for row in attacks:
        yield f"| {row.species} | {row.clips} | APCER {limit(row.errors, row.clips)} |"
    yield f"| {living.species} | {living.clips} | BPCER {limit(living.errors, living.clips)} |"


@cache
def load_engine() -> FaceRecognitionEngine:
    """Load the engine once, and only if something is left to count."""
    return FaceRecognitionEngine()


@cache
def load_reader() -> DocumentReader:
    """Load the reader once, and only if something is left to count."""
    return DocumentReader(PrintReader(), load_engine())


def count_part(part: str) -> Iterator[str]:
    """Return the lines of one table, counted now or stored earlier."""
    if part == "Documents":
        return document_lines(count_documents(load_reader))
    if part == "Faces":
        return face_lines(list(count_faces()))
    return all_clip_lines()


def main() -> None:
    """Count the named tables, or all, and write each between its marks on the page."""
    for part in sys.argv[1:] or PARTS:
        print(f"counting {part} …", file=sys.stderr)
        lines = [f"### {part}", "", *count_part(part), "", f"Measured on {datetime.now(UTC).date().isoformat()}."]
        begin, end = (f"<!-- {mark}{part} -->" for mark in ("", "end of "))
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
        after = rest.partition(end)[2]
        PAGE.write_text("\n".join((before + begin, "", *lines, "", end + after)), encoding="utf-8")


if __name__ == "__main__":
    main()
