"""The codes of SES.HOSPEDAJES, from its manual v3.1.3."""

from gateway.domain.documents import PASSPORTS
from gateway.domain.filings.codes.countries import KOSOVO
from gateway.domain.filings.codes.icao_states import UNDEFINED_NATIONALITY
from gateway.domain.filings.codes.table import Code, CodeTable
from gateway.domain.filings.record import Document

_VERSION = "3.1.3"

DOCUMENT_TYPES = CodeTable(
    "hospedajes-documents",
    _VERSION,
    [Code("NIF", "número de identificación fiscal"), Code("NIE", "número de identidad de extranjero"),
     Code("PAS", "pasaporte"), Code("OTRO", "otro")],
)  # fmt: skip
PAYMENT_TYPES = CodeTable(
    "hospedajes-payments",
    _VERSION,
    [Code("EFECT", "efectivo"), Code("TARJT", "tarjeta"), Code("PLATF", "plataforma"), Code("TRANS", "transferencia"),
     Code("DESTI", "pago en destino"), Code("MOVIL", "pago por móvil"), Code("TREG", "tarjeta regalo"),
     Code("OTRO", "otro")],
)  # fmt: skip
RELATIONS = CodeTable(
    "hospedajes-relations",
    _VERSION,
    [Code("AB", "abuelo"), Code("BA", "bisabuelo"), Code("BN", "bisnieto"), Code("CD", "cuñado"),
     Code("CY", "cónyuge"), Code("HJ", "hijo"), Code("HR", "hermano"), Code("NI", "nieto"), Code("PM", "padre o madre"),
     Code("SB", "sobrino"), Code("SG", "suegro"), Code("TI", "tío"), Code("YN", "yerno o nuera"), Code("TU", "tutor"),
     Code("OT", "otro")],
)  # fmt: skip


def document_type(document: Document) -> str:
    """The ministry's code for a document: Spanish identity cards and residence permits have their own.

    A travel document of a refugee or a stateless person is no passport: OTRO.
    """
    spanish = document.issuing_country == "ESP"
    if document.kind in PASSPORTS:
        return "PAS"
    if spanish and document.kind == "national_id":
        return "NIF"
    return "NIE" if spanish and document.kind == "residence_permit" else "OTRO"


def country_code(country: str) -> str:
    """ISO 3166-1 alpha-3, as the manual says; "" for persons without a defined nationality, which it need not have.

    Kosovo has no code of ISO 3166-1. It is filed as XKX, of the range that ISO leaves to users.
    """
    if country in UNDEFINED_NATIONALITY:
        return ""
    return "XKX" if country == KOSOVO else country
