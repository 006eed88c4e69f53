"""Writes docs/page-weights.md, the size of each page: `python -m tests.browser.samples.weights`."""

import gzip
from pathlib import Path
from typing import Any, Final

from api.web.kiosk import loaded_by
from api.web.shell.render import STATIC, render
from gateway.texts.languages import LANGUAGES, NAMES, Language
from tests.browser.samples.facts import NOW
from tests.browser.samples.pages import SAMPLES

TARGET: Final = Path("docs/page-weights.md")
HEAD: Final = """# What the pages weigh

Bytes, gzipped, of one page with its style sheet, modules and icon, loaded for the first time. Written by
`python -m tests.browser.samples.weights`; a test holds the tenant's pages under 60,000.

"""


def weigh(name: str, language: Language) -> int:
    """Bytes of one page with all its resources, each gzipped."""
    template, values = SAMPLES[name]
    usual: dict[str, Any] = {"notice": None, "faults": (), "wrong": {}, "here": "/", "now": NOW, "role": None}
    html = render(template, language, usual | values)
    files = loaded_by(html)
    return sum(len(gzip.compress(part)) for part in (html.encode(), *((STATIC / f).read_bytes() for f in files)))


def main() -> None:
    """Write the table."""
    rows = [[name, *(f"{weigh(name, language):,}" for language in LANGUAGES)] for name in SAMPLES]
    names = [NAMES[language] for language in LANGUAGES]
    table = f"| page | {' | '.join(names)} |\n|---|{'---:|' * len(names)}\n"
    TARGET.write_text(HEAD + table + "".join(f"| {' | '.join(row)} |\n" for row in rows))


if __name__ == "__main__":
    main()
