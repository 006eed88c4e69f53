"""The portrait side of the Chinese resident identity card (GA 461-2004): 姓名 性别 民族 出生 住址 公民身份号码."""

import re
from collections.abc import Callable, Sequence

from gateway.domain.verification.china_id_number import BadNumber, ResidentNumber, parse_resident_number
from gateway.domain.verification.port import FieldReading
from gateway.identity.documents.ocr import PrintedLine

LABELS = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码")
NUMBER = re.compile(r"(?<!\d)(\d{17}[\dXx])(?![\dXx])")
BIRTH = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
NAME = re.compile(r"[㐀-鿿][㐀-鿿·]{1,14}")
ETHNICITY = re.compile(r"民族([一-鿿]{1,5})")
SURE = 0.96
SEX = {"男": "M", "女": "F"}
Reread = Callable[[PrintedLine], tuple[str, float]]
"""Reads one line again from a slightly different cut."""


def looks_like_card(lines: Sequence[PrintedLine]) -> bool:
    """Whether at least three of the printed labels, or two and a long number, were read."""
    text = "".join(line.text for line in lines)
    seen = sum(label in text for label in LABELS)
    return seen >= 3 or (seen >= 2 and NUMBER.search(text) is not None)


def read_card(lines: Sequence[PrintedLine], reread: Reread) -> tuple[dict[str, FieldReading], tuple[str, ...]]:
    """Fields and problems; a field is certain only if the number's check character matches and the print agrees."""
    rows = _rows(lines)
    number, problems = _number(lines), []
    fields = {"nationality": FieldReading("CHN", number is not None)}
    problems += [] if number else ["check_digit_wrong"]
    born, sex = _birth(rows), _sex(rows)
    agrees = number is not None and born == number.birth_date.isoformat() and sex == number.sex
    if number:
        fields["id_number"] = FieldReading(number.text, agrees)
        born, sex = born or number.birth_date.isoformat(), sex or number.sex
        problems += [] if agrees else ["number_disagrees"]
    if born:
        fields["birth_date"] = FieldReading(born, agrees)
    if sex:
        fields["sex"] = FieldReading(sex, agrees)
    name = _name(rows, reread)
    if name:
        fields["name"] = name
    problems += [] if name and name.certain else ["name_unconfirmed"]
    return fields | _advisory(rows), tuple(problems)


def _rows(lines: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    """Lines that stand side by side, left to right; rows from top to bottom."""
    rows: list[list[PrintedLine]] = []
    for line in sorted(lines, key=lambda item: item.middle):
        if rows and abs(line.middle - rows[-1][-1].middle) < 0.5 * min(line.height, rows[-1][-1].height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda item: item.left) for row in rows]


def _text(row: Sequence[PrintedLine]) -> str:
    """A row's text without spaces."""
    return "".join(line.text for line in row).replace(" ", "")


def _number(lines: Sequence[PrintedLine]) -> ResidentNumber | None:
    """The only number with a valid check character."""
    for line in lines:
        for found in NUMBER.findall(line.text.replace(" ", "")):
            try:
                return parse_resident_number(found)
            except BadNumber:
                continue
    return None


def _birth(rows: Sequence[Sequence[PrintedLine]]) -> str | None:
    """The printed birth date, ISO 8601."""
    for row in rows:
        found = BIRTH.search(_text(row))
        if found:
            return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    return None


def _sex(rows: Sequence[Sequence[PrintedLine]]) -> str | None:
    """The printed sex."""
    found = re.search(r"性别([男女])", "".join(_text(row) for row in rows))
    return SEX[found[1]] if found else None


def _name(rows: Sequence[Sequence[PrintedLine]], reread: Reread) -> FieldReading | None:
    """The name beside 姓名; certain where two readings agree on characters of GB 2312.

    The card has no check digit for it, and a rare or old-style character is more often a misreading than a name.
    """
    for row in rows:
        text = _text(row)
        if "姓名" not in text:
            continue
        name = text.partition("姓名")[2].lstrip(":：")
        line = row[-1]
        again, score = reread(line)
        same = again.replace(" ", "").endswith(name) and min(score, line.score) >= SURE
        return FieldReading(name, same and _is_plain(name)) if NAME.fullmatch(name) else None
    return None


def _is_plain(name: str) -> bool:
    """Whether every character is one of the 6,763 of GB 2312."""
    try:
        name.replace("·", "").encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _advisory(rows: Sequence[Sequence[PrintedLine]]) -> dict[str, FieldReading]:
    """Ethnicity and address, never certain: nothing else on the card confirms them."""
    texts = [_text(row) for row in rows]
    found = ETHNICITY.search("".join(texts))
    fields = {"ethnicity": FieldReading(found[1].replace("漢", "汉"), certain=False)} if found else {}
    start = next((place for place, text in enumerate(texts) if "住址" in text), None)
    if start is not None:
        below = [text for text in texts[start:] if not NUMBER.search(text) and "公民身份" not in text]
        fields["address"] = FieldReading("".join(below).partition("住址")[2], certain=False)
    return fields
