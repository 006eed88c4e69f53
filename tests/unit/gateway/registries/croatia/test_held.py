"""What eVisitor's lists say, as public clients read them, compared with what was filed."""

import dataclasses
import json
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.domain.filings.field_rules import local_time
from gateway.domain.filings.record import NOTHING, Filed, Held, RegistryUnreachable
from gateway.outbound.http import Client, Reply
from gateway.registries.croatia import record
from gateway.registries.croatia.client import CroatiaRegistry
from tests.contract.registries.croatia import LUKAS, SPLIT
from tests.contract.registry_cases import base_record
from tests.unit.gateway.registries.croatia.test_answers import NOW, SETTINGS, SIGNED_IN, AnsweringClient, message

MARTA = dataclasses.replace(
    LUKAS, id="p2", given_names="Marta", sex="female", document=dataclasses.replace(LUKAS.document, number="C2")
)
RECORD = base_record(SPLIT, LUKAS, MARTA)
IDS = [record.check_in_id(RECORD, person) for person in RECORD.people]
FILED = Filed(RECORD.reference, ",".join(IDS), RECORD)


def midnight(at: int) -> str:
    day = local_time(at, SPLIT.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    return f"/Date({int(day.timestamp() * 1000)}{day:%z})/"


def row(place: int, **other: object) -> dict[str, object]:
    """A row in the shape that clients of the live service read, of the person at this place."""
    person = RECORD.people[place]
    year, month, day = person.birth_date.split("-")
    return {
        "ID": IDS[place].upper(),
        "SurnameAndName": f"{person.surname.upper()}  {person.given_names} (40)",
        "DatePlaceOfBirth": f"{day}.{month}.{year} (40) Köln Njemačka",
        "Gender": {"male": "Muški", "female": "Ženski"}[person.sex],
        "TravelDocumentTypeNumber": f"Putovnica (strana) {person.document.number}",
        "StayFrom": midnight(RECORD.stay.from_at),
        "ForeseenStayUntil": midnight(RECORD.stay.until_at),
        "CheckedOutTourist": False,
        "DateTimeOfDeparture": None,
    } | other


def rows(*listed: dict[str, object]) -> Reply:
    return Reply(200, json.dumps({"Records": listed}).encode())


async def compared(*replies: Reply, filed: Filed = FILED) -> Held:
    client = cast("Client", AnsweringClient(SIGNED_IN, *replies))
    return (await CroatiaRegistry(client, SETTINGS, lambda: NOW).holdings([filed]))[filed.reference]


async def test_what_is_held_as_it_was_filed_does_not_differ() -> None:
    found = await compared(rows(row(0)), rows(row(1)))
    assert (found.receipt, found.cancelled, found.differing) == (FILED.receipt, False, ())


async def test_each_check_in_is_asked_for_by_its_id() -> None:
    client = AnsweringClient(SIGNED_IN, rows(row(0)), rows(), rows())
    await CroatiaRegistry(cast("Client", client), SETTINGS, lambda: NOW).holdings([FILED])
    asked = [urlsplit(url) for url, _, _ in client.sent[1:]]
    assert [url.path.split("/")[-2] for url in asked] == [
        "ListOfTouristsExtended", "ListOfTouristsExtended", "TouristCancelledBrowse",
    ]  # fmt: skip
    filters: list[Any] = [json.loads(parse_qs(url.query)["filters"][0]) for url in asked]
    assert filters == [[{"Property": "ID", "Operation": "equal", "Value": one}] for one in (IDS[0], IDS[1], IDS[1])]


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"SurnameAndName": "Anders Lukas"}, "people[1].surname"),
        ({"DatePlaceOfBirth": "01.01.1950 (76) Köln"}, "people[1].birth_date"),
        ({"Gender": "Muški"}, "people[1].sex"),
        ({"TravelDocumentTypeNumber": "Putovnica (strana) X9"}, "people[1].document.number"),
        ({"StayFrom": midnight(RECORD.stay.from_at - 86_400)}, "stay.from_at"),
        ({"ForeseenStayUntil": midnight(RECORD.stay.until_at + 86_400)}, "stay.until_at"),
        (
            {"CheckedOutTourist": True, "DateTimeOfDeparture": midnight(RECORD.stay.until_at - 86_400)},
            "stay.until_at",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_somebody_changed_there_is_named(other: dict[str, object], field: str) -> None:
    assert (await compared(rows(row(0)), rows(row(1, **other)))).differing == (field,)


async def test_one_of_two_who_is_not_listed_is_a_difference_of_people() -> None:
    found = await compared(rows(row(0)), rows(), rows({"ID": IDS[1]}))
    assert (found.cancelled, found.differing) == (False, ("people",))


async def test_a_cancelled_record_is_not_taken_for_a_lost_one() -> None:
    gone = [rows(), rows()]
    assert (await compared(*gone, *[rows({"ID": number}) for number in IDS])).cancelled
    assert await compared(*gone, rows(), rows()) == NOTHING


async def test_a_list_that_ignores_the_filter_is_searched() -> None:
    everybody = rows(row(1), row(0))
    assert (await compared(everybody, everybody)).differing == ()


async def test_an_error_is_no_empty_list() -> None:
    with pytest.raises(RegistryUnreachable):
        await compared(message(None, "Greška."))


async def test_a_receipt_that_a_person_entered_is_not_asked_for() -> None:
    client = AnsweringClient(SIGNED_IN)
    registry = CroatiaRegistry(cast("Client", client), SETTINGS, lambda: NOW)
    assert await registry.holdings([Filed("r1", "by telephone", RECORD), Filed("r2", IDS[0], RECORD)]) == {}
