"""Chinese national codes for registrations of residents and visitors, and the check of resident ID numbers."""

import re
from datetime import date

from gateway.domain.filings.codes.table import Code, CodeTable

SEX = CodeTable(
    "GB/T 2261.1",
    "2003",
    [Code("0", "未知的性别"), Code("1", "男性"), Code("2", "女性"), Code("9", "未说明的性别")],
)
DOCUMENTS = CodeTable(
    "GA/T 517",
    "2004",
    [Code("111", "居民身份证"), Code("411", "外交护照"), Code("412", "公务护照"), Code("414", "普通护照"),
     Code("511", "台湾居民来往大陆通行证"), Code("516", "港澳居民来往内地通行证"), Code("553", "外国人永久居留证"),
     Code("990", "其他")],
)  # fmt: skip
VISAS = CodeTable(
    "出境入境管理法实施",
    "2013",
    [
        *(
            Code(kind, kind, since=date(2013, 9, 1))
            for kind in ["C", "D", "F", "G", "J1", "J2", "L", "M", "Q1", "Q2", "R", "S1", "S2", "X1", "X2", "Z"]
        ),
        Code("K", "K", since=date(2025, 10, 1)),
        # Exit and Entry Administration Law, article 16: beside the ordinary ones. The letters are not first-hand.
        Code("W", "外交 (diplomatic)"),
        Code("Y", "礼遇 (courtesy)"),
        Code("U", "公务 (service)"),
        Code("none", "免签 (visa-free)"),
    ],
)


def visa_names(on: date) -> list[tuple[str, str]]:
    """The kinds of visa in force on this day, with their names; "none" is an entry without a visa."""
    return [(entry.code, entry.name) for entry in VISAS if entry.valid(on)]


# GB/T 2260: the first two digits are the province; counties change, and numbers keep the abolished ones.
PROVINCES = CodeTable(
    "GB/T 2260",
    "2007",
    [
        Code(code, code)
        for code in [
            "11",
            "12",
            "13",
            "14",
            "15",
            "21",
            "22",
            "23",
            "31",
            "32",
            "33",
            "34",
            "35",
            "36",
            "37",
            "41",
            "42",
            "43",
            "44",
            "45",
            "46",
            "50",
            "51",
            "52",
            "53",
            "54",
            "61",
            "62",
            "63",
            "64",
            "65",
            "71",
            "81",
            "82",
            "83",
        ]
    ],
)
TABLES = {table.name: table.version for table in (SEX, DOCUMENTS, VISAS, PROVINCES)}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def id_number_fault(number: str, born: date | None, sex: str) -> str | None:
    """The rule of GB 11643-1999 that a number breaks ("shape", "check_digit", "region", "birth_date", "sex")."""
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        return "shape"
    if _CHECK[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11] != number[17]:
        return "check_digit"
    if number[:2] not in PROVINCES:
        return "region"
    if born is None or number[6:14] != born.strftime("%Y%m%d"):
        return "birth_date"
    return "sex" if sex != ("male" if int(number[16]) % 2 else "female") else None
