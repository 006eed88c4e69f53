"""Transliteration of names into the alphabet a registry can store; nothing is truncated or guessed.

Every letter of the Latin script has a spelling in A-Z: that of ICAO Doc 9303-3 (8th edition) section 6.A, the first
where it lists several, else the letter without its marks or the letter it is named after. A letter of another script
stays as it is, so that the registry's alphabet rule reports it before sending: such names need a reading, and the
tenant gives the one in the machine-readable lines of the document.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

# Doc 9303-3 section 6.A, where it is not the letter without its mark. Schwa: as Azerbaijan prints it.
_ICAO: Final = {
    "Ä": "AE", "Å": "AA", "Æ": "AE", "Ð": "D", "Ö": "OE", "Ø": "OE", "Ü": "UE", "Þ": "TH", "Đ": "D", "Ħ": "H",
    "Ĳ": "IJ", "Ŀ": "L", "Ł": "L", "Ŋ": "N", "Œ": "OE", "Ŧ": "T", "ẞ": "SS", "ß": "SS", "Ə": "E", "Ƣ": "G",
}  # fmt: skip
# Letters that Unicode names by a word, not by the letter they come from; the tones and clicks as later written.
_NAMED: Final = {
    "ALPHA": "A", "BETA": "B", "GAMMA": "G", "DELTA": "D", "IOTA": "I", "LAMBDA": "L", "UPSILON": "U", "PHI": "F",
    "CHI": "KH", "OMEGA": "O", "SCHWA": "E", "REVERSED-SCHWA": "E", "ETH": "D", "THORN": "TH", "WYNN": "W", "YOGH": "Y",
    "ESH": "SH", "EZH": "ZH", "ENG": "N", "HENG": "H", "FENG": "F", "KRA": "K", "LEZH": "L", "TESH": "CH", "DEZH": "DJ",
    "HWAIR": "HW", "VEND": "V", "CON": "CON", "DUM": "DUM", "LUM": "LUM", "MUM": "MUM", "NUM": "NUM", "RUM": "RUM",
    "TUM": "TUM", "YAT": "E", "OPEN-O": "O", "TWO": "Z", "FIVE": "Q", "SIX": "H", "DENTAL": "C", "LATERAL": "X",
    "ALVEOLAR": "TC", "RETROFLEX": "Q",
}  # fmt: skip
_NOT_A_LETTER: Final = {"OF", "BY", "NO", "TO", "IN"}
_GLOTTAL: Final = "'"  # for what is left: glottal stops and signs of phonetics
_TIDY: Final = {
    **dict.fromkeys("’‘ʼʻʾʿ`´ʹ′＇", "'"),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("•‧・･∙⸱ꞏ", "·"),
}
_BETWEEN_TWO_L: Final = re.compile("(?<=L)·(?=L)", re.IGNORECASE)  # Catalan l·l
_PLAIN_SIGNS: Final = dict.fromkeys("/·.,", " ")

LATIN: Final = "".join(
    sign
    for block in ((0x41, 0x2B0), (0x1D00, 0x1F00), (0x2071, 0x2200), (0x2C60, 0x2C80), (0xA720, 0xA800),
                  (0xAB30, 0xAB70), (0xFB00, 0xFB07), (0xFF21, 0xFF5B), (0x10780, 0x107C0), (0x1DF00, 0x1E000))
    for sign in map(chr, range(*block))
    if "LATIN" in unicodedata.name(sign, "") and unicodedata.category(sign)[0] == "L"
)  # fmt: skip
"""Every letter of the Latin script, as the content of a regular expression class."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one registry spells names. `version` is stored with the record; `alphabet` is a regular expression class.

    `said` describes it: a marked text.
    """

    name: str
    version: str
    alphabet: str
    said: str
    plain_latin: bool = False
    upper: bool = False
    also: Mapping[str, str] | None = None


def spell(text: str, spelling: Spelling) -> str:
    """The text in NFC, transliterated as far as the scheme allows, with single spaces."""
    tidy = "".join(_TIDY.get(sign, sign) for sign in unicodedata.normalize("NFC", text))
    if spelling.plain_latin:
        tidy = _plain(tidy)
    for sign, instead in (spelling.also or {}).items():
        tidy = tidy.replace(sign, instead)
    tidy = " ".join(tidy.split())
    return tidy.upper() if spelling.upper else tidy


def _plain(text: str) -> str:
    """Latin letters in A-Z with their case, marks over them dropped; signs between words as spaces."""
    plain = ""
    for sign in _BETWEEN_TWO_L.sub("", text):
        if unicodedata.category(sign) == "Mn" and plain[-1:].isascii() and plain[-1:].isalpha():
            continue  # a mark that no composed letter has
        plain += _PLAIN_SIGNS.get(sign) or _letter(sign)
    return plain


@cache
def _letter(sign: str) -> str:
    """A Latin letter in A-Z; any other sign unchanged. Only Latin letters lose their marks: й is not и."""
    if sign.isascii() or sign not in _LATIN_LETTERS:
        return sign
    capital = sign.upper() if len(sign.upper()) == 1 else sign
    plain = _ICAO.get(capital) or _parts(sign) or _named(sign)
    return plain.lower() if sign.islower() else plain.upper()


def _parts(sign: str) -> str:
    """What Unicode composes the letter of, without marks; "" if of nothing."""
    codes = [code for code in unicodedata.decomposition(sign).split() if not code.startswith("<")]
    signs = (chr(int(code, 16)) for code in codes)
    return "".join(_letter(_TIDY.get(part, part)) for part in signs if not unicodedata.combining(part))


def _named(sign: str) -> str:
    """The letter after which Unicode names this one (LATIN SMALL LETTER OPEN E, LATIN LETTER SMALL CAPITAL AE)."""
    words = unicodedata.name(sign).partition(" WITH ")[0].split()
    for word in reversed(words):
        if word in _NAMED:
            return _NAMED[word]
        if len(word) <= 2 and word not in _NOT_A_LETTER:
            return word
    return _GLOTTAL


_LATIN_LETTERS: Final = frozenset(LATIN)
