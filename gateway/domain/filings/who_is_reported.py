"""Which people a jurisdiction requires to be reported; nobody else is put into a record."""

from dataclasses import replace

from gateway.domain.filings.record import Registration

NATIONALITY = {"it": "ITA", "es": "ESP", "pt": "PRT", "cz": "CZE", "de": "DEU", "cn": "CHN"}
FOREIGNERS_ONLY = frozenset({"pt", "cz", "de"})


def is_national(nationality: str, country: str) -> bool:
    """Whether an ISO 3166-1 alpha-3 nationality belongs to an alpha-2 country in lower case."""
    return NATIONALITY.get(country) == nationality


def owed(record: Registration) -> Registration | None:
    """The record reduced to the people who must be reported; None if there are none."""
    country = record.unit.jurisdiction.partition("-")[0]
    if country not in FOREIGNERS_ONLY or record.kind == "annulment":
        return record
    people = tuple(person for person in record.people if not is_national(person.nationality, country))
    return replace(record, people=people) if people else None
