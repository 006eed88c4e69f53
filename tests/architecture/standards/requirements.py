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
    _chapter(
        "asvs-02",
        "V2 Validation and Business Logic",
        "2.1.1=1 2.1.2=2 2.1.3=2 2.2.1=1 2.2.2=1 2.2.3=2 2.3.1=1 2.3.2=2 2.3.3=2 2.3.4=2 2.4.1=2",
    ),
    _chapter(
        "asvs-03",
        "V3 Web Frontend Security",
        "3.2.1=1 3.2.2=1 3.3.1=1 3.3.2=2 3.3.3=2 3.3.4=2 3.4.1=1 3.4.2=1 3.4.3=2 3.4.4=2 3.4.5=2 3.4.6=2 "
        "3.5.1=1 3.5.2=1 3.5.3=1 3.5.4=2 3.5.5=2 3.7.1=2 3.7.2=2",
    ),
    _chapter(
        "asvs-04",
        "V4 API and Web Service",
        "4.1.1=1 4.1.2=2 4.1.3=2 4.2.1=2 4.3.1=2 4.3.2=2 4.4.1=1 4.4.2=2 4.4.3=2 4.4.4=2",
    ),
    _chapter(
        "asvs-05",
        "V5 File Handling",
        "5.1.1=2 5.2.1=1 5.2.2=1 5.2.3=2 5.3.1=1 5.3.2=1 5.4.1=2 5.4.2=2 5.4.3=2",
    ),
    _chapter(
        "asvs-08",
        "V8 Authorization",
        "8.1.1=1 8.1.2=2 8.2.1=1 8.2.2=1 8.2.3=2 8.3.1=1 8.4.1=2",
    ),
    _chapter(
        "asvs-09",
        "V9 Self-contained Tokens",
        "9.1.1=1 9.1.2=1 9.1.3=1 9.2.1=1 9.2.2=2 9.2.3=2 9.2.4=2",
    ),
    _chapter(
        "asvs-10",
        "V10 OAuth and OIDC",
        "10.1.1=2 10.1.2=2 10.2.1=2 10.2.2=2 10.3.1=2 10.3.2=2 10.3.3=2 10.3.4=2 10.4.1=1 10.4.2=1 "
        "10.4.3=1 10.4.4=1 10.4.5=1 10.4.6=2 10.4.7=2 10.4.8=2 10.4.9=2 10.4.10=2 10.4.11=2 10.5.1=2 "
        "10.5.2=2 10.5.3=2 10.5.4=2 10.5.5=2 10.6.1=2 10.6.2=2 10.7.1=2 10.7.2=2 10.7.3=2",
    ),
    _chapter(
        "asvs-11",
        "V11 Cryptography",
        "11.1.1=2 11.1.2=2 11.2.1=2 11.2.2=2 11.2.3=2 11.3.1=1 11.3.2=1 11.3.3=2 11.4.1=1 11.4.2=2 "
        "11.4.3=2 11.4.4=2 11.5.1=2 11.6.1=2",
    ),
    _chapter(
        "asvs-12",
        "V12 Secure Communication",
        "12.1.1=1 12.1.2=2 12.1.3=2 12.2.1=1 12.2.2=1 12.3.1=2 12.3.2=2 12.3.3=2 12.3.4=2",
    ),
    _chapter(
        "asvs-13",
        "V13 Configuration",
        "13.1.1=2 13.2.1=2 13.2.2=2 13.2.3=2 13.2.4=2 13.2.5=2 13.3.1=2 13.3.2=2 13.4.1=1 13.4.2=2 "
        "13.4.3=2 13.4.4=2 13.4.5=2",
    ),
    _chapter(
        "asvs-14",
        "V14 Data Protection",
        "14.1.1=2 14.1.2=2 14.2.1=1 14.2.2=2 14.2.3=2 14.2.4=2 14.3.1=1 14.3.2=2 14.3.3=2",
    ),
    _chapter(
        "asvs-15",
        "V15 Secure Coding and Architecture",
        "15.1.1=1 15.1.2=2 15.1.3=2 15.2.1=1 15.2.2=2 15.2.3=2 15.3.1=1 15.3.2=2 15.3.3=2 15.3.4=2 "
        "15.3.5=2 15.3.6=2 15.3.7=2",
    ),
    _chapter(
        "asvs-16",
        "V16 Security Logging and Error Handling",
        "16.1.1=2 16.2.1=2 16.2.2=2 16.2.3=2 16.2.4=2 16.2.5=2 16.3.1=2 16.3.2=2 16.3.3=2 16.3.4=2 "
        "16.4.1=2 16.4.2=2 16.4.3=2 16.5.1=2 16.5.2=2 16.5.3=2",
    ),
    _chapter(
        "asvs-17",
        "V17 WebRTC",
        "17.1.1=2 17.2.1=2 17.2.2=2 17.2.3=2 17.2.4=2 17.3.1=2 17.3.2=2",
    ),
)
# How many requirements these chapters have, as published.
COUNTS: Final = {"ASVS 5.0.0": 200}
