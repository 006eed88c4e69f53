"""The SES.HOSPEDAJES v3.1.3 records as XML in a zip in Base64: arrival report (PV), booking (RH) and annulment."""

import base64
import io
import zipfile
from datetime import UTC, datetime
from xml.etree.ElementTree import Comment, Element, SubElement, tostring

from gateway.domain.filings.field_rules import arrival_day, is_minor, local_time
from gateway.domain.filings.record import Address, PersonFacts, Registration
from gateway.domain.filings.transliteration import spell
from gateway.registries.spain.codes import DOCUMENT_TYPES, PAYMENT_TYPES, RELATIONS, country_code, document_type
from gateway.registries.spain.municipalities import municipalities
from gateway.registries.spain.profile import SPELLING

_PV = "http://www.neg.hospedajes.mir.es/altaParteHospedaje"
_RH = "http://www.neg.hospedajes.mir.es/altaReservaHospedaje"
_ANNUL = "http://www.neg.hospedajes.mir.es/anularComunicacion"
_PAYMENTS = {
    "cash": "EFECT", "card": "TARJT", "transfer": "TRANS", "platform": "PLATF", "on_arrival": "DESTI",
    "mobile": "MOVIL", "gift_card": "TREG", "other": "OTRO",
}  # fmt: skip
SEX = {"male": "H", "female": "M", "other": "O"}
# versions of the tables a record is encoded with
TABLES = {table.name: table.version for table in (DOCUMENT_TYPES, PAYMENT_TYPES, RELATIONS, SPELLING, municipalities())}


def arrival_report(record: Registration) -> str:
    """The solicitud of operation A, communication PV: one contract with its people."""
    root = Element(f"{{{_PV}}}peticion")
    request = SubElement(root, "solicitud")
    _text(request, "codigoEstablecimiento", record.unit.registered_as)
    communication = SubElement(request, "comunicacion")
    _contract(communication, record)
    relations = relation_codes(record)
    for person in record.people:
        _person(communication, person, relations.get(person.id, ""))
    return _lot(root, record.reference)


def booking_report(record: Registration) -> str:
    """The solicitud of operation A, communication RH: one contract with the person who booked."""
    root = Element(f"{{{_RH}}}peticion")
    communication = SubElement(SubElement(root, "solicitud"), "comunicacion")
    _text(SubElement(communication, "establecimiento"), "codigo", record.unit.registered_as)
    _contract(communication, record)
    for person in record.people:
        element = SubElement(communication, "persona")
        _text(element, "rol", "TI")
        _names(element, person)
        _given(element, "telefono", person.phone)
        _given(element, "correo", person.email)
    return _lot(root, record.reference)


def annulment(codes: list[str], reference: str) -> str:
    """The solicitud of operation B, in the record of this reference."""
    root = Element(f"{{{_ANNUL}}}comunicaciones")
    for code in codes:
        _text(root, f"{{{_ANNUL}}}codigoComunicacion", code)
    return _lot(root, reference)


def _lot(root: Element, reference: str) -> str:
    """The lot of one record, with its reference as a comment.

    The ministry refuses XML that it has already. So the same record is recognised when it is sent again, and another
    with the same contents, as after an annulment, is taken.
    """
    root.insert(0, Comment(f" {reference.replace('-', '_')} "))
    return packed(tostring(root, "utf-8", xml_declaration=True))


def packed(xml: bytes) -> str:
    """Base64 of a zip with exactly one entry."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("solicitud.xml", (1980, 1, 1, 0, 0, 0)), xml, zipfile.ZIP_DEFLATED)
    return base64.b64encode(file.getvalue()).decode()


def sent_name(name: str) -> str:
    """A name transliterated for the ministry."""
    return spell(name, SPELLING)


def _contract(parent: Element, record: Registration) -> None:
    stay, zone = record.stay, record.unit.timezone
    contract = SubElement(parent, "contrato")
    _text(contract, "referencia", stay.id)
    _text(contract, "fechaContrato", local_time(stay.agreed_at or stay.from_at, zone).date().isoformat())
    _text(contract, "fechaEntrada", _instant(local_time(stay.from_at, zone)))
    _text(contract, "fechaSalida", _instant(local_time(stay.until_at, zone)))
    people = max(stay.people, 1) if record.kind == "booking" else len(record.people)
    _text(contract, "numPersonas", str(people))
    _text(contract, "numHabitaciones", str(stay.rooms))
    if stay.internet is not None:
        _text(contract, "internet", "true" if stay.internet else "false")
    payment = SubElement(contract, "pago")
    _text(payment, "tipoPago", _PAYMENTS[stay.payment])
    _given(payment, "fechaPago", stay.payment_date)
    _given(payment, "medioPago", stay.payment_means)
    _given(payment, "titular", stay.payment_holder)
    _given(payment, "caducidadTarjeta", stay.card_expiry)


def _person(parent: Element, person: PersonFacts, relation: str) -> None:
    element = SubElement(parent, "persona")
    document = person.document
    has_document = document.kind != "none"
    _text(element, "rol", "VI")
    _names(element, person)
    _given(element, "tipoDocumento", document_type(document) if has_document else "")
    _given(element, "numeroDocumento", document.number if has_document else "")
    _given(element, "soporteDocumento", document.support if document_type(document) in ("NIF", "NIE") else "")
    _text(element, "fechaNacimiento", person.birth_date)
    _given(element, "nacionalidad", country_code(person.nationality))
    _given(element, "sexo", SEX.get(person.sex, ""))
    _address(element, person.residence)
    _given(element, "telefono", person.phone)
    _given(element, "correo", person.email)
    _given(element, "parentesco", relation)


def _names(element: Element, person: PersonFacts) -> None:
    # Both are required by the schema: a person of one name is filed with it in both.
    _text(element, "nombre", sent_name(person.given_names or person.surname))
    _text(element, "apellido1", sent_name(person.surname))
    _given(element, "apellido2", sent_name(person.second_surname))


def relation_codes(record: Registration) -> dict[str, str]:
    """parentesco by the person's id: of every minor, and of the first adult, who is related to the first minor.

    The manual asks at least one adult to state the relation to a minor.
    """
    day = arrival_day(record)
    minors = [person for person in record.people if is_minor(person, day)]
    adults = [person for person in record.people if not is_minor(person, day)]
    codes = {minor.id: relation_code(minor) for minor in minors}
    if minors and adults:
        stated = next((adult for adult in adults if relation_code(adult)), None)
        adult = stated or adults[0]
        codes[adult.id] = relation_code(adult) or _RELATION_CODES.get(_INVERSE.get(minors[0].relation, ""), "")
    return codes


def relation_code(person: PersonFacts) -> str:
    """The ministry's two letters for a minor's relation; empty where none is given."""
    return _RELATION_CODES.get(person.relation, "")


_RELATION_CODES = {
    "grandparent": "AB", "great_grandparent": "BA", "great_grandchild": "BN", "in_law": "CD", "spouse": "CY",
    "child": "HJ", "sibling": "HR", "grandchild": "NI", "parent": "PM", "nephew": "SB", "parent_in_law": "SG",
    "uncle": "TI", "child_in_law": "YN", "guardian": "TU", "other": "OT",
}  # fmt: skip
# what an adult is to a minor, by what the minor is to the adult
_INVERSE = {
    "child": "parent", "parent": "child", "grandchild": "grandparent", "grandparent": "grandchild",
    "great_grandchild": "great_grandparent", "great_grandparent": "great_grandchild", "sibling": "sibling",
    "nephew": "uncle", "uncle": "nephew", "child_in_law": "parent_in_law", "parent_in_law": "child_in_law",
    "in_law": "in_law", "spouse": "spouse", "guardian": "guardian", "other": "other",
}  # fmt: skip


def _address(parent: Element, address: Address) -> None:
    element = SubElement(parent, "direccion")
    _text(element, "direccion", address.street)
    _given(element, "direccionComplementaria", address.extra)
    if address.country == "ESP":
        _text(element, "codigoMunicipio", address.municipality_code)
    else:
        _text(element, "nombreMunicipio", address.municipality)
    _text(element, "codigoPostal", address.postal_code)
    _text(element, "pais", country_code(address.country))


def _instant(local: datetime) -> str:
    return local.isoformat(timespec="seconds") if local.tzinfo is not UTC else local.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(parent: Element, name: str, value: str) -> None:
    SubElement(parent, name).text = value


def _given(parent: Element, name: str, value: str) -> None:
    if value:
        _text(parent, name, value)
