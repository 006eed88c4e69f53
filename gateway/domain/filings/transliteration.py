"""Names in the letters a registry can store, never cut and never guessed.

A letter outside the scheme's table stays as it is, so that the registry's alphabet rule names it before sending:
scripts that need a reading (Chinese, Arabic, …) are given by the person as their passport writes them.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# ICAO Doc 9303-3 (8th ed.) §6.A, the letters that canonical decomposition does not reach.
_LETTERS = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N",
    "ŧ": "t", "Ŧ": "T", "ĸ": "k", "ĳ": "ij", "Ĳ": "IJ", "ŀ": "l", "Ŀ": "L",
}  # fmt: skip
_APOSTROPHES = dict.fromkeys("’‘ʼʻ`´ʹ", "'")
_DASHES = dict.fromkeys("‐‑‒–—", "-")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one registry wants names; version goes into the record, alphabet a regular expression class."""

    name: str
    version: str
    alphabet: str
    said: str
    plain_latin: bool = False
    upper: bool = False
    also: Mapping[str, str] | None = None


def spell(text: str, spelling: Spelling) -> str:
    """The text in NFC and, as far as the scheme can say it, in the registry's letters; spaces are single."""
    tidy = "".join((_APOSTROPHES | _DASHES).get(sign, sign) for sign in unicodedata.normalize("NFC", text))
    if spelling.plain_latin:
        tidy = "".join(_plain(sign) for sign in tidy)
    for sign, instead in (spelling.also or {}).items():
        tidy = tidy.replace(sign, instead)
    tidy = " ".join(tidy.split())
    return tidy.upper() if spelling.upper else tidy


def _plain(sign: str) -> str:
    if sign in _LETTERS:
        return _LETTERS[sign]
    letter = unicodedata.normalize("NFD", sign)[0]
    # Only Latin letters lose their marks: й is not и, and が is not か.
    return letter if letter.isascii() else sign
