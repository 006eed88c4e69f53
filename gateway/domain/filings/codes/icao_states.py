"""The state codes of ICAO Doc 9303 part 3 (8th edition) section 5 that are not ISO 3166-1's, and what they mean here.

In facts a country is ISO 3166-1 alpha-3, Kosovo is RKS, and a nationality may also be one of UNDEFINED_NATIONALITY.
"""

from collections.abc import Mapping
from typing import Final

from gateway.domain.filings.codes.countries import COUNTRIES, KOSOVO
from gateway.domain.filings.codes.table import Code, CodeTable

UNSPECIFIED: Final = "X" * 3  # not written out: three of them mark unfinished work
STATELESS: Final = "XXA"
UNDEFINED_NATIONALITY: Final[Mapping[str, str]] = {
    STATELESS: "stateless (1954 Convention)",
    "XXB": "refugee (1951 Convention)",
    "XXC": "refugee, other than XXB",
    UNSPECIFIED: "unspecified nationality",
}
"""Part E: persons without a defined nationality. Each is a nationality of its own, and no country."""

ISSUERS: Final[Mapping[str, str]] = {
    "EUE": "European Union",
    "IAO": "International Civil Aviation Organization",
    "UNA": "United Nations specialized agency",
    "UNO": "United Nations",
    "XBA": "African Development Bank",
    "XCC": "Caribbean Community",
    "XCE": "Council of Europe",
    "XCO": "Common Market for Eastern and Southern Africa",
    "XDC": "Southern African Development Community",
    "XEC": "Economic Community of West African States",
    "XES": "Organization of Eastern Caribbean States",
    "XIM": "African Export-Import Bank",
    "XMP": "Parliamentary Assembly of the Mediterranean",
    "XOM": "Sovereign Military Order of Malta",
    "XPO": "INTERPOL",
}
"""Parts B, C, D and H: issuers that are no state. Their documents tell no nationality if this code stands for it."""

SPECIMEN: Final = "UTO"
"""Part G: Utopia, the country of specimens. It is kept as it is, so that no specimen passes for a real document."""

NEUTRAL_ZONE: Final = "NTZ"
"""Part F: the zone between Iraq and Saudi Arabia until 1993; it had no nationals of its own."""

_COUNTRY_OF: Final[Mapping[str, str]] = {
    "D": "DEU",  # part A: Germany has one letter
    "GBD": "GBR",  # part A: British overseas territories citizen
    "GBN": "GBR",  # British national (overseas)
    "GBO": "GBR",  # British overseas citizen
    "GBP": "GBR",  # British protected person
    "GBS": "GBR",  # British subject
    "RKS": KOSOVO,
    "XKX": KOSOVO,  # of the European Union and the World Bank
    "XXK": KOSOVO,  # of CLDR and some older readers
    "UNK": KOSOVO,  # part C: travel document of the United Nations for a resident of Kosovo
    "ANT": "NLD",  # part F: the Netherlands Antilles were part of the Kingdom, with its nationality
    "BUR": "MMR",  # codes that ISO 3166 replaced for the same state, in older documents
    "DDR": "DEU",
    "DHY": "BEN",
    "HVO": "BFA",
    "ROM": "ROU",
    "RHO": "ZWE",
    "TMP": "TLS",
    "YMD": "YEM",
    "ZAR": "COD",
    "ZIM": "ZWE",  # printed on passports before ZWE was
}

_VERSION: Final = f"8/{COUNTRIES.version}"
_UNDEFINED: Final = [Code(code, name) for code, name in UNDEFINED_NATIONALITY.items()]

NATIONALITIES: Final = CodeTable("icao-9303-3-nationalities", _VERSION, [*COUNTRIES, *_UNDEFINED])
"""What a person's nationality may be: a country, Kosovo, or one of UNDEFINED_NATIONALITY."""

ISSUING: Final = CodeTable(
    "icao-9303-3-issuers", _VERSION, [*NATIONALITIES, *(Code(code, name) for code, name in ISSUERS.items())]
)
"""Who may have issued a document."""


def issuing_country(code: str) -> str:
    """The issuer of a document as facts have it, from its code with or without fillers; unknown codes stay."""
    plain = code.strip("< ").upper()
    return _COUNTRY_OF.get(plain, plain)


def nationality(code: str) -> str:
    """The holder's nationality as facts have it; "" where the code names an issuer that has no nationals."""
    plain = issuing_country(code)
    return "" if plain in ISSUERS or plain == NEUTRAL_ZONE else plain
