"""The police's table of nationalities (Staty): ISO 3166-1, Kosovo, and one code for everyone without a nationality."""

from typing import Final

from gateway.domain.filings.codes.countries import COUNTRIES, KOSOVO
from gateway.domain.filings.codes.icao_states import UNDEFINED_NATIONALITY, UNSPECIFIED
from gateway.domain.filings.codes.table import Code, CodeTable

KOSOVO_HERE: Final = "XXK"
_CODES: Final = [Code(KOSOVO_HERE, "Kosovo") if code.code == KOSOVO else code for code in COUNTRIES]
NATIONALITIES: Final = CodeTable(
    "ubyport-states", f"1/{COUNTRIES.version}", [*_CODES, Code(UNSPECIFIED, "no or an unspecified nationality")]
)


def nationality_code(nationality: str) -> str:
    """The police's code of a nationality in facts; an unknown one stays as it is, for the rules to report."""
    if nationality in UNDEFINED_NATIONALITY:
        return UNSPECIFIED
    return KOSOVO_HERE if nationality == KOSOVO else nationality
