"""The special registration form (besonderer Meldeschein) of the Federal Act on Registration (BMG).

Section 30 (2) lists what it holds, "ausschließlich" (exclusively): the days of arrival and expected departure, surname,
given names, date of birth, nationalities, address, the number and nationalities of those travelling along, and the
serial number of the document. Section 29 (2): relatives travelling along are given by number only; of a group of more
than ten only the leader is named, with the number and the nationalities of the others. Foreigners only since 2025.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import NATIONALITIES
from gateway.domain.filings.record import PersonFacts, Registration
from gateway.domain.filings.who_is_reported import is_national

TABLES: Final = {table.name: table.version for table in (NATIONALITIES, COUNTRIES)}
COUNTRY: Final = "de"
GROUP_OF_MORE_THAN: Final = 10  # people, with the leader
NO_DOCUMENT: Final = "Kein gültiges Identitätsdokument vorgelegt (§ 30 Abs. 2 Satz 4 BMG)"


@dataclass(frozen=True, slots=True)
class Form:
    """One form, which the named person signs. Days are YYYY-MM-DD, nationalities ISO 3166-1 alpha-3 or as in Doc 9303.

    `others`: how many travel along, by nationality. `remark`: what section 30 (2) requires to be noted.
    """

    arrival: str
    departure: str
    surname: str
    given_names: str
    birth_date: str
    nationality: str
    address: str
    document_number: str
    others: Mapping[str, int]
    remark: str = ""


def forms(record: Registration) -> tuple[Form, ...]:
    """A form for everybody who is named."""
    named = named_people(record)
    return tuple(_form(record, record.people[index], named[index]) for index in named)


def canonical(record: Registration) -> bytes:
    """The forms as bytes: the same record gives the same bytes, so their hash proves that a form is unchanged."""
    return json.dumps([asdict(form) for form in forms(record)], ensure_ascii=False, sort_keys=True).encode()


def named_people(record: Registration) -> dict[int, list[PersonFacts]]:
    """Who is named, by place in the record, each with those given by number on the same form.

    A German signs nothing, and is on a form only as the relative of a foreigner who is named before.
    """
    found: dict[int, list[PersonFacts]] = {}
    leader = next((index for index, person in enumerate(record.people) if _leads(person)), None)
    large = leader is not None and len(record.people) > GROUP_OF_MORE_THAN
    head: int | None = leader if large else None
    for index, person in enumerate(record.people):
        joins = (person.role == "group_member" and large) or _is_relative(person)
        if joins and head is not None:
            found.setdefault(head, []).append(person)
            continue
        signs = not is_national(person.nationality, COUNTRY)
        if signs:
            found.setdefault(index, [])
        head = head if large else index if signs else None
    return dict(sorted(found.items()))


def _leads(person: PersonFacts) -> bool:
    return person.role == "head_of_group" and not is_national(person.nationality, COUNTRY)


def _is_relative(person: PersonFacts) -> bool:
    """Whether the person travels along with a relative who is named before."""
    return person.role == "family_member" or person.relation not in ("", "guardian", "other")


def _form(record: Registration, person: PersonFacts, along: list[PersonFacts]) -> Form:
    home = person.residence
    place = " ".join(part for part in (home.postal_code, home.municipality) if part)
    return Form(
        arrival=rules.own_arrival_day(record, person).isoformat(),
        departure=rules.local_time(record.stay.until_at, record.unit.timezone).date().isoformat(),
        surname=" ".join(name for name in (person.surname, person.second_surname) if name),
        given_names=person.given_names,
        birth_date=person.birth_date,
        nationality=person.nationality,
        address=", ".join(part for part in (home.street, home.extra, place, home.country) if part),
        document_number=person.document.number,
        others=dict(sorted(Counter(one.nationality for one in along).items())),
        remark="" if person.document.number else NO_DOCUMENT,
    )
