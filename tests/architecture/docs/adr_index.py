"""Writes docs/adr/index.md from the decision pages: `python -m tests.architecture.docs.adr_index`."""

import re
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOT

FOLDER: Final = ROOT / "docs" / "adr"
PAGE: Final = FOLDER / "index.md"
SECTIONS: Final = ("Context", "Decision", "Consequence")
AREAS: Final = {
    "00": "The whole",
    "01": "Locks, keys and certificates",
    "02": "Identity and jurisdictions",
    "03": "Registries and disclosure",
    "04": "Pages, kiosk and accounts",
    "05": "Broker, links and radio",
}
HEAD: Final = """# Decisions

One decision a page, in one format: what it is about, what was decided, what follows. A new one takes the next free
number of its area and says which older one it replaces. Written by `python -m tests.architecture.docs.adr_index`.
"""


def decisions() -> list[Path]:
    """The decision pages, sorted by number."""
    return sorted(FOLDER.glob("[0-9]*.md"))


def title_and_status(path: Path) -> tuple[str, str]:
    """Title without its number, and status of a decision page. ValueError where the page has another form."""
    text = path.read_text(encoding="utf-8")
    found = re.match(rf"# {path.name[:4]}: (.+)\n\nStatus: (accepted|replaced by \d{{4}})\n", text)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    if found is None or [heading for heading in headings if heading in SECTIONS] != list(SECTIONS):
        raise ValueError(path.name)
    return found[1], found[2]


def page() -> str:
    """The index page, with the list that the site build reads."""
    rows = [HEAD]
    for area, name in AREAS.items():
        rows.append(f"\n## {name}\n\n| number | decision | status |\n|---|---|---|\n")
        for path in decisions():
            if path.name.startswith(area):
                title, status = title_and_status(path)
                rows.append(f"| [{path.name[:4]}]({path.name}) | {title} | {status} |\n")
    return "".join(rows) + "\n```{toctree}\n:hidden:\n:glob:\n\n[0-9]*\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
