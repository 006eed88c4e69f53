"""Whom a jurisdiction wants to hear of: nobody else is put into a record."""

from dataclasses import replace

from gateway.domain.filings.record import Registration

NATIONALITY = {"it": "ITA", "es": "ESP", "pt": "PRT", "cz": "CZE", "de": "DEU", "cn": "CHN"}
FOREIGNERS_ONLY = frozenset({"pt", "cz", "de"})


def is_national(nationality: str, country: str) -> bool:
    """Whether an ISO alpha-3 nationality is the one of an ISO alpha-2 country in lower case."""
    return NATIONALITY.get(country) == nationality


def owed(record: Registration) -> Registration | None:
    """The record with only the people who must be reported; None where nobody must."""
    country = record.unit.jurisdiction.partition("-")[0]
    if country not in FOREIGNERS_ONLY or record.kind == "annulment":
        return record
    people = tuple(person for person in record.people if not is_national(person.nationality, country))
    return replace(record, people=people) if people else None
