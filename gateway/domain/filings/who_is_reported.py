"""Which people a jurisdiction requires to be reported; nobody else is put into a record."""

from dataclasses import replace

from gateway.domain.filings.record import Registration
from gateway.domain.jurisdiction import Reporting, reporting_for


def is_national(nationality: str, country: str) -> bool:
    """Whether an ISO 3166-1 alpha-3 nationality belongs to an alpha-2 country in lower case."""
    return nationality != "" and reporting_for(country).nationality == nationality


def reportable(record: Registration, own: Reporting | None = None) -> Registration | None:
    """The record reduced to the people who must be reported; None if there are none. `own`: the registry's rule."""
    country = record.unit.jurisdiction.partition("-")[0]
    if not (own or reporting_for(country)).foreigners_only or record.kind == "annulment":
        return record
    people = tuple(person for person in record.people if not is_national(person.nationality, country))
    return replace(record, people=people) if people else None
