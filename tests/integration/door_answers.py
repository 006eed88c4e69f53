"""Answers that people give in the fields of a form, likely and unlikely ones, as a test tries them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.journey.filings.person_fields import DOCUMENTS
from tests.parts.world import NOW

PLACES: Final = (
    *(code.code for code in COUNTRIES),
    "XXA",
    "XXB",
    "XXC",
    "XXX",
    "D",
    "GBN",
    "GBD",
    "UNO",
    "EUE",
    "ZZZ",
    "",
)
TODAY: Final = date.fromtimestamp(NOW)
NAMES: Final = (
    "Đặng Thị Thuỳ Dương", "Þórðarson", "Müller-Lüdenscheidt", "D’Angelo", "O'Brien", "de la Cruz y Núñez",
    "Çağrı Işık",
    "Łukasiewicz", "Ñ", "Straße", "Иванов", "张", "Məmmədov", "أحمد", "X Æ A-12", "Jean\u00a0Luc", "Jose\u0301",
    "Mc Donald.", ".", "-", "·",
    "Wolfeschlegelsteinhausenbergerdorff" * 2, "A" * 36, "A" * 37, "A" * 50, "A" * 51, "A" * 64, "A" * 65, "",
)  # fmt: skip
BIRTHDAYS: Final = (
    *(
        (TODAY.replace(year=TODAY.year - years) + timedelta(days)).isoformat()
        for years in (0, 12, 14, 15, 16, 18, 30, 120)
        for days in (-1, 0, 1)
    ),
    "1900-01-01", "1899-12-31", "2008-02-29", "1993-13-01", "0001-01-01", "",
    "1990-05", "1990", str(TODAY.year - 18), str(TODAY.year - 14), f"{TODAY:%Y-%m}", "1880", "1990-00",
)  # fmt: skip
WORDS: Final = (
    "Zagreb-Adamovec",
    "Zagreb",
    "Łódź",
    "München",
    "Rennes/Ille",
    "北京",
    "X",
    "London SW1A 1AA",
    "Á" * 65,
    "a" * 130,
)
NUMBERS: Final = (
    "A", "0", "AB1234567", "X" * 14, "X" * 16, "X" * 17, "X" * 21, "12 34", "Ä1", "12345678Z", "X1234567L", "",
)  # fmt: skip
ANSWERS: Final[Mapping[str, Sequence[str]]] = {
    "surname": NAMES,
    "given_names": NAMES,
    "birth_date": BIRTHDAYS,
    "nationality": PLACES,
    "issuing_state": PLACES,
    "sex": ("M", "F", "X", ""),
    "document_kind": (*DOCUMENTS, "driving_licence"),
    "id_number": NUMBERS,
    "person.birth_country": PLACES,
    "person.residence.country": PLACES,
    "person.birth_place": WORDS,
    "person.birth_place_code": ("412058091", "401001001", "000000000", "H501", ""),
    "person.residence.street": ("Main Street 5, 2º", "人民路1号", "ul. Żelazna 3/4", "S" * 101, ""),
    "person.residence.postal_code": ("28013", "0000", "SW1A 1AA", "4050-553", "1" * 21, ""),
    "person.residence.municipality": WORDS,
    "person.residence.municipality_code": ("28079", "99999", "1", ""),
    "person.phone": ("+34600123456", "+442071838750", "0034600123456", "600 123", "+" + "1" * 16, ""),
    "person.email": ("a@b.example", "guest at example.org", "ñ@example.org", f"{'a' * 245}@b.example", ""),
    "person.second_surname": NAMES,
    "person.relation": ("child", "sibling", "other", "guardian", ""),
    "person.visa.kind": ("L", "Q2", "none", "tourist", ""),
    "person.visa.number": ("A1234567", "签证", "1" * 30, ""),
    "person.visa.valid_until": ("2026-12-31", "2020-01-01", "soon", ""),
    "person.entry.crossing": ("202", "105", "106", "999", "Zračna luka Split", ""),
    "person.entry.day": (TODAY.isoformat(), (TODAY + timedelta(1)).isoformat(), "2026-02-30", "yesterday", ""),
    "person.registered_address": ("浙江省杭州市人民路1号", "x" * 300, ""),
}  # fmt: skip
