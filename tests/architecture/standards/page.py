"""Writes docs/standards.md from the tables in docs/standards: `python -m tests.architecture.standards.page`."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOT
from tests.architecture.standards.requirements import ASVS, EN_303_645, Chapter
from tests.architecture.standards.rows import VERDICTS, Row, rows_of

PAGE: Final = Path("docs/standards.md")
HEAD: Final = """# Standards, requirement by requirement

What this product does about each requirement of two public standards, and the test, setting or page that shows it.
Written by `python -m tests.architecture.standards.page` from the tables in `docs/standards`; a test fails where a named
test, setting or heading is gone, and where a requirement has no row.

"Met" means that the named tests fail when it is no longer so. "Partly" and "not met" say what is missing. The words are
ours and short: what counts is the standard's own text.

- OWASP Application Security Verification Standard 5.0.0, levels 1 and 2 (github.com/OWASP/ASVS, CC BY-SA 4.0).
  Requirement 1.2.3 is v5.0.0-1.2.3.
- ETSI EN 303 645 V3.1.3 (2024-09). M is required, R recommended; C and F say that it depends on a condition or feature.
  Numbers and statuses are those of table B.1 as public repositories repeat it. Of what is required, a translation
  of V3.1.3 was read; of what is recommended, the titles in another product's public assessment (clauses 5.1 to 5.7, and
  6-7 and 6-8), and for the rest V2.1.1's sense. ETSI's own document was not at hand. Locks are made by others: what is
  said of a device is shown on the simulated lock and kiosk, which speak [the wire protocol](wire-protocol.md).
"""
STANDARDS: Final = {"EN 303 645 V3.1.3": EN_303_645, "ASVS 5.0.0": ASVS}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _proof(name: str) -> str:
    return f"`{name}`"


def _shown_by(row: Row) -> str:
    return "<br>".join([_cell(row.why), *map(_proof, row.proofs)] if row.why else map(_proof, row.proofs))


def _counts(chapters: tuple[Chapter, ...]) -> Counter[str]:
    return Counter(row.verdict for chapter in chapters for row in rows_of(chapter).values())


def _summary() -> Iterator[str]:
    yield f"\n## How many\n\n| standard | requirements | {' | '.join(VERDICTS)} |\n|{'---|' * (len(VERDICTS) + 2)}\n"
    for name, chapters in STANDARDS.items():
        counts = _counts(chapters)
        yield f"| {name} | {counts.total()} | {' | '.join(str(counts[verdict]) for verdict in VERDICTS)} |\n"


def _missing() -> Iterator[str]:
    yield "\n## What is missing\n\n| requirement | about | verdict | what is missing |\n|---|---|---|---|\n"
    for name, chapters in STANDARDS.items():
        for chapter in chapters:
            for number, row in rows_of(chapter).items():
                if row.verdict in ("partly", "not met"):
                    yield f"| {name} {number} | {_cell(row.about)} | {row.verdict} | {_cell(row.why)} |\n"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"\n### {chapter.title}\n\n| requirement | rank | about | verdict | shown by |\n|---|---|---|---|---|\n"
    for number, row in rows_of(chapter).items():
        rank = chapter.ranks.get(number, "")
        yield f"| {number} | {rank} | {_cell(row.about)} | {row.verdict} | {_shown_by(row)} |\n"


def page() -> str:
    """Content of docs/standards.md."""
    parts = [HEAD, *_summary(), *_missing()]
    for name, chapters in STANDARDS.items():
        parts.append(f"\n## {name}\n")
        for chapter in chapters:
            parts.extend(_chapter(chapter))
    return "".join(parts)


if __name__ == "__main__":
    (ROOT / PAGE).write_text(page(), encoding="utf-8")
