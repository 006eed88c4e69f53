"""Requests of eVisitor's actions CheckInTourist, CheckOutTourist and CancelTouristCheckIn, one for each guest."""

import uuid
from contextlib import suppress
from datetime import datetime

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.eu_members import EUROPEAN_UNION
from gateway.domain.filings.record import Entry, PersonFacts, Registration
from gateway.domain.filings.transliteration import spell
from gateway.registries.croatia import codes
from gateway.registries.croatia.profile import SPELLING

SEX = {"male": "muški", "female": "ženski"}
_CHECK_INS = uuid.uuid5(uuid.NAMESPACE_DNS, "check-ins.evisitor.lodgekey")
_REASON = "Boravak je otkazan"


def sent_name(name: str) -> str:
    """A name as in the document."""
    return spell(name, SPELLING)


def sent_names(person: PersonFacts) -> tuple[str, str]:
    """Surname and given names; eVisitor requires both, so a person's only name stands in both."""
    surname, given = sent_name(person.surname), sent_name(person.given_names)
    return surname or given, given or surname


def check_in_id(record: Registration, person: PersonFacts) -> str:
    """The check-in's ID: that of the record it corrects, which is its receipt, or a new one, the same when sent again.

    StayFrom cannot be changed under an ID, nor an ID be used again after its cancellation.
    """
    known = (record.corrects or "").split(",")
    ids = dict(zip([one.id for one in record.people], known, strict=False))
    with suppress(KeyError, ValueError):
        return str(uuid.UUID(ids[person.id]))
    return str(uuid.uuid5(_CHECK_INS, f"{record.reference}/{person.id}"))


def stay_times(record: Registration) -> tuple[datetime, datetime]:
    """Arrival and departure in the unit's time zone, to the minute as eVisitor keeps them."""
    zone = record.unit.timezone
    return tuple(  # type: ignore[return-value]
        rules.local_time(at, zone).replace(second=0) for at in (record.stay.from_at, record.stay.until_at)
    )


def action(record: Registration, person: PersonFacts, now: int) -> tuple[str, dict[str, str]]:
    """The action's name and its parameters. `now`: UTC seconds; nobody is checked out at a time to come."""
    number = check_in_id(record, person)
    if record.kind == "annulment":
        return "CancelTouristCheckIn", {"ID": number, "Reason": _REASON}
    if record.kind == "check_out":
        left = rules.local_time(max(min(record.stay.until_at, now), record.stay.from_at), record.unit.timezone)
        return "CheckOutTourist", {"ID": number, "CheckOutDate": _day(left), "CheckOutTime": _minute(left)}
    return "CheckInTourist", {"ID": number, **_check_in(record, person)}


def _check_in(record: Registration, person: PersonFacts) -> dict[str, str]:
    surname, given_names = sent_names(person)
    arrival, departure = stay_times(record)
    entry = person.entry if outside_the_union(person) else Entry()
    given = {
        "Facility": record.unit.registered_as,
        "StayFrom": _day(arrival),
        "TimeStayFrom": _minute(arrival),
        "ForeseenStayUntil": _day(departure),
        "TimeEstimatedStayUntil": _minute(departure),
        "DocumentType": codes.document_type(person.document),
        "DocumentNumber": person.document.number,
        "TouristName": given_names,
        "TouristSurname": surname,
        "Gender": SEX[person.sex],
        "DateOfBirth": person.birth_date.replace("-", ""),
        "CountryOfBirth": codes.country_code(person.birth_country),
        "CityOfBirth": sent_name(person.birth_place),
        "Citizenship": codes.country_code(person.nationality),
        "CountryOfResidence": codes.country_code(person.residence.country),
        "CityOfResidence": sent_name(person.residence.municipality),
        "ResidenceAddress": sent_name(person.residence.street),
        "TTPaymentCategory": codes.payment_category(rules.age(person, rules.arrival_day(record))),
        "ArrivalOrganisation": codes.PRIVATE_ARRIVAL,
        "OfferedServiceType": codes.OVERNIGHT_STAY,
        "BorderCrossingHr": entry.crossing,
        "PassageDate": entry.day.replace("-", ""),
    }
    return {name: value for name, value in given.items() if value}


def outside_the_union(person: PersonFacts) -> bool:
    """Whether the person lives in a country that is no member of the European Union."""
    country = person.residence.country
    return country in COUNTRIES and country not in EUROPEAN_UNION


def _day(local: datetime) -> str:
    return local.strftime("%Y%m%d")


def _minute(local: datetime) -> str:
    return local.strftime("%H:%M")
