"""What SES.HOSPEDAJES answers to consultaComunicacion, compared with the record as it was filed.

Days are compared, not times, of which the manual names no zone. Capitals do not count: the ministry may write names in
them. A nationality is compared where it is the ISO code that the manual names, and not a country's name.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.domain.filings.field_rules import local_time
from gateway.domain.filings.record import Filed, Held, PersonFacts, Registration
from gateway.registries.adapter import held
from gateway.registries.spain import record
from gateway.registries.spain.codes import country_code, document_type

_ELEMENTS: Final[Mapping[str, str]] = {
    "given_names": "nombre",
    "surname": "apellido1",
    "second_surname": "apellido2",
    "document.kind": "tipoDocumento",
    "document.number": "documento",
    "document.support": "soporteDocumento",
    "birth_date": "fechaNacimiento",
    "nationality": "nacionalidad",
    "sex": "sexo",
}
_OF_BOOKINGS: Final = ("given_names", "surname", "second_surname")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_COUNTRY: Final = re.compile(r"[A-Z]{3}")


def holding(filed: Filed, answered: Any) -> Held:
    """What one `comunicacion` of an answer says of a filed record."""
    found = _found_stay(answered)
    sent = _sent_stay(filed.record) if filed.record is not None else None
    people = [_found_person(person) for person in answered.personas.persona]
    if filed.record is not None and sent is not None:
        ours = [_sent_person(person, booking=filed.record.kind == "booking") for person in filed.record.people]
        sent |= _by_path(ours)
        people = _in_order_of(ours, people)
    return held(answered.codigo, cancelled=bool(answered.anulada), sent=sent, found=found | _by_path(people))


def _sent_stay(registration: Registration) -> dict[str, str]:
    stay, zone = registration.stay, registration.unit.timezone
    return {
        "stay.id": stay.id,
        "stay.from_at": local_time(stay.from_at, zone).date().isoformat(),
        "stay.until_at": local_time(stay.until_at, zone).date().isoformat(),
        "unit.registered_as": registration.unit.registered_as,
    }


def _found_stay(answered: Any) -> dict[str, str]:
    found = {"stay.id": answered.referencia}
    for path, text in (("stay.from_at", answered.fechaInicio), ("stay.until_at", answered.fechaFin)):
        if day := _DAY.match(text or ""):
            found[path] = day[0]
    if answered.establecimiento and answered.establecimiento.codigo:
        found["unit.registered_as"] = answered.establecimiento.codigo
    return found


def _sent_person(person: PersonFacts, *, booking: bool) -> dict[str, str]:
    document = person.document
    has_document = document.kind != "none"
    kind = document_type(document) if has_document else ""
    texts = {
        "given_names": record.sent_name(person.given_names or person.surname),
        "surname": record.sent_name(person.surname),
        "second_surname": record.sent_name(person.second_surname),
        "document.kind": kind,
        "document.number": document.number if has_document else "",
        "document.support": document.support if kind in ("NIF", "NIE") else "",
        "birth_date": person.birth_date,
        "nationality": country_code(person.nationality),
        "sex": record.SEX.get(person.sex, ""),
    }
    return {path: text.casefold() for path, text in texts.items() if not booking or path in _OF_BOOKINGS}


def _found_person(person: Any) -> dict[str, str]:
    texts = {path: (getattr(person, name) or "").strip() for path, name in _ELEMENTS.items()}
    if texts["nationality"] and not _COUNTRY.fullmatch(texts["nationality"]):
        del texts["nationality"]
    if texts["birth_date"]:
        day = _DAY.match(texts["birth_date"])
        texts |= {"birth_date": day[0]} if day else {}
    return {path: text.casefold() for path, text in texts.items()}


def _in_order_of(ours: Sequence[dict[str, str]], theirs: list[dict[str, str]]) -> list[dict[str, str]]:
    """Their people beside ours: each the one with the most fields alike. The manual names no order."""
    left, placed = list(theirs), []
    for mine in ours:
        if left:
            best = max(left, key=lambda other: sum(other.get(path) == text for path, text in mine.items()))
            left.remove(best)
            placed.append(best)
    return placed + left


def _by_path(people: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {f"people[{index}].{path}": text for index, one in enumerate(people) for path, text in one.items()}
