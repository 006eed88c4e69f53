"""The requirements that docs/standards.md answers, by number and rank only: each standard's own list.

OWASP ASVS 5.0.0 (github.com/OWASP/ASVS, 5.0/docs_en, CC BY-SA 4.0), levels 1 and 2: number=level.
"""

from typing import Final, NamedTuple


class Chapter(NamedTuple):
    """A chapter of a standard: its file in docs/standards, its title, and the rank of each requirement by number."""

    file: str
    title: str
    ranks: dict[str, str]


def _chapter(file: str, title: str, numbers: str) -> Chapter:
    pairs = [number.partition("=") for number in numbers.split()]
    if len({number for number, _, _ in pairs}) != len(pairs):
        raise ValueError(f"{file} lists a number twice")
    return Chapter(file, title, {number: rank for number, _, rank in pairs})


ASVS: Final = (
    _chapter(
        "asvs-01",
        "V1 Encoding and Sanitization",
        "1.1.1=2 1.1.2=2 1.2.1=1 1.2.2=1 1.2.3=1 1.2.4=1 1.2.5=1 1.2.6=2 1.2.7=2 1.2.8=2 1.2.9=2 1.3.1=1 "
        "1.3.2=1 1.3.3=2 1.3.4=2 1.3.5=2 1.3.6=2 1.3.7=2 1.3.8=2 1.3.9=2 1.3.10=2 1.3.11=2 1.4.1=2 "
        "1.4.2=2 1.4.3=2 1.5.1=1 1.5.2=2",
    ),
)
# How many requirements these chapters have, as published.
COUNTS: Final = {"ASVS 5.0.0": 27}
