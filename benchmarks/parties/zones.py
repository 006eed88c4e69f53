"""Machine-readable zones of the crowd's documents, by ICAO Doc 9303 (8th edition), parts 4 and 5."""

from dataclasses import dataclass
from datetime import date
from itertools import cycle


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone says; states as printed (Germany is D), `optional` as its issuer uses it.

    `birth`: YYYY-MM-DD, YYYY-MM, YYYY or nothing, as much as the document states.
    """

    state: str
    nationality: str
    surname: str
    given_names: str
    number: str
    birth: str
    sex: str
    expiry: date
    optional: str = ""


def passport_lines(zone: Zone, code: str = "P") -> tuple[str, ...]:
    """Two lines of 44 characters (TD3); `code`: the document code."""
    number, born, until = _checked(zone.number, 9), _checked(_birth(zone), 6), _checked(_day(zone.expiry), 6)
    optional = _checked(zone.optional, 14)
    nationality, sex = zone.nationality.ljust(3, "<"), _sex(zone)
    whole = number + born + until + optional
    return (
        f"{code:<<2}{zone.state:<<3}{_names(zone, 39)}",
        f"{number}{nationality}{born}{sex}{until}{optional}{check_digit(whole)}",
    )


def card_lines(zone: Zone) -> tuple[str, ...]:
    """Three lines of 30 characters (TD1); a number over nine characters continues in the optional data."""
    born, until = _checked(_birth(zone), 6), _checked(_day(zone.expiry), 6)
    number, optional = _checked(zone.number, 9), zone.optional
    if len(zone.number) > 9:
        number, optional = zone.number[:9] + "<", zone.number[9:] + check_digit(zone.number) + "<" + optional
    first = f"I<{zone.state:<<3}{number}{optional}".ljust(30, "<")
    whole = first[5:] + born + until + "<" * 11
    second = f"{born}{_sex(zone)}{until}{zone.nationality:<<3}".ljust(29, "<") + check_digit(whole)
    return first, second, _names(zone, 30)


def check_digit(text: str) -> str:
    """Part 3, 4.9: weights 7, 3, 1; A is 10, the filler 0."""
    values = (0 if char == "<" else int(char, 36) for char in text)
    return str(sum(value * weight for value, weight in zip(values, cycle((7, 3, 1)), strict=False)) % 10)


def _checked(text: str, width: int) -> str:
    filled = text.ljust(width, "<")
    return filled + check_digit(filled)


def _day(day: date) -> str:
    return day.strftime("%y%m%d")


def _birth(zone: Zone) -> str:
    """Part 3, 4.8: fillers for what is unknown."""
    return zone.birth[2:].replace("-", "").ljust(6, "<")


def _sex(zone: Zone) -> str:
    return zone.sex if zone.sex in ("M", "F") else "<"


def _names(zone: Zone, width: int) -> str:
    whole = f"{zone.surname}<<{zone.given_names}" if zone.given_names else zone.surname
    return whole.replace(" ", "<")[:width].ljust(width, "<")
