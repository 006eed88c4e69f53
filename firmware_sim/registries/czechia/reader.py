"""What the simulated police check of each guest: appendix 5, section 4.2, and the form's rules of the user manual 2.0.

106 is the code for a wrong field, 112 for a late report, 150 for a duplicate; which field has which further code is not
published, so every wrong field is 106.
"""

import re
from datetime import date, datetime, timedelta

from lxml import etree

from firmware_sim.registries.countries import ISO_3166_1

DATA = "{http://schemas.datacontract.org/2004/07/WS_UBY}"
# The nationalities of the police's web form, and the code of its sample file for somebody without one.
STATES = ISO_3166_1 | {"XXK", "X" * 3}
PURPOSES = {0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 27, 93, 99}
WRONG, LATE, DUPLICATE = "106", "112", "150"
# code → the police's words (those of 112 are quoted), strength: 0 to 2 accepted, 4 to 6 refused
CODES = {
    "5": ("Ubytovací zařízení není přiděleno uživateli", 5),
    WRONG: ("Chybný údaj v záznamu", 4),
    LATE: ("Oznámeno pozdě", 0),
    DUPLICATE: ("Duplicitní záznam", 4),
}
_NAME = re.compile(r"(?:[^\W\d_]|[' -])+")
_LENGTHS = {"cVisN": 15, "cResi": 128, "cNote": 255}
_KEY = ("cFrom", "cUntil", "cSurN", "cFirstN", "cDate", "cNati", "cDocN", "cPurp")


def text(guest: etree._Element, name: str) -> str:
    """A member of the data contract; null and empty alike."""
    return guest.findtext(f"{DATA}{name}") or ""


def key(guest: etree._Element) -> str:
    """What makes two records the same: the dates, names, birth date, nationality, document and purpose."""
    return "|".join(text(guest, name) for name in _KEY)


def codes(guest: etree._Element, today: date) -> list[str]:
    """The codes of one guest, without that of duplicates."""
    arrived, leaves = _day(guest, "cFrom"), _day(guest, "cUntil")
    found = [LATE] if _working_days(arrived, today) > 3 else []
    document = text(guest, "cDocN")
    wrong = (
        not _NAME.fullmatch(text(guest, "cSurN")),
        not _NAME.fullmatch(text(guest, "cFirstN")),
        not _is_birth_date(text(guest, "cDate"), today),
        text(guest, "cNati") not in STATES - {"CZE"},
        not re.fullmatch(r"\S{4,30}", document),
        document == "INPASS" and not text(guest, "cNote"),
        text(guest, "cPurp") != "" and int(text(guest, "cPurp")) not in PURPOSES,
        any(len(text(guest, name)) > longest for name, longest in _LENGTHS.items()),
        arrived > today,
        leaves <= arrived,
    )
    return [*found, WRONG] if any(wrong) else found


def _day(guest: etree._Element, name: str) -> date:
    return datetime.fromisoformat(text(guest, name)).date()


def _is_birth_date(digits: str, today: date) -> bool:
    """DDMMYYYY, also 0000YYYY and 00MMYYYY for whose day or month is unknown."""
    if not re.fullmatch(r"\d{8}", digits):
        return False
    day, month, year = (int(digits[at:end]) for at, end in ((0, 2), (2, 4), (4, 8)))
    try:
        born = date(year, month or 1, day or 1)
    except ValueError:
        return False
    return born <= today and (month > 0 or day == 0)


def _working_days(start: date, end: date) -> int:
    """Working days after a day until another, without holidays."""
    days = (start + timedelta(days=number) for number in range(1, max(0, min((end - start).days, 30)) + 1))
    return sum(day.weekday() < 5 for day in days)
