"""What goes to ROSS1000, by the region's own schema and the simulated region's rules."""

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from firmware_sim.registries.ross1000 import movements as region
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import NATIONALITIES
from gateway.domain.filings.field_rules import local_time
from gateway.domain.filings.record import Address, PartyRole, PersonFacts, Registration
from gateway.registries.italy.places import bundled_places
from gateway.registries.ross1000 import record, rules
from tests.contract.registries.ross1000 import CARLA_OF_MILAN, DIEGO_OF_KOELN, FACILITY
from tests.contract.registry_cases import DAY, TRAVELLER, base_record

TODAY = date.today()
NEW_YORK = Address(municipality="New York", country="USA")
MILAN = Address(municipality_code="403015146", country="ITA")
OF_A_GUEST = (
    "idswh", "tipoalloggiato", "idcapo", "sesso", "cittadinanza", "statoresidenza", "luogoresidenza", "datanascita",
    "tipoturismo", "mezzotrasporto",
)  # fmt: skip


def guest(**changes: Any) -> PersonFacts:
    return dataclasses.replace(TRAVELLER, **{"residence": NEW_YORK, **changes})


def found(filed: Registration) -> list[tuple[str, str]]:
    problems = rules.problems(filed, filed.stay.from_at + 60)
    return [(problem.field.removeprefix("people[0]."), problem.rule) for problem in problems]


def days_of(filed: Registration, after_s: int = 60) -> list[dict[str, Any]]:
    return record.movements(filed, bundled_places(), filed.stay.from_at + after_s)


def answered(filed: Registration) -> list[str]:
    """What the simulated region says of each guest, but for heads that it has to know."""
    (day,) = days_of(filed)
    on = region.day_of(day["data"])
    assert on is not None
    guests = []
    for arrived in day["arrivi"]["arrivo"]:
        element = etree.Element("arrivo")
        for name, text in arrived.items():
            etree.SubElement(element, name).text = text
        guests.append(element)
    return [fault for one in guests if (fault := region.guest_fault(one, on))]


def test_only_what_the_format_asks_leaves_the_house() -> None:
    filed = base_record(FACILITY, CARLA_OF_MILAN, DIEGO_OF_KOELN)
    sent = days_of(filed)[0]["arrivi"]["arrivo"]
    assert {name for one in sent for name in one} == {*OF_A_GUEST}
    text = str(days_of(filed))
    for person in filed.people:
        for secret in (person.surname, person.given_names, person.document.number, person.residence.municipality):
            assert not secret or secret not in text


def test_a_member_names_the_head_of_the_family_and_keeps_the_number() -> None:
    filed = base_record(FACILITY, CARLA_OF_MILAN, DIEGO_OF_KOELN)
    carla, diego = days_of(filed)[0]["arrivi"]["arrivo"]
    assert [carla["tipoalloggiato"], diego["tipoalloggiato"]] == ["17", "19"]
    assert ("idcapo" in carla, diego["idcapo"]) == (False, carla["idswh"])
    again = dataclasses.replace(filed, kind="change", reference="another", corrects="x")
    assert days_of(again)[0]["arrivi"]["arrivo"] == [carla, diego]
    assert carla["idswh"] != diego["idswh"]


def test_a_child_who_joins_later_is_in_a_day_of_its_own_and_counted_from_it() -> None:
    filed = base_record(FACILITY, CARLA_OF_MILAN, DIEGO_OF_KOELN)
    later = filed.stay.from_at + 2 * DAY
    diego = dataclasses.replace(filed.people[1], arrived_at=later)
    filed = dataclasses.replace(filed, people=(filed.people[0], diego))
    sent = [(day["data"], [one["idswh"] for one in day["arrivi"]["arrivo"]]) for day in days_of(filed, 2 * DAY)]
    first, second = (local_time(at, filed.unit.timezone) for at in (filed.stay.from_at, later))
    carla, diego_number = (record.guest_number(filed, person) for person in filed.people)
    assert sent == [(f"{first:%Y%m%d}", [carla]), (f"{second:%Y%m%d}", [diego_number])]
    receipt = record.receipt(filed)
    assert receipt.endswith(f"{carla}:17:{first:%Y%m%d},{diego_number}:19:{second:%Y%m%d}")
    gone = dataclasses.replace(filed, kind="check_out", corrects=receipt)
    left = days_of(gone, 3 * DAY)[-1]["partenze"]["partenza"]
    assert [one["arrivo"] for one in left] == [f"{first:%Y%m%d}", f"{second:%Y%m%d}"]


def test_nobody_is_filed_before_they_have_all_come() -> None:
    filed = base_record(FACILITY, CARLA_OF_MILAN, DIEGO_OF_KOELN)
    late = dataclasses.replace(filed.people[1], arrived_at=filed.stay.from_at + 2 * DAY)
    waiting = dataclasses.replace(filed, people=(filed.people[0], late))
    assert [problem.rule for problem in rules.problems(filed, filed.stay.from_at + DAY)] == []
    assert [problem.rule for problem in rules.problems(waiting, filed.stay.from_at + DAY)] == ["outside_window"]


@pytest.mark.parametrize("head", ["head_of_family", "single"])
def test_a_member_of_a_group_follows_the_head_of_a_group(head: PartyRole) -> None:
    people = (dataclasses.replace(CARLA_OF_MILAN, role=head), dataclasses.replace(DIEGO_OF_KOELN, role="group_member"))
    filed = base_record(FACILITY, *people)
    assert found(filed) == [("people[1].role", "member_without_head")]
    people = (dataclasses.replace(CARLA_OF_MILAN, role="head_of_group"), people[1])
    assert found(base_record(FACILITY, *people)) == []


def test_the_days_between_are_sent_with_the_departure_and_nobody_leaves_on_a_day_to_come() -> None:
    filed = dataclasses.replace(base_record(FACILITY, guest()), kind="check_out")
    stay = dataclasses.replace(filed.stay, until_at=filed.stay.from_at + 3 * DAY)
    filed = dataclasses.replace(filed, stay=stay)
    sent = days_of(filed, 3 * DAY)
    assert [day["struttura"]["camereoccupate"] for day in sent] == ["1", "1", "0"]
    assert [day["data"] for day in sent] == sorted(day["data"] for day in sent)
    assert ["partenze" in day for day in sent] == [False, False, True]
    assert [day["data"] for day in days_of(filed, DAY)] == [sent[0]["data"]]


def test_a_departure_names_the_guest_as_the_receipt_of_the_accepted_record_does() -> None:
    arrived = base_record(FACILITY, CARLA_OF_MILAN, DIEGO_OF_KOELN)
    receipt = record.receipt(arrived)
    alone = dataclasses.replace(DIEGO_OF_KOELN, role="single")
    stay = dataclasses.replace(arrived.stay, from_at=arrived.stay.from_at + DAY)
    left = dataclasses.replace(arrived, kind="check_out", people=(alone,), stay=stay, corrects=receipt)
    (gone,) = days_of(left)[-1]["partenze"]["partenza"]
    assert f"{gone['idswh']}:{gone['tipoalloggiato']}:{gone['arrivo']}" == receipt.rpartition(",")[2]
    assert gone["tipoalloggiato"] == "19"


@pytest.mark.parametrize("country", sorted(COUNTRIES.valid_on(TODAY) - {"ATA", "ITA"}))
def test_every_country_is_taken_as_citizenship_and_residence(country: str) -> None:
    filed = base_record(FACILITY, guest(nationality=country, residence=Address(country=country)))
    assert (found(filed), answered(filed)) == ([], [])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sex": "unknown"}, ("sex", "unknown_code")),
        ({"birth_date": "1990-02-30"}, ("birth_date", "not_a_date")),
        ({"nationality": ""}, ("nationality", "missing")),
        ({"nationality": "XXB"}, ("nationality", "unknown_code")),
        ({"residence": Address()}, ("residence.country", "missing")),
        ({"residence": Address(country="ITA")}, ("residence.municipality_code", "missing")),
        ({"residence": dataclasses.replace(MILAN, municipality_code="999")}, ("residence.municipality_code",
                                                                              "unknown_code")),
    ],
)  # fmt: skip
def test_what_the_region_refuses_is_refused_before_sending(changes: dict[str, Any], problem: tuple[str, str]) -> None:
    assert found(base_record(FACILITY, guest(**changes))) == [problem]


def test_a_refugee_is_asked_for_the_country_of_citizenship() -> None:
    filed = base_record(FACILITY, guest(nationality="XXB"))
    (problem,) = rules.problems(filed, filed.stay.from_at + 60)
    assert "country of citizenship, or stateless" in problem.sentence


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"registered_as": ""}, "unit.registered_as"),
        ({"registered_as": "A 1"}, "unit.registered_as"),
        *(({"beds": beds}, "unit.beds") for beds in ("", "0", "-1", "1.5", "10000")),
    ],
)
def test_the_facilitys_code_and_beds_are_checked(changes: dict[str, Any], field: str) -> None:
    assert [at for at, _ in found(base_record(dataclasses.replace(FACILITY, **changes), guest()))] == [field]


def test_an_arrival_to_come_is_not_sent() -> None:
    filed = base_record(FACILITY, guest())
    assert [problem.field for problem in rules.problems(filed, filed.stay.from_at - 1)] == ["stay.from_at"]


def test_the_descriptions_are_in_the_manuals_lists() -> None:
    for field, text in (("tipoturismo", record.TOURISM), ("mezzotrasporto", record.TRANSPORT)):
        assert text in region._LISTS[field][0].split(", ")


PEOPLE = st.builds(
    PersonFacts,
    id=st.just("p1"),
    surname=st.just("Rossi"),
    given_names=st.just("Anna"),
    birth_date=st.dates(date(1880, 1, 1), TODAY + timedelta(9)).map(date.isoformat),
    nationality=st.sampled_from([*sorted(NATIONALITIES.valid_on(TODAY)), "", "YUG"]),
    document=st.just(TRAVELLER.document),
    sex=st.sampled_from(["male", "female", "other", "unknown"]),
    residence=st.builds(
        Address,
        municipality_code=st.sampled_from(["", "403015146", "412058091", "401001001", "100000216", "400000000"]),
        country=st.sampled_from(["ITA", "DEU", "", "YUG", "ATA", "RKS"]),
    ),
)


@given(PEOPLE)
def test_whatever_the_rules_accept_the_region_accepts(person: PersonFacts) -> None:
    filed = base_record(FACILITY, person)
    if not found(filed):
        assert answered(filed) == []


def movement(data: str, is_open: str = "SI", *figures: str) -> etree._Element:
    day, facility = etree.Element("movimento"), etree.Element("struttura")
    etree.SubElement(day, "data").text = data
    day.append(facility)
    for name, text in zip(("apertura", "o", "d", "l"), (is_open, *(figures or ("1", "1", "4"))), strict=True):
        etree.SubElement(facility, name).text = text
    return day


def test_the_simulated_region_refuses_days_that_the_manual_does_not_allow() -> None:
    today, tomorrow = TODAY - timedelta(1), TODAY + timedelta(9)
    assert region.day_fault(movement(f"{today:%Y%m%d}"), None) is None
    assert region.day_fault(movement(f"{today:%Y%m%d}", "NO", "0", "0", "0"), None) is None
    for wrong in (
        movement(f"{today:%Y-%m-%d}"),
        movement("20260231"),
        movement(f"{tomorrow:%Y%m%d}"),
        movement(f"{today:%Y%m%d}", "si"),
        movement(f"{today:%Y%m%d}", "NO"),
        movement(f"{today:%Y%m%d}", "SI", "2", "1", "4"),
        movement(f"{today:%Y%m%d}", "SI", "", "1", "4"),
    ):
        assert region.day_fault(wrong, None) is not None
    assert region.day_fault(movement(f"{today:%Y%m%d}"), today) is not None, "the days ascend"
