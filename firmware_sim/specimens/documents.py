"""Prints fictitious documents: passport (TD3), identity cards (TD2, TD1) and the Chinese resident card.

Shares no code with the gateway's reader, so that each checks the other.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw

from firmware_sim.specimens.fonts import load_font

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
INK, BLUE, LABEL = (25, 25, 35), (40, 90, 150), (110, 105, 130)
Drawing = ImageDraw.ImageDraw


@dataclass(frozen=True, slots=True)
class Person:
    """A fictitious tenant; `number` is the document number, or the 18 characters of a resident number."""

    surname: str
    given_names: str
    number: str
    birth: date
    sex: str
    expiry: date
    nationality: str = "UTO"
    name_zh: str = ""
    ethnicity: str = "汉"
    address: str = ""
    issued: date | None = None
    """Printed where given, on a passport."""
    birth_shown: Literal["day", "month", "year"] = "day"
    """The smallest part of the date of birth that the document shows."""
    code: str = "P"
    """The document code of a passport, also printed above its zone."""


ANNA = Person("ERIKSSON", "ANNA MARIA", "L898902C3", date(1974, 8, 12), "F", date(2032, 4, 15))
SWEDE = replace(ANNA, nationality="SWE")  # whom a registry takes: it has no code for Utopia
LIN = Person("", "", "11010519491231002X", date(1949, 12, 31), "F", date(2036, 1, 1), "CHN", "林晓雨", "汉",
             "北京市朝阳区望京街道花家地南里十二号楼三单元五零二室")  # fmt: skip


def check_digit(text: str) -> str:
    """Return the check digit by ICAO 9303-3 (8th ed.) 4.9: weights 7, 3, 1; A = 10 and up; fillers are 0."""
    values = (0 if char == "<" else int(char, 36) for char in text)
    return str(sum(value * weight for value, weight in zip(values, cycle((7, 3, 1)), strict=False)) % 10)


def _names(person: Person, width: int) -> str:
    """Return surname, two fillers and given names, filled to the width."""
    return (
        f"{person.surname}<<{person.given_names}".replace(" ", "<")
        .replace("-", "<")
        .replace("'", "")[:width]
        .ljust(width, "<")
    )


def _checked(text: str, width: int) -> str:
    """Return a field filled to its width, with its check digit."""
    filled = text.ljust(width, "<")
    return filled + check_digit(filled)


def _birth_to_expiry(person: Person) -> tuple[str, str]:
    """Return both dates as YYMMDD with their check digits; unknown parts are fillers (ICAO 9303-3, 8th ed., 4.8)."""
    known = {"day": "%y%m%d", "month": "%y%m", "year": "%y"}[person.birth_shown]
    return _checked(person.birth.strftime(known), 6), _checked(person.expiry.strftime("%y%m%d"), 6)


def td3_lines(person: Person) -> tuple[str, str]:
    """Return two lines of 44 (ICAO 9303-4, 8th ed., 4.2.2)."""
    born, until = _birth_to_expiry(person)
    number, optional = _checked(person.number, 9), "<" * 15
    composite = check_digit(number + born + until + optional)
    return (
        f"{person.code:<<2}{person.nationality}" + _names(person, 39),
        f"{number}{person.nationality}{born}{person.sex}{until}{optional[:14]}<{composite}",
    )


def td2_lines(person: Person) -> tuple[str, str]:
    """Return two lines of 36 (ICAO 9303-6, 8th ed., 4.2.2)."""
    born, until = _birth_to_expiry(person)
    number, optional = _checked(person.number, 9), "<" * 7
    composite = check_digit(number + born + until + optional)
    return (
        f"I<{person.nationality}" + _names(person, 31),
        f"{number}{person.nationality}{born}{person.sex}{until}{optional}{composite}",
    )


def td1_lines(person: Person) -> tuple[str, str, str]:
    """Return three lines of 30 (ICAO 9303-5, 8th ed., 4.2.2)."""
    born, until = _birth_to_expiry(person)
    number = _checked(person.number, 9)
    composite = check_digit(number + "<" * 15 + born + until + "<" * 11)
    return (
        f"I<{person.nationality}{number}".ljust(30, "<"),
        f"{born}{person.sex}{until}{person.nationality}".ljust(29, "<") + composite,
        _names(person, 30),
    )


def _print_machine_zone(draw: Drawing, lines: tuple[str, ...], *, at: tuple[int, int], pitch: float, step: int) -> None:
    """Print in OCR-B, one character a cell, which keeps the pitch with a substitute typeface too."""
    font = load_font("ocr-b", round(pitch / 0.6))
    for row, line in enumerate(lines):
        for column, char in enumerate(line):
            draw.text((at[0] + (column + 0.5) * pitch, at[1] + row * step), char, INK, font, anchor="mt")


def _print_day(day: date) -> str:
    """Format a date as passports print it."""
    return f"{day.day:02d} {MONTHS[day.month - 1]} {day.year}"


def _print_birth(person: Person) -> str:
    """Format a date of birth; XX replaces what is unknown (ICAO 9303-3, 8th ed., 3.8)."""
    day, month, year = _print_day(person.birth).split()
    known = {"day": (day, month, year), "month": ("XX", month, year), "year": ("XX", "XX", year)}[person.birth_shown]
    return " ".join(known)


def _print_fields(draw: Drawing, fields: list[tuple[int, int, str, str]], size: int) -> None:
    """Print small labels, each with its larger value below, at their positions."""
    for x, y, label, value in fields:
        draw.text((x, y), label, LABEL, load_font("latin", round(size * 0.6)))
        draw.text((x, y + round(size * 0.72)), value, INK, load_font("latin", size))


def _blank_page(size: tuple[int, int], tint: tuple[int, int, int]) -> tuple[Image.Image, Drawing]:
    """Return a page with the fine wavy background print of documents."""
    page = Image.new("RGB", size, tint)
    draw = ImageDraw.Draw(page)
    for y in range(0, size[1], 9):
        points = [(x, y + (5 if (x // 40) % 2 else 0)) for x in range(0, size[0] + 40, 40)]
        draw.line(points, tuple(max(0, part - 12) for part in tint), 1)
    return page, draw


def _paste_portrait(page: Image.Image, face: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Paste the portrait, cropped to the frame's aspect ratio."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    scale = max(width / face.width, height / face.height)
    grown = face.convert("RGB").resize(
        (round(face.width * scale), round(face.height * scale)), Image.Resampling.LANCZOS
    )
    dx, dy = (grown.width - width) // 2, (grown.height - height) // 2
    page.paste(grown.crop((dx, dy, dx + width, dy + height)), (left, top))


def print_passport(person: Person, face: Image.Image) -> Image.Image:
    """Print the data page of a passport, 125 mm × 88 mm at 10 pixels a millimetre."""
    page, draw = _blank_page((1250, 880), (226, 232, 238))
    draw.text((60, 40), "PASSPORT", BLUE, load_font("latin", 46))
    draw.text((1190, 44), "SPECIMEN", (190, 120, 120), load_font("latin", 40), anchor="ra")
    _paste_portrait(page, face, (60, 160, 410, 610))
    x, names = 460, person.given_names
    _print_fields(draw, [
        (x, 120, "Type", person.code), (x + 150, 120, "Country code", person.nationality),
        (x + 420, 120, "Passport No.", person.number),
        (x, 205, "Surname", person.surname), (x, 290, "Given names", names),
        (x, 375, "Nationality", person.nationality), (x, 460, "Date of birth", _print_birth(person)),
        (x + 420, 460, "Sex", person.sex), (x, 545, "Date of expiry", _print_day(person.expiry)),
        *([(x + 420, 545, "Date of issue", _print_day(person.issued))] if person.issued else []),
    ], 36)  # fmt: skip
    _print_machine_zone(draw, td3_lines(person), at=(62, 720), pitch=25.4, step=64)
    return page


def print_card_td2(person: Person, face: Image.Image) -> Image.Image:
    """Print an identity card of 105 mm × 74 mm with the machine-readable zone below, at 11 pixels a millimetre."""
    page, draw = _blank_page((1155, 814), (236, 230, 222))
    draw.text((50, 30), "IDENTITY CARD", BLUE, load_font("latin", 42))
    draw.text((1105, 34), "SPECIMEN", (190, 120, 120), load_font("latin", 36), anchor="ra")
    _paste_portrait(page, face, (50, 110, 340, 480))
    _print_card_fields(draw, person, 390, 100)
    _print_machine_zone(draw, td2_lines(person), at=(76, 640), pitch=27.9, step=74)
    return page


def _print_card_fields(draw: Drawing, person: Person, x: int, y: int) -> None:
    """Print the visual zone that both card sizes share."""
    _print_fields(draw, [
        (x, y, "Surname", person.surname), (x, y + 80, "Given names", person.given_names),
        (x, y + 160, "Nationality", person.nationality), (x + 330, y + 160, "Sex", person.sex),
        (x, y + 240, "Date of birth", _print_birth(person)), (x, y + 320, "Document No.", person.number),
        (x + 330, y + 320, "Date of expiry", _print_day(person.expiry)),
    ], 34)  # fmt: skip


def print_card_td1(person: Person, face: Image.Image) -> Image.Image:
    """Print both sides of an identity card of 85.6 mm × 54 mm, front above back, at 12 pixels a millimetre."""
    page = Image.new("RGB", (1027, 1320), (120, 112, 104))
    front, draw = _blank_page((1027, 648), (228, 236, 228))
    draw.text((40, 26), "IDENTITY CARD", BLUE, load_font("latin", 40))
    draw.text((987, 30), "SPECIMEN", (190, 120, 120), load_font("latin", 34), anchor="ra")
    _paste_portrait(front, face, (40, 110, 320, 470))
    _print_card_fields(draw, person, 360, 100)
    back, draw = _blank_page((1027, 648), (228, 236, 228))
    draw.text((40, 40), "Issued by the Ministry of Specimens", LABEL, load_font("latin", 28))
    _print_machine_zone(draw, td1_lines(person), at=(56, 370), pitch=30.5, step=80)
    page.paste(front, (0, 0))
    page.paste(back, (0, 672))
    return page


def print_resident_card(person: Person, face: Image.Image) -> Image.Image:
    """Print a Chinese resident card's portrait side, 85.6 mm × 54 mm, 12 pixels a millimetre; needs a CJK font."""
    page, draw = _blank_page((1027, 648), (214, 228, 236))
    label, value = load_font("cjk", 30), load_font("cjk", 36)
    sex, born = {"M": "男", "F": "女"}[person.sex], person.birth
    rows = [
        (60, 70, "姓名", 150, person.name_zh), (60, 140, "性别", 150, sex), (290, 140, "民族", 380, person.ethnicity),
        (60, 210, "出生", 150, f"{born.year}"), (60, 285, "住址", 150, ""), (60, 540, "公民身份号码", 0, ""),
    ]  # fmt: skip
    for x, y, name, at, text in rows:
        draw.text((x, y), name, BLUE, label)
        draw.text((at, y - 5), text, INK, value)
    for x, text, name in (
        (250, "", "年"),
        (300, f"{born.month}", ""),
        (350, "", "月"),
        (395, f"{born.day}", ""),
        (450, "", "日"),
    ):
        draw.text((x, 210), name, BLUE, label)
        draw.text((x, 205), text, INK, value)
    for row in range(0, len(person.address), 12):
        draw.text((150, 280 + row * 4), person.address[row : row + 12], INK, value)
    draw.text((330, 535), "".join(person.number), INK, load_font("ocr-b", 50))
    _paste_portrait(page, face, (660, 80, 960, 460))
    return page


@cache
def astronaut() -> Image.Image:
    """Return a public-domain portrait (NASA, Eileen Collins) from scikit-image, cropped to head and shoulders."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("scikit-image is not installed; it brings the picture")
    picture = Image.open(Path(spec.origin).parent / "data" / "astronaut.png").convert("RGB")
    return picture.crop((100, 0, 350, 290))
