"""The documents people of a country carry at a registry: cards first, then a passport."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from benchmarks.parties import numbers
from benchmarks.parties.people import STATELESS, ZONE_CODE, Document, Person
from benchmarks.parties.zones import Zone, card_lines, passport_lines

ITALIAN_COMUNE: Final = "412058091"  # Roma, in the police's table
CONVENTIONS: Final = {"XXA": ("stateless_document", "PS"), "XXB": ("refugee_document", "PR")}
CARD_STATES: Final = ("ESP", "ITA", "PRT", "BEL", "DEU", "FRA", "NLD", "POL", "HRV", "CZE", "EST")


def documents_of(random: Random, person: Person, registry: str, today: date) -> tuple[Document, ...]:
    """Everything this person carries, in the order in which it is shown at this registry."""
    found = []
    if registry in ("cn", "sandbox"):
        found += _chinese_documents(random, person, today, at_home=registry == "cn")
    if person.nationality in CARD_STATES and random.random() < 0.5:
        found.append(_card(random, person, today))
    if registry == "es" and person.nationality != "ESP" and random.random() < 0.1:
        found.append(_spanish_residence(random, person, today))
    return (*found, _passport(random, person, today))


def _zone(random: Random, person: Person, today: date, state: str, number: str, optional: str = "") -> Zone:
    return Zone(
        ZONE_CODE.get(state, state),
        ZONE_CODE.get(person.nationality, person.nationality),
        person.zone_surname,
        person.zone_given_names,
        number,
        person.birth_stated,
        person.sex,
        today + timedelta(days=random.randrange(30, 3000)),
        optional,
    )


def _passport(random: Random, person: Person, today: date) -> Document:
    state = person.home if person.nationality in STATELESS else person.nationality
    zone = _zone(random, person, today, state, numbers.passport(random))
    kind, code = _booklet(person, zone.number)
    return Document(kind, zone.number, state, zone.expiry, passport_lines(zone, code), _issued_in(state))


def _booklet(person: Person, number: str) -> tuple[str, str]:
    """The kind of this passport and its document code, by the last digits of its number.

    Half of the Conventions' documents have the code of 2026. PO is an ordinary passport of China. eVisitor has no code
    for Croatia's diplomatic passports.
    """
    state, last = person.nationality, int(number[-2:])
    if state in STATELESS:
        kind, code = CONVENTIONS[state]
        return kind, code if last % 2 else "P"
    if last == 0 and state != "HRV":
        return "diplomatic_passport", "PD"
    if state == "CHN":
        return "passport", "PO"
    return ("service_passport", "PO") if last == 1 else ("passport", "PP" if last % 2 else "P")


def _card(random: Random, person: Person, today: date) -> Document:
    """The national identity card, with the issuer's own use of number and optional data."""
    state, kind = person.nationality, "id_card"
    zone = _zone(random, person, today, state, "")
    if state == "ESP":
        number, support = numbers.spanish_dni(random), numbers.letters(random, 3) + numbers.digits(random, 6)
        zone = replace(zone, number=support, optional=number)
        return Document(kind, number, state, zone.expiry, card_lines(zone), {"document.support": support})
    makers = {"ITA": numbers.italian_card, "PRT": numbers.portuguese_card, "BEL": numbers.belgian_card}
    number = makers[state](random) if state in makers else numbers.letters(random, 2) + numbers.digits(random, 7)
    zone = replace(zone, number=number)
    return Document(kind, number, state, zone.expiry, card_lines(zone), _issued_in(state))


def _spanish_residence(random: Random, person: Person, today: date) -> Document:
    """The card of a foreigner who lives in Spain."""
    number, support = numbers.spanish_nie(random), "E" + numbers.digits(random, 8)
    zone = _zone(random, person, today, "ESP", support, number)
    return Document("residence_permit", number, "ESP", zone.expiry, card_lines(zone), {"document.support": support})


def _chinese_documents(random: Random, person: Person, today: date, *, at_home: bool) -> list[Document]:
    until = today + timedelta(days=2000)
    if person.place == "HKG":
        zone = _zone(random, person, today, "CHN", "H" + numbers.digits(random, 8))
        return [Document("cn_hm_travel_permit", zone.number, "CHN", zone.expiry, card_lines(zone))]
    if person.place == "TWN":
        zone = _zone(random, person, today, "CHN", numbers.digits(random, 8))
        return [Document("cn_tw_travel_permit", zone.number, "CHN", zone.expiry, card_lines(zone))]
    if person.nationality == "CHN" and (at_home or random.random() < 0.5):
        number = numbers.chinese_resident(random, person.born, person.sex)
        return [Document("cn_resident_id", number, "CHN", until)]
    if person.nationality in numbers.NUMERIC and random.random() < 0.15:
        number = numbers.chinese_permanent_residence(random, person.born, person.sex, person.nationality)
        return [Document("cn_permanent_residence", number, "CHN", until)]
    return []


def _issued_in(state: str) -> dict[str, str]:
    return {"document.issuing_place_code": ITALIAN_COMUNE} if state == "ITA" else {}
