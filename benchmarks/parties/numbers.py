"""Document numbers as their issuers make them, with check digits of their own family."""

from datetime import date
from random import Random
from string import ascii_uppercase
from typing import Final

CHINESE_COUNTIES: Final = ("110101", "310115", "330106", "440305", "540102", "650102")
_NIF: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_CHINESE_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# ISO 3166-1 numeric, of states whose nationals get China's permanent residence card in the crowd.
NUMERIC: Final = {"DEU": "276", "FRA": "250", "USA": "840", "IND": "356", "KOR": "410", "GBR": "826", "JPN": "392"}


def digits(random: Random, count: int) -> str:
    """That many digits."""
    return "".join(random.choice("0123456789") for _ in range(count))


def letters(random: Random, count: int) -> str:
    """That many capitals."""
    return "".join(random.choice(ascii_uppercase) for _ in range(count))


def passport(random: Random) -> str:
    """A passport number: up to two letters and seven digits, nine characters at most."""
    return letters(random, random.randrange(3)) + digits(random, 7)


def spanish_dni(random: Random) -> str:
    """Eight digits and their letter (RD 1553/2005)."""
    number = digits(random, 8)
    return number + _NIF[int(number) % 23]


def spanish_nie(random: Random) -> str:
    """X, Y or Z, seven digits and their letter."""
    first, number = random.choice("XYZ"), digits(random, 7)
    return first + number + _NIF[int(f"{'XYZ'.index(first)}{number}") % 23]


def portuguese_card(random: Random) -> str:
    """Twelve characters: the civil number with its check digit, then the version with the check digit of all."""
    civil = digits(random, 8)
    total = sum(int(digit) * weight for digit, weight in zip(civil, range(9, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    whole = f"{civil}{0 if check == 10 else check}{random.choice(['ZZ', 'ZY', 'ZX'])}"
    values = [int(char, 36) for char in whole]
    doubled = [value * 2 - 9 * (value * 2 > 9) if place % 2 == 0 else value for place, value in enumerate(values[::-1])]
    return whole + str(-sum(doubled) % 10)


def belgian_card(random: Random) -> str:
    """Twelve digits: the last two are the rest of the others by 97."""
    first = digits(random, 10)
    return first + f"{int(first) % 97 or 97:02d}"


def italian_card(random: Random) -> str:
    """The electronic identity card: two letters, five digits, two letters."""
    return letters(random, 2) + digits(random, 5) + letters(random, 2)


def chinese_check(body: str) -> str:
    """The check character of 17 digits (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _CHINESE_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def chinese_resident(random: Random, born: date, sex: str, county: str = "") -> str:
    """County, birth date, order (odd for men) and check character."""
    body = (county or random.choice(CHINESE_COUNTIES)) + born.strftime("%Y%m%d") + digits(random, 2) + _order(sex)
    return body + chinese_check(body)


def chinese_permanent_residence(random: Random, born: date, sex: str, nationality: str) -> str:
    """The card of 2023: 9, province, country (numeric), birth date, order and check character."""
    body = f"9{random.choice(['11', '31', '33'])}{NUMERIC[nationality]}{born:%Y%m%d}{digits(random, 2)}{_order(sex)}"
    return body + chinese_check(body)


def _order(sex: str) -> str:
    return "7" if sex == "M" else "8"
