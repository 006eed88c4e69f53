"""The text of a field as a person typed it, in one spelling, before it is checked: what nobody sees is not kept.

Phones and copied texts add spaces that do not break, hyphens that are not shown and marks of direction; keyboards of
East Asia type full-width letters and digits. A refusal of these could not be understood, because the text looks right.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from gateway.domain.filings.codes.icao_states import issuing_country

_WIDTHS: Final = ("<wide>", "<narrow>")  # Unicode Standard Annex 44, table 14
_LIGATURES: Final = "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"  # ff to st: forms of a font, not letters
_STATES: Final = ("nationality", "issuing_state")
_STATE_CODE: Final = re.compile("[A-Z]{1,3}", re.ASCII)


def as_typed(texts: Mapping[str, str]) -> dict[str, str]:
    """The fields in one spelling, without those that are empty; a state's code of ICAO Doc 9303 as facts have it."""
    spelled = {name: _state(text) if name in _STATES else text for name, text in _plain(texts).items()}
    return {name: text for name, text in spelled.items() if text}


def plain_text(text: str) -> str:
    """The text in NFC without what is not shown (Unicode category Cf), in normal width, with single ASCII spaces."""
    shown = (_usual(sign) for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(unicodedata.normalize("NFC", "".join(shown)).split())


def _plain(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: plain_text(text) for name, text in texts.items()}


def _usual(sign: str) -> str:
    unusual = sign in _LIGATURES or unicodedata.decomposition(sign).startswith(_WIDTHS)
    return unicodedata.normalize("NFKC", sign) if unusual else sign


def _state(text: str) -> str:
    """GBN is GBR and D is DEU, also where somebody copies the code of the document; other texts stay."""
    return issuing_country(text) if _STATE_CODE.fullmatch(text) else text
