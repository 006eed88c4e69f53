"""Codes of eVisitor's check-in of a guest."""

from typing import Final

from gateway.domain.filings.codes.countries import COUNTRIES, KOSOVO
from gateway.domain.filings.codes.eu_members import EUROPEAN_UNION
from gateway.domain.filings.codes.table import Code, CodeTable
from gateway.domain.filings.record import Document
from gateway.registries.croatia.lookups import croatian_passport

DOCUMENTS: Final = CodeTable(
    "evisitor-documents",
    "2017",
    [
        Code("002", "Osobna putovnica (strana)"),
        Code("003", "Obiteljska putovnica (strana)"),
        Code("004", "Zajednička putovnica (strana)"),
        Code("005", "Dječja putovnica (strana)"),
        Code("006", "Diplomatska putovnica (strana)"),
        Code("007", "Službena putovnica (strana)"),
        Code("008", "Pomorska knjižica (strana)"),
        Code("009", "Brodarska knjižica (strana)"),
        Code("011", "Putni list za strance - izdan od RH"),
        Code("012", "Putna isprava za izbjeglice"),
        Code("013", "Putna isprava za osobe bez državljanstva"),
        Code("022", "Potvrda o oduzimanju ili zadržavanju putne isprave"),
        Code("023", "Potvrda o prijavi gubitka ili nestanka putne isprave"),
        Code("024", "Osobna iskaznica za stranca - izdana od RH"),
        Code("025", "Posebna osobna iskaznica - diplomatska, konzularna, službena"),
        Code("026", "Isprave izdane na temelju međunarodnog ugovora"),
        Code("027", "Osobna iskaznica (strana)"),
        Code("029", "Pogranična propusnica (strana)"),
        Code("030", "Izbjeglički karton izdan od RH"),
        Code("032", "Vozačka dozvola (strana)"),
        Code("033", "Dječja putovnica (domaća)"),
        Code("034", "Putni list za strance (strani)"),
        Code("037", "Službena putovnica (domaća)"),
        Code("051", "Osobna iskaznica (domaća)"),
        Code("103", "Vozačka dozvola (domaća)"),
        Code("999", "Zdravstvena iskaznica"),
    ],
)
PAYMENT_CATEGORIES: Final = CodeTable(
    "evisitor-payment-categories",
    "2026",
    [
        Code("1", "Djeca: do 12 godina"),
        Code("2", "Djeca: od navršenih 12-18 godina"),
        Code("14", "Turist koji boravi u ugostiteljskom objektu"),
    ],
)
"""Of the sojourn tax: those that follow from the age, and that of every other guest."""
_CODES: Final = {code.code: "XKX" if code.code == KOSOVO else code.code for code in COUNTRIES}
STATES: Final = CodeTable(
    "evisitor-countries",
    COUNTRIES.version,
    [Code(_CODES[code.code], code.code, code.since, code.until) for code in COUNTRIES],
)
TABLES: Final = {table.name: table.version for table in (DOCUMENTS, PAYMENT_CATEGORIES, STATES, EUROPEAN_UNION)}
PRIVATE_ARRIVAL: Final = "I"  # not through an agency
OVERNIGHT_STAY: Final = "Noćenje"
_CONVENTION: Final = {"refugee_document": "012", "stateless_document": "013"}  # of Croatia and abroad alike
_FOREIGN: Final = {
    "passport": "002", "diplomatic_passport": "006", "service_passport": "007", "national_id": "027",
    "driving_licence": "032", **_CONVENTION,
}  # fmt: skip
_CROATIAN: Final = {
    "service_passport": "037", "national_id": "051", "residence_permit": "024", "driving_licence": "103", **_CONVENTION,
}  # fmt: skip


def document_type(document: Document) -> str:
    """The code of a document, by its kind and issuing country; "" for one that the list does not have."""
    if (document.kind, document.issuing_country) == ("passport", "HRV"):
        return croatian_passport()
    return (_CROATIAN if document.issuing_country == "HRV" else _FOREIGN).get(document.kind, "")


def country_code(country: str) -> str:
    """ISO 3166-1 alpha-3 and XKX for Kosovo; "" for what is no country."""
    return _CODES.get(country, "")


def payment_category(age: int) -> str:
    """The category of the sojourn tax of somebody of this age."""
    if age < 12:
        return "1"
    return "2" if age < 18 else "14"
