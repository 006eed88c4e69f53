"""The requirements that docs/standards.md answers, by number and rank only: each standard's own list.

OWASP ASVS 5.0.0 (github.com/OWASP/ASVS, 5.0/docs_en, CC BY-SA 4.0), levels 1 and 2: number=level.
ETSI EN 303 645 V3.1.3 (2024-09), table B.1 as public repositories repeat it: number=status.
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
        "asvs-06",
        "V6 Authentication",
        "6.1.1=1 6.1.2=2 6.1.3=2 6.2.1=1 6.2.2=1 6.2.3=1 6.2.4=1 6.2.5=1 6.2.6=1 6.2.7=1 6.2.8=1 6.2.9=2 "
        "6.2.10=2 6.2.11=2 6.2.12=2 6.3.1=1 6.3.2=1 6.3.3=2 6.3.4=2 6.4.1=1 6.4.2=1 6.4.3=2 6.4.4=2 "
        "6.5.1=2 6.5.2=2 6.5.3=2 6.5.4=2 6.5.5=2 6.6.1=2 6.6.2=2 6.6.3=2 6.8.1=2 6.8.2=2 6.8.3=2 6.8.4=2",
    ),
    _chapter(
        "asvs-07",
        "V7 Session Management",
        "7.1.1=2 7.1.2=2 7.1.3=2 7.2.1=1 7.2.2=1 7.2.3=1 7.2.4=1 7.3.1=2 7.3.2=2 7.4.1=1 7.4.2=1 7.4.3=2 "
        "7.4.4=2 7.4.5=2 7.5.1=2 7.5.2=2 7.6.1=2 7.6.2=2",
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
# 5.0-1 to 6-8: M is required, R recommended, C depends on a condition, F on a feature, which
# table B.1 names by number and letter.
EN_303_645: Final = (
    _chapter(
        "en-303-645",
        "Provisions",
        "5.0-1=M 5.1-1=MF(a) 5.1-2=MF(b) 5.1-2A=R 5.1-3=MF(c) 5.1-4=MF(d) 5.1-5=MCF(14,e) 5.2-1=M 5.2-2=R "
        "5.2-3=R 5.3-1=RF(f) 5.3-2=MC(15) 5.3-3=MF(g) 5.3-4A=RF(g) 5.3-4B=RF(h) 5.3-5=RF(g) 5.3-6A=RF(h) "
        "5.3-6B=RF(i) 5.3-7=MF(g) 5.3-8=MC(12) 5.3-9=RF(g) 5.3-10=MF(j) 5.3-11=RC(12) 5.3-12=RC(12) "
        "5.3-13=M 5.3-14=RC(3) 5.3-15A=RC(3) 5.3-15B=RC(3) 5.3-16=M 5.4-1=MF(k) 5.4-2=MF(l) 5.4-3=M "
        "5.4-4=MF(m) 5.5-1=M 5.5-2=R 5.5-3=R 5.5-4=R 5.5-5=MF(n) 5.5-6=RF(o) 5.5-7=MF(o) 5.5-8=MC(16) "
        "5.6-1=MF(p) 5.6-2=M 5.6-3=R 5.6-4A=MF(q) 5.6-4B=RF(r) 5.6-5=R 5.6-6=R 5.6-7=R 5.6-8=R 5.6-9=R "
        "5.7-1=R 5.7-2=RF(s) 5.8-1=RF(t) 5.8-2=MF(u) 5.8-3=MF(v) 5.9-1=R 5.9-2=R 5.9-3=R 5.10-1=RF(w) "
        "5.11-1=M 5.11-2=RF(x) 5.11-3=R 5.11-4=R 5.12-1=R 5.12-2=R 5.12-3=R 5.13-1A=M 5.13-1B=M 6-1=M "
        "6-2=MF(y) 6-3A=MF(y) 6-3B=MF(y) 6-4=RF(w) 6-5=MF(w) 6-6=MF(z) 6-7=RF(aa) 6-8=RF(z)",
    ),
)
# How many requirements these chapters have, as published.
COUNTS: Final = {"EN 303 645 V3.1.3": 78, "ASVS 5.0.0": 253}
