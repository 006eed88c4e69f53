"""Document numbers: one spelling for all ways of typing them, and the checks of the families that have one."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from stdnum.be import eid
from stdnum.es import dni, nie
from stdnum.pt import cc

from gateway.domain.filings.codes.numeric_countries import ALPHA3_OF_NUMERIC
from gateway.domain.verification.china_id_number import check_character
from gateway.domain.verification.mrz import check_digit

# Spaces of any width, hyphens and dashes, dots and slashes: separators that no document number is told apart by.
_SEPARATORS: Final = re.compile("[\\s./\\-·\u00ad\u200b-\u200d\u2010-\u2015\u2212\ufe63]+")
SHAPE: Final = re.compile(r"[A-Z0-9]{3,24}", re.ASCII)

# GA/T 704.14 (travel permits) and the numbering rules of the immigration administration (cards).
CHINESE_NUMBERS: Final[Mapping[str, str]] = {
    "cn_hm_travel_permit": r"[HM]\d{8}(\d{2})?",
    "cn_tw_travel_permit": r"\d{8}",
    "cn_permanent_residence": r"[A-Z]{3}\d{12}|9\d{16}[\dX]",
    "cn_hmt_residence_permit": r"8[123]0000\d{11}[\dX]",
    "cn_resident_id": r"[1-7]\d{16}[\dX]",
}
# Numbers that contain their own check, by kind and issuer; other kinds and issuers have none that is published. Belgium
# publishes that of its citizens' cards, twelve digits; those of foreigners begin with a letter.
CHECKED: Final[Mapping[tuple[str, str], Callable[[str], bool]]] = {
    ("id_card", "ESP"): dni.is_valid,
    ("residence_permit", "ESP"): nie.is_valid,
    ("id_card", "BEL"): lambda number: not number.isdigit() or eid.is_valid(number),
    ("id_card", "PRT"): cc.is_valid,
}


@dataclass(frozen=True, slots=True)
class PermanentResidence:
    """What a foreigner's permanent residence number says; `birth_date` is None where its century is left open."""

    nationality: str
    birth_date: date | None
    sex: str


def normalise_number(text: str) -> str:
    """The number in capitals and ASCII digits, without separators; other characters stay, to be refused."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def chinese_kind(number: str) -> str:
    """The kind of a card of the People's Republic by its number; the codes of its document types are not published."""
    return next((kind for kind, shape in CHINESE_NUMBERS.items() if re.fullmatch(shape, number, re.ASCII)), "unknown")


def number_problem(number: str, kind: str, issuer: str) -> str | None:
    """Why a normalised number cannot be that of this document (a code), or None; `issuer` is ISO 3166-1 alpha-3."""
    if not SHAPE.fullmatch(number):
        return "field_characters"
    if kind in CHINESE_NUMBERS and kind != "cn_resident_id":
        right = re.fullmatch(CHINESE_NUMBERS[kind], number, re.ASCII) and _chinese_check(number, kind)
        return None if right else "id_number_wrong"
    check = CHECKED.get((kind, issuer))
    return "id_number_wrong" if check and not check(number) else None


def _chinese_check(number: str, kind: str) -> bool:
    """Whether the check character and the parts of a number of the right shape are possible."""
    if kind == "cn_permanent_residence":
        return permanent_residence(number) is not None
    return len(number) != 18 or check_character(number[:17]) == number[17]


def permanent_residence(number: str) -> PermanentResidence | None:
    """The parts of a permanent residence number; None if it is not one, or its check digit or a part is wrong.

    Since 2023: 9, province (2), country (ISO 3166-1 numeric), birth date (8), order (3), check as GB 11643. Until
    then: country (alpha-3), region (4), birth date (6), order (1), check digit as ICAO 9303. Odd orders are male.
    """
    if re.fullmatch(r"9\d{16}[\dX]", number, re.ASCII):
        country = ALPHA3_OF_NUMERIC.get(number[3:6])
        born = _day(number[6:14])
        if country is None or born is None or check_character(number[:17]) != number[17]:
            return None
        return PermanentResidence(country, born, _sex(number[16]))
    if re.fullmatch(r"[A-Z]{3}\d{12}", number, re.ASCII):
        known = number[:3] in ALPHA3_OF_NUMERIC.values()
        possible = _day(f"20{number[7:13]}") or _day(f"19{number[7:13]}")
        if known and possible and check_digit(number[:14]) == number[14]:
            return PermanentResidence(number[:3], None, _sex(number[13]))
    return None


def _sex(digit: str) -> str:
    return "M" if int(digit) % 2 else "F"


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
