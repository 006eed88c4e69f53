"""Comparison of a document's printed part with its machine-readable zone."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from gateway.domain.birth_date import BirthDate

MONTHS = {name: place for place, name in enumerate(
    ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1)}  # fmt: skip
LETTERS = {"Ä": "AE", "Å": "AA", "Æ": "AE", "Ö": "OE", "Ø": "OE", "Œ": "OE", "Ü": "UE", "ß": "SS", "Ñ": "N", "Þ": "TH",
           "Ð": "D", "Ł": "L", "Đ": "D", "ı": "I"}  # fmt: skip
"""Transliterations of ICAO 9303-3 section 6 that differ from removing the accent."""
WORDY_DATE = re.compile(r"(\d{1,2})\s*([A-Z]{3})[A-Z]*\.?\s*(?:/\s*[A-Z]+\.?\s*)?(\d{4}|\d{2})(?!\d)")
DIGIT_DATES = (
    (re.compile(r"(?<!\d)(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})(?!\d)"), (3, 2, 1)),
    (re.compile(r"(?<!\d)(\d{4})[./ -](\d{1,2})[./ -](\d{1,2})(?!\d)"), (1, 2, 3)),
)

UNKNOWN_PART: Final = r"(?:00|X{1,3}|-{2,3}|\*{2,3}|<{2,3})"


def plain_letters(text: str, *, transliterate: bool = True) -> str:
    """Only A-Z and 0-9: upper case, with accents removed or transliterated as in machine-readable zones."""
    upper = text.upper()
    if transliterate:
        upper = "".join(LETTERS.get(char, char) for char in upper)
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFD", upper))


def shows_text(printed: Sequence[str], wanted: str) -> bool:
    """Whether a printed line is the wanted text, or ends with it as whole words after a label."""
    target = plain_letters(wanted)
    if not target:
        return False
    for line in printed:
        for form in (plain_letters(line), plain_letters(line, transliterate=False)):
            if form == target or (form.endswith(target) and _stands_alone(line, target)):
                return True
    return False


def _stands_alone(line: str, target: str) -> bool:
    """Whether the last whole words of the line are the target; part of a longer word does not count."""
    words = [plain_letters(word) for word in re.split(r"[\s:/.,]+", line)]
    return any("".join(words[start:]) == target for start in range(len(words)))


def shows_date(printed: Sequence[str], wanted: date) -> bool:
    """Whether a printed line contains this date in one of the usual formats."""
    return any(wanted == found for line in printed for found in _dates(line.upper(), wanted.year // 100))


def shows_birth(printed: Sequence[str], wanted: BirthDate) -> bool:
    """Whether a printed line contains this date of birth; of one known in part, with signs for what is unknown."""
    if wanted.whole:
        return shows_date(printed, wanted.first)
    month = UNKNOWN_PART
    if wanted.month is not None:
        names = [name for name, place in MONTHS.items() if place == wanted.month]
        month = rf"(?:0?{wanted.month}|{names[0]}[A-Z]*)"
    between = r"[./ -]*"
    day_first = rf"(?<![0-9A-Z]){UNKNOWN_PART}{between}{month}{between}{wanted.year}(?!\d)"
    year_first = rf"(?<!\d){wanted.year}{between}{month}{between}{UNKNOWN_PART}"
    alone = rf"(?<!\d[./ -])(?<!\d){wanted.year}\s*$" if wanted.month is None else year_first
    return any(re.search(f"{day_first}|{year_first}|{alone}", line.upper()) for line in printed)


def days_between(printed: Sequence[str], first: date, last: date) -> set[date]:
    """Printed dates strictly between two dates.

    Two-digit years are put in the previous century: they may be births.
    """
    past = first.year // 100 - 1
    return {day for line in printed for day in _dates(line.upper(), past) if first < day < last}


def shows_name(printed: Sequence[str], surname: str, given_names: str) -> bool:
    """Whether both parts of the name are printed; without given names the surname is enough."""
    together = (f"{surname} {given_names}", f"{given_names} {surname}")
    if given_names and any(shows_text(printed, name) for name in together):
        return True
    return shows_text(printed, surname) and (not given_names or shows_text(printed, given_names))


def _dates(line: str, century: int) -> Iterator[date]:
    """All dates a line may contain; two-digit years are in the given century."""
    for day, month, year in WORDY_DATE.findall(line):
        if month in MONTHS:
            yield from _date(int(year) + (100 * century if len(year) == 2 else 0), MONTHS[month], int(day))
    for pattern, (year, month, day) in DIGIT_DATES:
        for found in pattern.finditer(line):
            yield from _date(int(found[year]), int(found[month]), int(found[day]))


def _date(year: int, month: int, day: int) -> Iterator[date]:
    """The date, or nothing where it is not valid."""
    try:
        yield date(year, month, day)
    except ValueError:
        return
