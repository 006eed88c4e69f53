"""Codes of eTurizem's guest book."""

from typing import Final

from gateway.domain.filings.codes.alpha2_countries import ALPHA2
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.table import Code, CodeTable

DOCUMENTS: Final = CodeTable(
    "eturizem-documents",
    "2017",
    [
        Code("F", "obmejna prepustnica"),
        Code("H", "potne listine po mednarodni pogodbi"),
        Code("I", "osebna izkaznica"),
        Code("L", "otroci, državljani RS, brez dokumenta"),
        Code("O", "orožni list"),
        Code("P", "potni list"),
        Code("U", "upravne listine"),
        Code("V", "vozniško dovoljenje"),
    ],
)
TAX_REASONS: Final = CodeTable(
    "eturizem-tax-reasons",
    "2018",
    [
        Code("0", "polna turistična taksa"),
        Code("1", "oprostitev: otrok do 7. leta starosti"),
        Code("11", "polovično plačilo: oseba od 7. do 18. leta starosti"),
    ],
)
"""Why the tourist tax is not paid or paid in part: those that follow from the age. The agency's list has 20 codes."""
CITIZENSHIPS: Final = CodeTable(
    "eturizem-countries", COUNTRIES.version, [Code(two, three) for three, two in ALPHA2.items()]
)
TABLES: Final = {table.name: table.version for table in (DOCUMENTS, TAX_REASONS, CITIZENSHIPS)}
DOCUMENT_OF: Final = {
    "passport": "P",
    "diplomatic_passport": "P",
    "service_passport": "P",
    "refugee_document": "H",  # of the Conventions of 1951 and 1954, which are treaties
    "stateless_document": "H",
    "national_id": "I",
    "resident_id": "I",
    "driving_licence": "V",
    "none": "L",
}
OTHER_DOCUMENT: Final = "U"


def tax_reason(age: int) -> str:
    """Whether somebody of this age pays the whole tourist tax, half of it or none."""
    if age < 7:
        return "1"
    return "11" if age < 18 else "0"
