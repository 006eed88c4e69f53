"""UbyPort: the rules of the police's technical description, in the adapter and at the simulated police alike."""

import asyncio
import dataclasses
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from firmware_sim.registries.czechia import reader
from gateway.domain.filings.record import (
    Accepted,
    AcceptedInPart,
    Answer,
    Document,
    FieldProblem,
    OutcomeUnknown,
    PersonFacts,
    Refused,
    RegistryUnreachable,
    Visa,
)
from gateway.registries.czechia import record as czech_record
from gateway.registries.czechia.client import CzechRegistry
from gateway.registries.soap import SoapReply
from tests.contract.registries.czechia import PRAGUE, UBYTOVATEL
from tests.contract.registries.spain import ANA, BEN
from tests.contract.registry_cases import DAY, base_record

TODAY = date(2026, 11, 28)
GOOD = {
    "cDate": "00001950", "cDocN": "AA123", "cFirstN": "HASSAN", "cFrom": "2026-11-27T00:00:00", "cNati": "SYR",
    "cSurN": "ABBAS", "cUntil": "2026-11-29T00:00:00",
}  # fmt: skip


def problems(*people: PersonFacts, **changes: Any) -> tuple[FieldProblem, ...]:
    record = base_record(changes.pop("unit", PRAGUE), *people, **{"landlord": UBYTOVATEL, **changes})
    return tuple(czech_record.problems(record, record.stay.from_at + 3600))


def found(*people: PersonFacts, **changes: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.rule) for problem in problems(*people, **changes)]


def codes(**changes: str) -> list[str]:
    """The simulated police's codes of a good guest with changes."""
    guest = etree.Element("guest")
    for name, value in {**GOOD, **changes}.items():
        etree.SubElement(guest, f"{reader.DATA}{name}").text = value
    return reader.codes(guest, TODAY)


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"nationality": "CZE"}, "nationality", "not_owed"),
        ({"nationality": ""}, "nationality", "missing"),
        ({"surname": ""}, "surname", "missing"),
        ({"surname": "安娜"}, "surname", "unspellable"),
        ({"given_names": "Ben 2"}, "given_names", "unspellable"),
        ({"birth_date": "2999-01-01"}, "birth_date", "impossible_date"),
        ({"document": Document()}, "document.number", "missing"),
        ({"document": Document("passport", "A12", "DEU")}, "document.number", "wrong_shape"),
        ({"document": Document("passport", "A" * 31, "DEU")}, "document.number", "wrong_shape"),
        ({"visa": Visa("L", "V" * 16)}, "visa.number", "wrong_shape"),
        ({"residence": dataclasses.replace(BEN.residence, street="A" * 128)}, "residence.street", "too_long"),
    ],
)
def test_a_guest_is_refused_before_sending(change: dict[str, Any], field: str, rule: str) -> None:
    assert (f"people[0].{field}", rule) in found(dataclasses.replace(BEN, **change))


@pytest.mark.parametrize("number", ["100227887600", "1002278/CZGFW", "100227887600/CZ"])
def test_the_facility_is_its_number_and_abbreviation(number: str) -> None:
    unit = dataclasses.replace(PRAGUE, registered_as=number)
    assert found(BEN, unit=unit) == [("unit.registered_as", "wrong_shape")]


@pytest.mark.parametrize(
    ("street", "sent"),
    [
        ("Lennonova 123/15", ("Lennonova", "123", "15")),
        ("Na Příkopě 5/3a", ("Na Příkopě", "5", "3a")),
        ("Lhota E12", ("Lhota", "E12", None)),
        ("17", (None, "17", None)),
    ],
)
def test_the_numbers_of_a_czech_address_are_distinguished(street: str, sent: tuple[str | None, ...]) -> None:
    address = dataclasses.replace(PRAGUE.address, street=street)
    record = base_record(dataclasses.replace(PRAGUE, address=address), BEN, landlord=UBYTOVATEL)
    assert list(czech_record.problems(record, record.stay.from_at + 60)) == []
    listed = czech_record.guest_list(record)
    assert (listed["uStr"], listed["uHomN"], listed["uOriN"]) == sent


@pytest.mark.parametrize("street", ["Lennonova", "Lennonova 12345", "Lennonova 123/1555"])
def test_an_address_without_a_house_number_is_refused(street: str) -> None:
    address = dataclasses.replace(PRAGUE.address, street=street)
    assert found(BEN, unit=dataclasses.replace(PRAGUE, address=address)) == [("unit.address.street", "wrong_shape")]


def test_an_arrival_is_taken_from_its_day_on_and_for_a_night_at_least() -> None:
    record = base_record(PRAGUE, BEN, landlord=UBYTOVATEL)
    early = list(czech_record.problems(record, record.stay.from_at - DAY))
    assert [problem.rule for problem in early] == ["outside_window"]
    noon = dataclasses.replace(record.stay, from_at=1_772_017_200, until_at=1_772_020_800)
    assert found(BEN, stay=noon) == [("stay.until_at", "ends_before_it_begins")]


def test_at_most_32_guests_go_in_one_list() -> None:
    people = [dataclasses.replace(BEN, id=f"p{number}") for number in range(33)]
    assert found(*people[:32]) == []
    assert found(*people) == [("people", "too_many")]


def test_the_only_name_of_a_person_is_filed_in_both_fields() -> None:
    record = base_record(PRAGUE, dataclasses.replace(BEN, surname="Suharto", given_names=""), landlord=UBYTOVATEL)
    (guest,) = czech_record.guest_list(record)["Ubytovani"]["Ubytovany"]
    assert (guest["cSurN"], guest["cFirstN"]) == ("SUHARTO", "SUHARTO")


def test_the_polices_own_example_is_accepted() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    "change",
    [
        {"cSurN": ""}, {"cFirstN": ""}, {"cSurN": "A2"}, {"cDate": "01.01.1911"}, {"cDate": "31021990"},
        {"cDate": "01001990"}, {"cNati": "UK"}, {"cNati": "CZE"}, {"cNati": "RKS"}, {"cNati": "XXA"},
        {"cDocN": "aaa"}, {"cDocN": "AA 123"}, {"cDocN": "A" * 31}, {"cDocN": "INPASS"}, {"cPurp": "8"},
        {"cVisN": "1" * 16}, {"cResi": "1" * 129}, {"cNote": "1" * 256}, {"cFrom": "2026-11-29T00:00:00"},
        {"cUntil": "2026-11-27T00:00:00"},
    ],
)  # fmt: skip
def test_the_simulated_police_refuse_a_wrong_field(change: dict[str, str]) -> None:
    assert codes(**change) == ["106"]


def test_a_late_report_is_accepted_and_marked() -> None:
    assert codes(cFrom="2026-11-23T00:00:00") == ["112"]
    assert codes(cFrom="2026-11-25T00:00:00") == []
    assert codes(cDocN="INPASS", cNote="AA123") == []


@given(
    st.text(st.characters(codec="utf-8", categories=("L", "M", "Zs", "Pd", "Po")), max_size=30),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs", "Pd", "Po")), max_size=35),
)
def test_what_the_rules_accept_the_police_accept(name: str, number: str) -> None:
    person = dataclasses.replace(BEN, surname=name, given_names=name, document=Document("passport", number, "DEU"))
    if not problems(person):
        listed = czech_record.guest_list(base_record(PRAGUE, person, landlord=UBYTOVATEL))
        (guest,) = listed["Ubytovani"]["Ubytovany"]
        assert codes(cSurN=guest["cSurN"], cFirstN=guest["cFirstN"], cDocN=guest["cDocN"]) == []


class Port:
    """The service's answers: error codes of the header and of each guest, the stamp, and the table of codes."""

    def __init__(self, header: str, guests: list[str] | None, stamp: str = "F8EA613D") -> None:
        strings = None if guests is None else SimpleNamespace(string=guests)
        self.answer = SimpleNamespace(ChybyHlavicky=header, ChybyZaznamu=strings, PseudoRazitko=stamp)
        self.reachable, self.asked = True, 0

    async def call(self, operation: str, **_: Any) -> SoapReply:
        assert operation == "ZapisUbytovane"
        return SoapReply(self.answer, b"raw")

    async def ask(self, operation: str, **_: Any) -> SoapReply:
        assert operation == "DejMiCiselnik"
        if not self.reachable:
            raise RegistryUnreachable("no_answer", error="x")
        self.asked += 1
        lines = [("005", "a", "1"), ("013", "b", "5"), ("106", "c", "4"), ("112", "d", "0"), ("150", "e", "4")]
        table = [SimpleNamespace(Kod2=f"ERR_CZE_{code}", Kod3=said, TextKratkyCZ=n) for code, said, n in lines]
        return SoapReply(SimpleNamespace(CiselnikType=table), b"")


def answered(port: Port) -> Answer:
    record = base_record(PRAGUE, ANA, BEN, landlord=UBYTOVATEL)
    registry = CzechRegistry(port, lambda: record.stay.from_at + 3600)  # type: ignore[arg-type]
    return asyncio.run(registry.submit(record))


@pytest.mark.parametrize(
    ("header", "guests"),
    [("", [";", ";"]), ("5;", [";", ";"]), ("", [";112;", ";"]), ("", [";112;150;", ";150;"])],
)
def test_a_code_that_informs_and_a_duplicate_are_no_refusal(header: str, guests: list[str]) -> None:
    assert isinstance(answered(Port(header, guests)), Accepted)


def test_a_code_of_strength_4_refuses_that_guest_only() -> None:
    answer = answered(Port("", [";112;", ";112;106;"]))
    assert isinstance(answer, AcceptedInPart)
    assert [(person.accepted, person.code) for person in answer.people] == [(True, ""), (False, "106")]


@pytest.mark.parametrize(
    ("header", "guests", "code"),
    [("13;", [";", ";"], "13"), ("", [";106;", ";106;"], "106"), ("", [";7;", ";7;"], "7")],
)
def test_a_refused_list_names_the_code(header: str, guests: list[str], code: str) -> None:
    answer = answered(Port(header, guests, stamp=""))
    assert isinstance(answer, Refused)
    assert answer.code == code


@pytest.mark.parametrize(("guests", "stamp"), [(None, "A"), ([";"], "A"), ([";", "ok"], "A"), ([";", ";"], "")])
def test_an_answer_that_does_not_tell_the_outcome_is_unknown(guests: list[str] | None, stamp: str) -> None:
    assert isinstance(answered(Port("", guests, stamp)), OutcomeUnknown)


def test_a_table_of_codes_that_cannot_be_had_leaves_the_outcome_unknown() -> None:
    port = Port("", [";112;", ";"])
    port.reachable = False
    assert isinstance(answered(port), OutcomeUnknown)
