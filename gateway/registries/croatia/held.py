"""What eVisitor's lists say of a check-in, compared with the record as it was filed.

"Pregled vraća sve prijavljene i odjavljene turiste. Pregled ne vraća poništene prijave" (page "Web API" of the
tourist board, ListOfTouristsExtended). That cancelled ones are in TouristCancelledBrowse, and how the attributes are
written, is public clients' word. Days are compared, not times; countries, addresses and kinds of document are words
of a language, and are not.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from gateway.domain.filings.record import NOTHING, Filed, Held, PersonFacts, Registration, RegistryUnreachable
from gateway.registries.adapter import held
from gateway.registries.croatia import record

LISTED: Final = "Rest/Htz/ListOfTouristsExtended/"
CANCELLED: Final = "Rest/Htz/TouristCancelledBrowse/"
_AGE: Final = re.compile(r"\s*\(\d+\)\s*$")
_MOMENT: Final = re.compile(r"/Date\((-?\d{1,14})(?:[+-]\d{4})?\)/")  # milliseconds since 1970
_BORN: Final = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
Row = Mapping[str, Any]


def by_id(path: str, number: str) -> str:
    """The address, after the service's, of a list's row with this ID."""
    filters = [{"Property": "ID", "Operation": "equal", "Value": number}]
    return f"{path}?filters={quote(json.dumps(filters, separators=(',', ':')), safe='')}"


def ids_of(filed: Filed) -> Sequence[str]:
    """The IDs of a record's check-ins; none where its receipt, which a person may have entered, does not name them."""
    try:
        numbers = [str(UUID(number)) for number in filed.receipt.split(",")]
    except ValueError:
        return ()
    return numbers if filed.record is None or len(numbers) == len(filed.record.people) else ()


def row_of(answer: Any, number: str) -> Row | None:
    """The row with this ID, or None. Raises RegistryUnreachable where the answer is no list."""
    rows = answer.get("Records") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RegistryUnreachable("answer_unreadable")
    return next((row for row in rows if str(row.get("ID")).lower() == number), None)


def holding(filed: Filed, listed: Sequence[Row | None], *, cancelled: bool) -> Held:
    """What is held: `listed` has each check-in's row, in the record's order; `cancelled`: one not listed was."""
    if not any(row is not None for row in listed):
        return held(filed.receipt, cancelled=True, sent=None, found={}) if cancelled else NOTHING
    sent = dict(_sent(filed.record)) if filed.record is not None else None
    zone = ZoneInfo(filed.record.unit.timezone) if filed.record is not None else ZoneInfo("Europe/Zagreb")
    found: dict[str, str] = {}
    for index, row in enumerate(listed):
        if row is None:
            continue
        found |= {f"people[{index}].{path}": text for path, text in _found_person(row)}
        # the days of everybody are the record's: one who has others is shown
        days = dict(_found_days(row, zone))
        found |= {path: day for path, day in days.items() if path not in found or (sent or {}).get(path) != day}
    return held(filed.receipt, cancelled=False, sent=sent, found=found)


def _sent(registration: Registration) -> Iterator[tuple[str, str]]:
    arrival, departure = record.stay_times(registration)
    yield "stay.from_at", arrival.date().isoformat()
    yield "stay.until_at", departure.date().isoformat()
    for index, person in enumerate(registration.people):
        yield from ((f"people[{index}].{path}", text) for path, text in _sent_person(person))


def _sent_person(person: PersonFacts) -> Iterator[tuple[str, str]]:
    yield "surname", _plain(" ".join(record.sent_names(person)))
    yield "birth_date", person.birth_date
    yield "sex", _plain(record.SEX.get(person.sex, ""))
    yield "document.number", _plain(person.document.number)


def _found_person(row: Row) -> Iterator[tuple[str, str]]:
    """Only what is there, as it is compared: the surname with the given names, the number after the document's kind."""
    if name := _AGE.sub("", str(row.get("SurnameAndName") or "")):
        yield "surname", _plain(name)
    if born := _BORN.match(str(row.get("DatePlaceOfBirth") or "").strip()):
        yield "birth_date", f"{born[3]}-{born[2]}-{born[1]}"
    if sex := row.get("Gender"):
        yield "sex", _plain(str(sex))
    if document := row.get("TravelDocumentTypeNumber"):
        yield "document.number", _plain(str(document)).rpartition(" ")[2]


def _found_days(row: Row, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    left = "DateTimeOfDeparture" if row.get("CheckedOutTourist") is True else "ForeseenStayUntil"
    for path, name in (("stay.from_at", "StayFrom"), ("stay.until_at", left)):
        if moment := _MOMENT.fullmatch(str(row.get(name) or "")):
            yield path, datetime.fromtimestamp(int(moment[1]) / 1000, zone).date().isoformat()


def _plain(text: str) -> str:
    """Without capitals and repeated spaces, which do not count."""
    return " ".join(text.split()).casefold()
