"""Countries to choose from, by their name in the page's language."""

from datetime import UTC, datetime
from functools import cache

from babel import Locale
from babel.core import get_global

from api.web.text.pair import Language
from gateway.domain.filings.codes.countries import COUNTRIES


@cache
def country_choices(language: Language) -> tuple[tuple[str, str], ...]:
    """(ISO 3166-1 alpha-3, name as CLDR has it), in the order a reader looks for them."""
    names, aliases = Locale.parse(language.replace("-", "_")).territories, get_global("territory_aliases")
    named = [(code, names.get(aliases.get(code, [""])[0])) for code in COUNTRIES.valid_on(datetime.now(UTC).date())]
    known = [(code, name) for code, name in named if name]
    # GB 2312 orders its common characters by pinyin, which is how Chinese readers look for a country.
    return tuple(sorted(known, key=lambda choice: choice[1].encode("gb18030") if language == "zh-CN" else choice[1]))
