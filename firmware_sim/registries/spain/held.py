"""consultaComunicacion of the simulated ministry: communications by their codes, by the manual's section 3.3."""

import time

from lxml import etree

from firmware_sim.registries.soap import parsed, tree
from firmware_sim.registries.spain.reader import ministry_schema
from firmware_sim.registries.store import RecordStore, Row

_NS = "{http://www.soap.servicios.hospedajes.mir.es/comunicacion}"
LODGING = "codigoEstablecimiento"
"""Attribute of a stored arrival report: the establishment of the request that it came in."""
_MAX_CODES = 10
_MAX_LENGTH = 36
# the names of a person's elements in a report, where they differ from those in an answer
_PERSON = {"numeroDocumento": "documento"}
_ADDRESS = {"codigoMunicipio": "municipio", "nombreMunicipio": "localidad", "codigoPostal": "cp"}
_PAYMENT = {"tipoPago": "tipo", "fechaPago": "fecha"}
_LODGING_FACTS = {
    "numPersonas": "numeroPersonas", "internet": "conexionInternet", "numHabitaciones": "numeroHabitaciones",
}  # fmt: skip
_OF_PERSON = (
    "rol", "nombre", "apellido1", "apellido2", "tipoDocumento", "documento", "soporteDocumento", "fechaNacimiento",
    "nacionalidad", "sexo", "direccion", "telefono", "telefono2", "correo", "parentesco",
)  # fmt: skip
_OF_ADDRESS = ("direccion", "direccionComplementaria", "municipio", "localidad", "cp", "pais")
_OF_PAYMENT = ("tipo", "fecha", "medioPago", "titular", "caducidadTarjeta")


def held_communications(store: RecordStore, content: etree._Element) -> etree._Element:
    """Answer with every communication that exists, in the order of the codes.

    10136: more than ten codes; 10160: none; 10180: one that is too long. Left out: those that do not exist, or were
    never accepted.
    """
    codes = [(element.text or "").strip() for element in content.findall("codigos/codigo")]
    if not codes or not all(codes):
        return _answer(10160, "No ha informado del código de la comunicación")
    if len(codes) > _MAX_CODES:
        return _answer(10136, "Se ha superado el número máximo de comunicaciones a consultar")
    if any(len(code) > _MAX_LENGTH for code in codes):
        return _answer(10180, "El formato del código de comunicación no es valido")
    rows = [row for code in dict.fromkeys(codes) if (row := store.by_receipt(code)) is not None]
    answer = _answer(0, "Ok", *(_communication(row) for row in rows if _is_held(row)))
    ministry_schema("comunicacion.xsd").assertValid(answer)
    return answer


def _is_held(row: Row) -> bool:
    return row.state in ("accepted", "annulled") and row.decided_at <= time.time()


def _answer(code: int, words: str, *found: etree._Element) -> etree._Element:
    result = tree("resultado", tree("codigo", str(code)), tree("descripcion", words))
    return tree(f"{_NS}consultaComunicacionResponse", result, *found)


def _communication(row: Row) -> etree._Element:
    report = parsed(row.body.encode())
    contract = report.find("contrato")
    if contract is None:
        raise ValueError("a report without a contract")
    booked_at = report.findtext("establecimiento/codigo")
    lodging = booked_at or report.get(LODGING) or ""
    said = {str(element.tag): element.text or "" for element in contract}
    texts = {
        "tipo": "PV" if booked_at is None else "RH",
        "codigo": row.receipt,
        **({"anulada": "true"} if row.state == "annulled" else {}),
        "referencia": said["referencia"],
        "fechaContrato": said["fechaContrato"],
        "fechaInicio": said["fechaEntrada"],
        "fechaFin": said["fechaSalida"],
        "fechaAlta": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(row.received_at)),
    }
    return tree(
        "comunicacion",
        *(tree(name, text) for name, text in texts.items()),
        _renamed("pago", contract.find("pago"), _PAYMENT, _OF_PAYMENT),
        _landlord(),
        tree("establecimiento", tree("codigo", lodging)),
        tree("infoAlojamiento", *(tree(name, said[sent]) for sent, name in _LODGING_FACTS.items() if sent in said)),
        tree("personas", *(_person(person) for person in report.findall("persona"))),
    )


def _landlord() -> etree._Element:
    fields = {
        "nombre": "Empresa de prueba", "tipoDocumento": "CIF", "documento": "B00000000", "codigo": "0000000123",
        "tipo": "Hospedaje",
    }  # fmt: skip
    return tree("arrendador", *(tree(name, text) for name, text in fields.items()))


def _person(person: etree._Element) -> etree._Element:
    element = _renamed("persona", person, _PERSON, _OF_PERSON)
    address = person.find("direccion")
    place = element.find("direccion")
    if place is not None:
        element.replace(place, _renamed("direccion", address, _ADDRESS, _OF_ADDRESS))
    return element


def _renamed(name: str, found: etree._Element | None, names: dict[str, str], order: tuple[str, ...]) -> etree._Element:
    """The element with its texts under their names in an answer, in the schema's order."""
    texts = (
        {names.get(str(child.tag), str(child.tag)): child.text or "" for child in found} if found is not None else {}
    )
    return tree(name, *(tree(field, texts[field]) for field in order if field in texts))
