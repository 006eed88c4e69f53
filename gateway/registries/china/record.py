"""The Chinese profile's record: residents and foreigners in one filing, in the GB codes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.deadlines import deadline
from gateway.domain.filings.record import PersonFacts, Registration
from gateway.domain.filings.transliteration import spell
from gateway.registries.china.profile import FOREIGNERS, RESIDENTS

PROFILE = "lodgekey-cn-1"
_KINDS = {"check_in": "arrival", "change": "change", "check_out": "departure"}
TRAVEL_PERMITS = ("hm_travel_permit", "tw_travel_permit")
_SEX = {"male": "1", "female": "2", "unknown": "0", "other": "9"}
_DOCUMENTS = {
    "resident_id": "111", "national_id": "111", "diplomatic_passport": "411", "service_passport": "412",
    "passport": "414", "tw_travel_permit": "511", "hm_travel_permit": "516", "residence_permit": "553",
}  # fmt: skip


def is_foreigner(person: PersonFacts) -> bool:
    """Whether the person is filed on the foreigners' form: nobody with a travel permit to the mainland is."""
    return person.nationality != "CHN" and person.document.kind not in TRAVEL_PERMITS


def sent_name(person: PersonFacts, name: str) -> str:
    """A resident's name unchanged; a foreigner's in capitals as in the passport, from letter to letter."""
    return spell(name, FOREIGNERS).strip(" '-") if is_foreigner(person) else spell(name, RESIDENTS)


def whole_name(person: PersonFacts) -> str:
    """A resident's name in one field: in Latin letters, as in a passport, its parts are words of their own."""
    parts = [part for part in (person.surname, person.given_names) if part]
    return (" " if all(part.isascii() for part in parts) else "").join(parts)


def filing(record: Registration, now: int, tables: Mapping[str, str]) -> dict[str, Any]:
    """The filing as JSON; dates are YYYYMMDD in the unit's time zone."""
    unit = record.unit
    return {
        "profile": PROFILE,
        "reference": record.reference,
        "kind": _KINDS[record.kind],
        "corrects": record.corrects,
        "dwelling": {
            "code": unit.registered_as or unit.code,
            "region": unit.address.municipality_code,
            "address": unit.address.street,
        },
        "landlord": {"name": record.landlord.name, "phone": record.landlord.phone},
        "moves_in": _day(rules.arrival_day(record)),
        "leaves": _day(rules.local_time(record.stay.until_at, unit.timezone).date()),
        "residents": [_resident(person) for person in record.people if not is_foreigner(person)],
        "foreigners": [_foreigner(person) for person in record.people if is_foreigner(person)],
        "days_late": days_late(record, now),
        "tables": dict(tables),
    }


def contents(filed: Mapping[str, Any], order: Mapping[str, int]) -> dict[str, str]:
    """What is compared of a filing, sent or held, by path; a resident's whole name is at the surname's."""
    found = {"stay.from_at": filed["moves_in"], "stay.until_at": filed["leaves"]}
    for person in (*filed["residents"], *filed["foreigners"]):
        at = f"people[{order.get(person['id'], person['id'])}]"
        found |= {f"{at}.{name}": person[name] for name in ("sex", "birth_date", "phone")}
        found[f"{at}.document.number"] = person["document"]["number"]
        if "name" in person:
            found[f"{at}.surname"] = person["name"]
        else:
            found[f"{at}.surname"], found[f"{at}.given_names"] = person["surname"], person["given_names"]
            found[f"{at}.nationality"] = person["country"]
    return found


def days_late(record: Registration, now: int) -> int:
    """Days since the deadline, counting each day begun; 0 if in time."""
    clock = deadline(record, now)
    return 0 if clock is None or now < clock.due_at else (now - clock.due_at) // 86_400 + 1


def _resident(person: PersonFacts) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": sent_name(person, whole_name(person)),
        "registered_address": person.registered_address,
    } | _common(person)


def _foreigner(person: PersonFacts) -> dict[str, Any]:
    visa = person.visa
    return {
        "id": person.id,
        "surname": sent_name(person, person.surname),
        "given_names": sent_name(person, person.given_names),
        "country": person.nationality,
        "visa": None
        if visa.kind in ("", "none")
        else {"kind": visa.kind, "number": visa.number, "valid_until": visa.valid_until.replace("-", "")},
    } | _common(person)


def _common(person: PersonFacts) -> dict[str, Any]:
    return {
        "sex": _SEX[person.sex],
        "birth_date": person.birth_date.replace("-", ""),
        "document": {"kind": _DOCUMENTS.get(person.document.kind, "990"), "number": person.document.number},
        "phone": person.phone,
    }


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")
