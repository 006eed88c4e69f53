"""China's resident ID number (GB 11643-1999)."""

from dataclasses import dataclass
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


class BadNumber(ValueError):
    """An impossible number; `code` is a key of the sentence catalog."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """The parts of an 18-character number. `region` may be a county abolished since, so it is advisory only."""

    text: str
    region: str
    birth_date: date
    sex: str


def check_character(first17: str) -> str:
    """The 18th character for the first 17 digits (GB 11643-1999; ISO 7064 MOD 11-2)."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def looks_like_resident_number(text: str) -> bool:
    """Whether the text is meant as a resident number, valid or not: 15 or more digits, the last of which may be X."""
    compact = text.replace(" ", "").upper()
    body = compact[:-1] if compact.endswith("X") else compact
    return len(compact) >= 15 and body.isascii() and body.isdigit()


def parse_resident_number(text: str) -> ResidentNumber:
    """Split a number into its parts. Raises BadNumber; its code names the length, check digit or birth date."""
    compact = text.replace(" ", "").upper()
    if len(compact) != 18 or not looks_like_resident_number(compact):
        raise BadNumber("id_number_length")
    if check_character(compact[:17]) != compact[17]:
        raise BadNumber("id_number_check_digit")
    try:
        born = date(int(compact[6:10]), int(compact[10:12]), int(compact[12:14]))
    except ValueError:
        raise BadNumber("id_number_birth_date") from None
    return ResidentNumber(compact, compact[:6], born, "M" if int(compact[16]) % 2 else "F")
