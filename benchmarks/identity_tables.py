"""Writes the measured tables of docs/identity.md: `python -m benchmarks.identity_tables` (a quarter of an hour)."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.identity_figures import ClipRow, DocumentRow, FaceRow, bound, count_clips, count_documents, count_faces
from gateway.identity.documents import DocumentReader
from gateway.identity.faces import FaceRecognitionEngine
from gateway.identity.ocr import PrintReader

PAGE = Path(__file__).resolve().parents[1] / "docs" / "identity.md"
MARKS = ("<!-- measured -->", "<!-- end of measured -->")


def share(part: int, whole: int) -> str:
    """A count with its share."""
    return f"{part} ({100 * part / whole:.1f} %)"


def limit(errors: int, trials: int) -> str:
    """Errors of trials with the upper end of the 95 % interval."""
    return f"{errors}/{trials} (≤ {100 * bound(errors, trials):.1f} %)"


def document_lines(rows: list[DocumentRow]) -> Iterator[str]:
    """The table of documents."""
    yield "| document | pictures | read exactly | passed without a person | to a person | wrong but passed | median |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        cells = (share(row.exact, row.pictures), share(row.passed, row.pictures), share(row.person, row.pictures))
        wrong = limit(row.wrong, row.pictures)
        yield f"| {row.kind} | {row.pictures} | {' | '.join(cells)} | {wrong} | {row.milliseconds / 1000:.1f} s |"


def face_lines(rows: list[FaceRow]) -> Iterator[str]:
    """The table of faces."""
    yield "| engine | threshold | FMR | FNMR |"
    yield "|---|---|---|---|"
    for row in rows:
        matches, misses = limit(row.false_matches, row.impostors), limit(row.false_rejections, row.genuine)
        yield f"| {row.engine} | {row.threshold:.2f} | {matches} | {misses} |"


def clip_lines(rows: list[ClipRow]) -> Iterator[str]:
    """The table of clips: attacks worst first, then the living."""
    yield "| presentation | clips | judged wrongly |"
    yield "|---|---|---|"
    living, attacks = rows[0], sorted(rows[1:], key=lambda row: row.errors / row.clips, reverse=True)
    for row in attacks:
        yield f"| {row.species} | {row.clips} | APCER {limit(row.errors, row.clips)} |"
    yield f"| {living.species} | {living.clips} | BPCER {limit(living.errors, living.clips)} |"


def main() -> None:
    """Counts everything and puts the tables between the marks of the page."""
    engine = FaceRecognitionEngine()
    say("clips")
    clips = list(count_clips(engine))
    say("faces")
    faces = list(count_faces())
    say("documents")
    documents = list(count_documents(DocumentReader(PrintReader(), engine)))
    day = datetime.now(UTC).date().isoformat()
    tables = {"Documents": document_lines(documents), "Faces": face_lines(faces), "Liveness": clip_lines(clips)}
    parts = [f"Measured on {day}.", *("\n".join((f"### {name}", "", *lines)) for name, lines in tables.items())]
    text = "\n\n".join(parts)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", encoding="utf-8")


def say(step: str) -> None:
    """Progress, on stderr."""
    print(f"counting {step} …", file=sys.stderr)


if __name__ == "__main__":
    main()
