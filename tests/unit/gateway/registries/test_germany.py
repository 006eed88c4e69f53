"""The German registration form: what sections 29 and 30 of the BMG put on it, and nothing else."""

import asyncio
import dataclasses
from datetime import date
from typing import Any

import pytest

from gateway.domain.filings.codes.icao_states import NATIONALITIES
from gateway.domain.filings.record import Accepted, Address, Document, PersonFacts, Refused, Registration, UnitFacts
from gateway.registries import open_registry
from gateway.registries.germany import record as german_record
from gateway.registries.germany import rules
from gateway.registries.germany.record import NO_DOCUMENT
from tests.contract.registries.spain import ANA
from tests.contract.registry_cases import DAY, base_record

BERLIN = UnitFacts("DW-DE-1", Address("Lindenstraße 1"), "area-b", "de", "Europe/Berlin")
CHILD = dataclasses.replace(
    ANA, id="p3", given_names="Leo", birth_date="2020-05-01", document=Document(), residence=Address(), relation="child"
)


def member(number: int, **changes: Any) -> PersonFacts:
    return dataclasses.replace(ANA, id=f"p{number}", **changes)


def found(record: Registration) -> list[tuple[str, str]]:
    return [(problem.field, problem.rule) for problem in rules.problems(record, record.stay.from_at + 60)]


def filed(*people: PersonFacts, **changes: Any) -> tuple[german_record.Form, ...]:
    record = base_record(BERLIN, *people, **changes)
    assert found(record) == []
    return german_record.forms(record)


def test_the_form_holds_the_data_of_section_30_and_no_more() -> None:
    (form,) = filed(ANA)
    assert form.surname == f"{ANA.surname} {ANA.second_surname}".strip()
    assert form.document_number == ANA.document.number
    assert form.others == {}
    assert {field.name for field in dataclasses.fields(form)} == {
        "arrival", "departure", "surname", "given_names", "birth_date", "nationality", "address", "document_number",
        "others", "remark",
    }  # fmt: skip


def test_a_child_is_given_by_number_and_nationality_only() -> None:
    (form,) = filed(ANA, CHILD)
    assert form.others == {"ESP": 1}
    assert "Leo" not in german_record.canonical(base_record(BERLIN, ANA, CHILD)).decode()


def test_adults_who_are_no_relatives_sign_a_form_each() -> None:
    friend = member(2, nationality="FRA")
    assert [form.nationality for form in filed(ANA, friend, CHILD)] == ["ESP", "FRA"]


@pytest.mark.parametrize(("size", "forms"), [(10, 10), (11, 1)])
def test_only_the_leader_of_a_group_of_more_than_ten_is_named(size: int, forms: int) -> None:
    leader = dataclasses.replace(ANA, role="head_of_group")
    people = [member(number, role="group_member", nationality="FRA") for number in range(10, 9 + size)]
    made = filed(leader, *people)
    assert len(made) == forms
    assert sum(made[0].others.values()) == (size - 1 if forms == 1 else 0)


@pytest.mark.parametrize(
    ("nationalities", "relation", "signing", "along"),
    [
        (("GBR", "DEU"), "", ["GBR"], [{}]),
        (("GBR", "DEU"), "spouse", ["GBR"], [{"DEU": 1}]),
        (("DEU", "GBR"), "spouse", ["GBR"], [{}]),
        (("FRA", "DEU", "GBR"), "child", ["FRA"], [{"DEU": 1, "GBR": 1}]),
    ],
)
def test_a_german_among_foreigners_signs_nothing(
    nationalities: tuple[str, ...], relation: str, signing: list[str], along: list[dict[str, int]]
) -> None:
    first, *others = nationalities
    people = [member(number, nationality=one, relation=relation) for number, one in enumerate(others, 2)]
    made = filed(dataclasses.replace(ANA, nationality=first), *people)
    assert [form.nationality for form in made] == signing
    assert [form.others for form in made] == along


def test_a_missing_document_is_noted_and_refuses_nothing() -> None:
    (form,) = filed(dataclasses.replace(ANA, document=Document()))
    assert form.remark == NO_DOCUMENT
    assert filed(ANA)[0].remark == ""


@pytest.mark.parametrize("nationality", sorted(set(NATIONALITIES.valid_on(date(2026, 11, 28))) - {"DEU"}))
def test_every_foreigner_has_a_form(nationality: str) -> None:
    assert filed(dataclasses.replace(ANA, nationality=nationality))[0].nationality == nationality


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"nationality": "DEU"}, "nationality", "not_owed"),
        ({"nationality": "UTO"}, "nationality", "unknown_code"),
        ({"surname": ""}, "surname", "missing"),
        ({"birth_date": "1990-02-30"}, "birth_date", "not_a_date"),
        ({"residence": dataclasses.replace(ANA.residence, street="")}, "residence.street", "missing"),
        ({"residence": dataclasses.replace(ANA.residence, municipality="")}, "residence.municipality", "missing"),
        ({"residence": dataclasses.replace(ANA.residence, country="")}, "residence.country", "missing"),
    ],
)
def test_an_incomplete_form_is_refused(change: dict[str, Any], field: str, rule: str) -> None:
    assert found(base_record(BERLIN, dataclasses.replace(ANA, **change))) == [(f"people[0].{field}", rule)]


def test_the_form_is_made_from_the_day_of_arrival_on() -> None:
    record = base_record(BERLIN, ANA)
    early = list(rules.problems(record, record.stay.from_at - DAY))
    assert [(problem.field, problem.rule) for problem in early] == [("stay.from_at", "outside_window")]
    assert found(dataclasses.replace(record, kind="check_out")) == [("kind", "not_taken")]


def test_the_same_record_has_the_same_receipt_and_another_one_has_not() -> None:
    record = base_record(BERLIN, ANA)
    registry = open_registry("de", {}, lambda: record.stay.from_at + 60)
    first, again = (asyncio.run(registry.submit(record)) for _ in range(2))
    other = asyncio.run(registry.submit(dataclasses.replace(record, people=(member(1, given_names="Eva"),))))
    assert isinstance(first, Accepted)
    assert first == again
    assert isinstance(other, Accepted)
    assert other.receipt != first.receipt
    assert isinstance(asyncio.run(registry.submit(dataclasses.replace(record, people=()))), Refused)


def test_there_is_nothing_to_set() -> None:
    with pytest.raises(ValueError, match="sends nothing"):
        open_registry("de", {"url": "https://registry.invalid"}, lambda: 0)
