"""ROSS1000's movements: what happened on each day of a stay, with the guests by a number of our own.

A number stays the same for one guest of one stay, so that what is sent again replaces what was sent. A receipt holds
for each guest the number, the kind of guest and the day of arrival, by which departures and deletions name them.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.record import PersonFacts, Registration
from gateway.registries.italy.places import Places
from gateway.registries.italy.record import HEADS, ROLES

PRODUCT: Final = "Lodgekey"
SEX: Final = {"male": "M", "female": "F"}
TOURISM, TRANSPORT = "Non specificato", "Non Specificato"
"""Descriptions of the manual's lists: neither is on a document, and no tenant is asked."""
LISTS: Final = "tracciato-xml"
LISTS_VERSION: Final = "3"


def guest_number(record: Registration, person: PersonFacts) -> str:
    """The guest's number (idswh), 20 characters, from stay and person."""
    return hashlib.sha256(f"{record.stay.id}/{person.id}".encode()).hexdigest()[:20]


def receipt(record: Registration) -> str:
    """The facility and its guests as filed, such as "A00927P/9f86d081884c7d659a2f:16:20260225"."""
    guests = [":".join((guest_number(record, one), ROLES[one.role], _arrival(record, one))) for one in record.people]
    return f"{record.unit.registered_as}/{','.join(guests)}"


def movements(record: Registration, places: Places, now: int) -> list[dict[str, Any]]:
    """The days to send, the earliest first. `now`: UTC seconds; nobody leaves on a day to come."""
    arrival = rules.arrival_day(record)
    if record.kind == "annulment":
        deleted = [_named(record, person) for person in record.people]
        return [_day(record, arrival, 0, rettifiche={"eliminazione": deleted})]
    if record.kind != "check_out":
        return _arrivals(record, places)
    left = rules.local_time(max(min(record.stay.until_at, now), record.stay.from_at), record.unit.timezone).date()
    between = [_day(record, arrival + timedelta(days), 1) for days in range(1, (left - arrival).days)]
    gone = [_named(record, person) for person in record.people]
    return [*between, _day(record, left, 0, partenze={"partenza": gone})]


def _arrivals(record: Registration, places: Places) -> list[dict[str, Any]]:
    """The days on which these people came: whoever joins later is in a later day than the head."""
    heads = _heads(record)
    came: dict[date, list[dict[str, str]]] = {}
    for person in record.people:
        arrived = _arrived(record, person, heads[person.id], places)
        came.setdefault(rules.own_arrival_day(record, person), []).append(arrived)
    return [_day(record, day, 1, arrivi={"arrivo": arrivals}) for day, arrivals in sorted(came.items())]


def _day(record: Registration, day: date, occupied: int, **happened: Any) -> dict[str, Any]:
    """One day of the unit, which is let as a whole."""
    facility = {
        "apertura": "SI",
        "camereoccupate": str(occupied),
        "cameredisponibili": "1",
        "lettidisponibili": record.unit.beds,
    }
    return {"data": _compact(day), "struttura": facility, **happened}


def _arrived(record: Registration, person: PersonFacts, head: str, places: Places) -> dict[str, str]:
    given = {
        "idswh": guest_number(record, person),
        "tipoalloggiato": ROLES[person.role],
        "sesso": SEX[person.sex],
        "cittadinanza": places.state(person.nationality),
        "statoresidenza": places.state(person.residence.country),
        # Required of residents of Italy only; the place abroad would say more than is asked.
        "luogoresidenza": person.residence.municipality_code if person.residence.country == "ITA" else "",
        "datanascita": person.birth_date.replace("-", ""),
        "tipoturismo": TOURISM,
        "mezzotrasporto": TRANSPORT,
    }
    return given | ({"idcapo": head} if head else {})


def _heads(record: Registration) -> dict[str, str]:
    """The number of the head of each person, by the person's id; empty of who is no member."""
    found, head = {}, ""
    for person in record.people:
        if person.role not in HEADS:
            head = guest_number(record, person)
        found[person.id] = head if person.role in HEADS else ""
    return found


def _named(record: Registration, person: PersonFacts) -> Mapping[str, str]:
    """A guest as the receipt of the accepted record names them, else as this record does."""
    number = guest_number(record, person)
    filed = (guest.split(":") for guest in (record.corrects or "").rpartition("/")[2].split(","))
    kinds = {parts[0]: parts[1:] for parts in filed if len(parts) == 3}
    kind, arrival = kinds.get(number, (ROLES[person.role], _arrival(record, person)))
    return {"idswh": number, "tipoalloggiato": kind, "arrivo": arrival}


def _arrival(record: Registration, person: PersonFacts) -> str:
    return _compact(rules.own_arrival_day(record, person))


def _compact(day: date) -> str:
    return day.strftime("%Y%m%d")
