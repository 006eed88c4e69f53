"""Parser of the simulated ministry: Base64, one zip entry, its own schema, then its manual's rules."""

import base64
import binascii
import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path

from lxml import etree

from firmware_sim.registries.countries import ISO_3166_1
from firmware_sim.registries.soap import NotSoap, parsed

_SCHEMAS = {"PV": "altaParteHospedaje.xsd", "RH": "altaReservaHospedaje.xsd"}
_MINISTRY = Path(__file__).with_name("ministry")
_MUNICIPALITIES = Path(__file__).with_name("municipios.csv")
_COUNTRIES = ISO_3166_1 | {"XKX"}  # Kosovo, of the range that ISO leaves to users
_ANNUL = "{http://www.neg.hospedajes.mir.es/anularComunicacion}"
_MAX_XML = 16 << 20  # bytes
_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


class Refusal(Exception):
    """The ministry's code and text; nothing of the request was stored."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


def unpacked(content: str) -> etree._Element:
    """Return the XML of a solicitud; 10111 if it is not Base64 of a zip with one XML entry."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(content, validate=True)))
        (entry,) = archive.infolist()
        if entry.file_size > _MAX_XML:
            raise Refusal(10111, "El fichero es demasiado grande")
        return parsed(archive.read(entry))
    except (binascii.Error, zipfile.BadZipFile, ValueError, etree.XMLSyntaxError, NotSoap):
        raise Refusal(10111, "La solicitud no es un XML comprimido en ZIP") from None


def communications(root: etree._Element, kind: str) -> list[etree._Element]:
    """Return the comunicacion elements of an arrival report (PV) or bookings (RH); 10121 if the schema refuses it."""
    for schema in (ministry_schema(_SCHEMAS[kind]), _schema(kind)):
        if not schema.validate(root):
            raise Refusal(10121, f"Error de validación: {str(schema.error_log[0].path)[:80]}")
    return root.findall("solicitud/comunicacion")


def annulled_codes(root: etree._Element) -> list[str]:
    """Return the codes in an annulment."""
    if not ministry_schema("anularComunicacion.xsd").validate(root):
        raise Refusal(10121, "Error de validación")
    return [element.text or "" for element in root.findall(f"{_ANNUL}codigoComunicacion")]


@cache
def ministry_schema(name: str) -> etree.XMLSchema:
    """Return one of the ministry's own schemas, by the name of its file."""
    return etree.XMLSchema(etree.parse(_MINISTRY / name))


@cache
def _schema(kind: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(__file__).with_name(_SCHEMAS[kind])))


def booking_errors(communication: etree._Element) -> list[tuple[str, str]]:
    """Return (code, text) of every rule for bookings that the manual states and the schema lacks."""
    contract, people = communication.find("contrato"), communication.findall("persona")
    found = []
    if _moment(contract, "fechaSalida") <= _moment(contract, "fechaEntrada"):
        found.append(("10130", "La fecha de salida es anterior a la de entrada"))
    if [_text(person, "rol") for person in people].count("TI") != 1:
        found.append(("10131", "Debe indicar el titular del contrato"))
    if any(_contactless(person, 0) for person in people):
        found.append(("10131", "Debe indicar al menos un medio de contacto"))
    return found


def errors(communication: etree._Element) -> list[tuple[str, str]]:
    """Return (code, text) of every broken rule that the manual states and the schema lacks."""
    found = []
    contract = communication.find("contrato")
    people = communication.findall("persona")
    entry, leave = _moment(contract, "fechaEntrada"), _moment(contract, "fechaSalida")
    if leave <= entry:
        found.append(("10130", "La fecha de salida es anterior a la de entrada"))
    if _text(contract, "numPersonas") != str(len(people)):
        found.append(("10130", "El número de personas no coincide"))
    ages = [_age(date.fromisoformat(_text(person, "fechaNacimiento")), entry.date()) for person in people]
    if any(age < 18 for age in ages) and not _an_adult_is_related(people, ages):
        found.append(("10131", "Al menos un mayor de edad debe indicar su parentesco con el menor"))
    for person, age in zip(people, ages, strict=True):
        found += [(code, words) for code, words, broken in _RULES if broken(person, age)]
    return found


def _an_adult_is_related(people: list[etree._Element], ages: list[int]) -> bool:
    return any(age >= 18 and _text(person, "parentesco") for person, age in zip(people, ages, strict=True))


def _contactless(person: etree._Element, _: int) -> bool:
    return not any(_text(person, name) for name in ("telefono", "telefono2", "correo"))


def _without_relation(person: etree._Element, age: int) -> bool:
    return age < 18 and not _text(person, "parentesco")


def _without_document(person: etree._Element, age: int) -> bool:
    return age >= 18 and not (_text(person, "tipoDocumento") and _text(person, "numeroDocumento"))


def _nif_without_second_surname(person: etree._Element, _: int) -> bool:
    return _text(person, "tipoDocumento") == "NIF" and not _text(person, "apellido2")


def _without_support(person: etree._Element, _: int) -> bool:
    return _text(person, "tipoDocumento") in ("NIF", "NIE") and not _text(person, "soporteDocumento")


def _wrong_letter(person: etree._Element, _: int) -> bool:
    kind, number = _text(person, "tipoDocumento"), _text(person, "numeroDocumento")
    if kind not in ("NIF", "NIE"):
        return False
    digits = number[:-1].translate(str.maketrans("XYZ", "012")) if kind == "NIE" else number[:-1]
    return not (len(digits) == 8 and digits.isdigit() and _LETTERS[int(digits) % 23] == number[-1])


def _wrong_municipality(person: etree._Element, _: int) -> bool:
    spanish = _text(person, "direccion/pais") == "ESP"
    return spanish != bool(_text(person, "direccion/codigoMunicipio"))


def _unknown_country(person: etree._Element, _: int) -> bool:
    said = _text(person, "nacionalidad"), _text(person, "direccion/pais")
    return any(code and code not in _COUNTRIES for code in said)


def _unknown_municipality(person: etree._Element, _: int) -> bool:
    code = _text(person, "direccion/codigoMunicipio")
    return bool(code) and code not in _municipalities()


@cache
def _municipalities() -> frozenset[str]:
    with _MUNICIPALITIES.open(encoding="utf-8", newline="") as file:
        return frozenset(line["codigo"] for line in csv.DictReader(file, delimiter=";"))


def _unborn(_: etree._Element, age: int) -> bool:
    return not 0 <= age <= 130


_RULES: tuple[tuple[str, str, Callable[[etree._Element, int], bool]], ...] = (
    ("10131", "Debe indicar al menos un medio de contacto", _contactless),
    ("10131", "El parentesco es obligatorio para menores", _without_relation),
    ("10131", "El documento es obligatorio para adultos", _without_document),
    ("10131", "El segundo apellido es obligatorio con NIF", _nif_without_second_surname),
    ("10131", "El soporte del documento es obligatorio con NIF o NIE", _without_support),
    ("10130", "El número de documento no es válido", _wrong_letter),
    ("10130", "El municipio no corresponde al país", _wrong_municipality),
    ("10130", "El código de país no existe", _unknown_country),
    ("10130", "El código de municipio no existe", _unknown_municipality),
    ("10130", "La fecha de nacimiento no es válida", _unborn),
)


def _text(element: etree._Element | None, path: str) -> str:
    return (element.findtext(path) or "") if element is not None else ""


def _moment(contract: etree._Element | None, name: str) -> datetime:
    return datetime.fromisoformat(_text(contract, name))


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
