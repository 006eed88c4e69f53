"""Transliteration of names into the alphabet a registry can store; nothing is truncated or guessed.

A letter outside the scheme's table stays as it is, so that the registry's alphabet rule reports it before sending.
For scripts that need a reading (Chinese, Arabic, …) the tenant gives the name as in the passport.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# ICAO Doc 9303-3 (8th ed.) §6.A: the letters that canonical decomposition does not cover.
_LETTERS = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N",
    "ŧ": "t", "Ŧ": "T", "ĸ": "k", "ĳ": "ij", "Ĳ": "IJ", "ŀ": "l", "Ŀ": "L",
}  # fmt: skip
_APOSTROPHES = dict.fromkeys("’‘ʼʻ`´ʹ", "'")
_DASHES = dict.fromkeys("‐‑‒–—", "-")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one registry spells names. `version` is stored with the record; `alphabet` is a regular expression class."""

    name: str
    version: str
    alphabet: str
    said: str
    plain_latin: bool = False
    upper: bool = False
    also: Mapping[str, str] | None = None


def spell(text: str, spelling: Spelling) -> str:
    """The text in NFC, transliterated as far as the scheme allows, with single spaces."""
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
    # Only Latin letters lose their diacritics: й is not и, and が is not か.
    return letter if letter.isascii() else sign
