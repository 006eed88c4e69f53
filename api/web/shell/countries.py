"""The countries that a form offers, named in the page's language."""

import unicodedata
from datetime import UTC, datetime
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global

from gateway.domain.filings.codes.countries import COUNTRIES, KOSOVO
from gateway.domain.filings.codes.icao_states import UNDEFINED_NATIONALITY
from gateway.texts.languages import LOCALES, Language
from gateway.texts.record import NATIONALITY
from gateway.texts.translator import translator

_ORGANISATIONS: Final = {"EUE": "EU", "UNO": "UN"}  # of ICAO Doc 9303-3 section 5, as CLDR calls them


@cache
def country_choices(language: Language) -> tuple[tuple[str, str], ...]:
    """Return (code, name from CLDR) of each country and Kosovo, in the alphabetical order of the language."""
    names, aliases = Locale.parse(LOCALES[language]).territories, {**get_global("territory_aliases"), KOSOVO: ["XK"]}
    named = [(code, names.get(aliases.get(code, [""])[0])) for code in COUNTRIES.valid_on(datetime.now(UTC).date())]
    known = [(code, name) for code, name in named if name]
    return tuple(sorted(known, key=lambda choice: _order(choice[1], language)))


@cache
def issuer_choices(language: Language) -> tuple[tuple[str, str], ...]:
    """Return the countries, followed by the organisations that issue laissez-passer and that CLDR names."""
    names = Locale.parse(LOCALES[language]).territories
    return (*country_choices(language), *((code, names[region]) for code, region in _ORGANISATIONS.items()))


@cache
def nationality_choices(language: Language) -> tuple[tuple[str, str], ...]:
    """Return the countries, followed by the codes for persons without a defined nationality."""
    undefined = ((code, translator(language).translate(NATIONALITY[code])) for code in UNDEFINED_NATIONALITY)
    return (*country_choices(language), *undefined)


def _order(name: str, language: Language) -> bytes:
    """Return a sort key for a name; accents do not count in Latin scripts."""
    # GB 2312 orders its common characters by pinyin, which is how Chinese readers look for a country.
    if language == "zh-CN":
        return name.encode("gb18030")
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower().encode()
