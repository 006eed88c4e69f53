"""What goes to eTurizem, by the agency's own schema and the simulated agency's rules."""

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from firmware_sim.registries import countries
from firmware_sim.registries.slovenia import book
from gateway.domain.filings.codes.alpha2_countries import ALPHA2
from gateway.domain.filings.codes.countries import COUNTRIES, KOSOVO
from gateway.domain.filings.codes.icao_states import NATIONALITIES, STATELESS, UNDEFINED_NATIONALITY
from gateway.domain.filings.record import Document, PersonFacts, Registration
from gateway.domain.filings.transliteration import LATIN
from gateway.registries.slovenia import codes, record, rules
from tests.contract.registries.slovenia import LJUBLJANA
from tests.contract.registry_cases import TRAVELLER, base_record, born

TODAY = date.today()
XS = "{http://www.w3.org/2001/XMLSchema}"


def found(filed: Registration) -> list[tuple[str, str]]:
    problems = rules.problems(filed, filed.stay.from_at + 60)
    return [(problem.field.removeprefix("people[0]."), problem.rule) for problem in problems]


def answered(filed: Registration) -> list[str]:
    """What the simulated agency says of each row: its schema's error, a code or nothing."""
    report = record.guest_book(filed)
    if not book.schema().validate(report):
        return [str(book.schema().error_log.last_error)]
    return [fault[0] for row in report if (fault := book.fault(row))]


def guest(**changes: Any) -> PersonFacts:
    return dataclasses.replace(TRAVELLER, **changes)


@pytest.mark.parametrize("nationality", sorted(COUNTRIES.valid_on(TODAY)))
def test_every_country_and_kosovo_is_taken(nationality: str) -> None:
    filed = base_record(LJUBLJANA, guest(nationality=nationality))
    assert (found(filed), answered(filed)) == ([], [])


@pytest.mark.parametrize("nationality", [*sorted(UNDEFINED_NATIONALITY.keys() - {STATELESS}), "YUG", "UTO", "D"])
def test_who_has_no_citizenship_of_a_country_is_asked_for_it(nationality: str) -> None:
    assert found(base_record(LJUBLJANA, guest(nationality=nationality))) == [("nationality", "unknown_code")]


def test_the_rule_against_a_stateless_person_is_one_of_its_own_as_the_agency_has_no_code() -> None:
    filed = base_record(LJUBLJANA, guest(nationality=STATELESS))
    assert found(filed) == [("nationality", "no_citizenship")]


def test_the_countries_are_those_of_iso_3166_by_two_letters() -> None:
    assert set(ALPHA2) == countries.ISO_3166_1 | {KOSOVO}
    assert set(ALPHA2.values()) == countries.ISO_3166_1_ALPHA_2 | {"XK"}
    assert NATIONALITIES.valid_on(TODAY) - set(ALPHA2) == set(UNDEFINED_NATIONALITY)


def test_the_document_codes_are_those_of_the_agencys_schema() -> None:
    schema = etree.parse(book.__file__.replace("book.py", "GuestBookSchema.xsd"))
    (kind,) = schema.iterfind(f".//{XS}attribute[@name='vrstaDok']")
    assert {code.code for code in codes.DOCUMENTS} == {item.get("value") for item in kind.iter(f"{XS}enumeration")}
    assert {*codes.DOCUMENT_OF.values(), codes.OTHER_DOCUMENT} <= {code.code for code in codes.DOCUMENTS}


@pytest.mark.parametrize(("years", "days", "reason"), [(0, 30, "1"), (7, -2, "1"), (7, 2, "11"), (18, -2, "11"),
                                                       (18, 2, "0"), (90, 0, "0")])  # fmt: skip
def test_the_tourist_tax_follows_the_age(years: int, days: int, reason: str) -> None:
    filed = base_record(LJUBLJANA, guest(birth_date=born(years, TODAY, days=days)))
    assert (found(filed), answered(filed)) == ([], [])
    assert record.guest_book(filed)[0].get("ttObracun") == reason


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"surname": "O", "given_names": "Min"}, ("surname", "wrong_shape")),
        ({"surname": "", "given_names": "Min"}, ("surname", "missing")),
        ({"surname": "A" * 142}, ("surname", "too_long")),
        ({"given_names": "Иван"}, ("given_names", "unspellable")),
        ({"sex": "unknown"}, ("sex", "unknown_code")),
        ({"sex": "other"}, ("sex", "unknown_code")),
        ({"birth_date": born(121, TODAY, days=30)}, ("birth_date", "impossible_date")),
        ({"birth_date": "1990-02-30"}, ("birth_date", "not_a_date")),
        ({"nationality": ""}, ("nationality", "missing")),
        ({"document": Document("passport", "", "USA")}, ("document.number", "missing")),
        ({"document": Document("passport", "7", "USA")}, ("document.number", "wrong_shape")),
        ({"document": Document()}, ("document.kind", "missing")),
    ],
)
def test_what_the_agency_refuses_is_refused_before_sending(changes: dict[str, Any], problem: tuple[str, str]) -> None:
    assert found(base_record(LJUBLJANA, guest(**changes))) == [problem]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"registered_as": ""}, "unit.registered_as"),
        ({"registered_as": "0"}, "unit.registered_as"),
        *(({"tourist_tax": amount}, "unit.tourist_tax") for amount in ("", "0", "0.00", "2,50", "1.23456", "-1")),
    ],
)
def test_the_units_number_and_tax_are_checked(changes: dict[str, Any], field: str) -> None:
    problems = found(base_record(dataclasses.replace(LJUBLJANA, **changes), TRAVELLER))
    assert [at for at, _ in problems] == [field]


def test_a_slovenian_child_is_taken_without_a_document_and_nobody_else() -> None:
    child = guest(nationality="SVN", birth_date=born(9, TODAY), document=Document())
    filed = base_record(LJUBLJANA, child)
    assert (found(filed), answered(filed)) == ([], [])
    for other in (
        dataclasses.replace(child, nationality="HRV"),
        dataclasses.replace(child, birth_date=born(18, TODAY, days=9)),
    ):
        assert found(base_record(LJUBLJANA, other)) == [("document.kind", "missing")]
        assert answered(base_record(LJUBLJANA, other)) == ["4139"]


def test_a_persons_only_name_stands_in_both_fields() -> None:
    filed = base_record(LJUBLJANA, guest(surname="Suharto", given_names=""))
    assert (found(filed), answered(filed)) == ([], [])
    row = record.guest_book(filed)[0]
    assert (row.get("pri"), row.get("ime")) == ("Suharto", "Suharto")


def test_an_arrival_to_come_is_not_sent() -> None:
    filed = base_record(LJUBLJANA, TRAVELLER)
    problems = list(rules.problems(filed, filed.stay.from_at - 1))
    assert [(problem.field, problem.rule) for problem in problems] == [("stay.from_at", "outside_window")]


def test_a_guest_keeps_the_number_when_sent_again_and_each_guest_has_another() -> None:
    filed = base_record(LJUBLJANA, TRAVELLER, guest(id="p2"))
    later = dataclasses.replace(filed, kind="check_out", reference="another", id="another")
    numbers = [row.get("zst") for row in record.guest_book(filed)]
    assert numbers == [row.get("zst") for row in record.guest_book(later)]
    assert len(set(numbers)) == 2
    assert [row.get("status") for row in record.guest_book(dataclasses.replace(filed, kind="annulment"))] == ["2", "2"]


NAMES = st.text(st.sampled_from([*LATIN[:200], " ", "-", "'", "’", "."]), max_size=150)
PEOPLE = st.builds(
    PersonFacts,
    id=st.just("p1"),
    surname=NAMES,
    given_names=NAMES,
    birth_date=st.dates(date(1880, 1, 1), TODAY + timedelta(9)).map(date.isoformat),
    nationality=st.sampled_from([*sorted(NATIONALITIES.valid_on(TODAY)), "", "YUG"]),
    document=st.builds(
        Document,
        st.sampled_from(["passport", "national_id", "resident_id", "residence_permit", "driving_licence", "none"]),
        st.text("AZ09-/ ", max_size=12),
        st.just("USA"),
    ),
    sex=st.sampled_from(["male", "female", "other", "unknown"]),
)  # fmt: skip


@given(PEOPLE)
def test_whatever_the_rules_accept_the_agency_accepts(person: PersonFacts) -> None:
    filed = base_record(LJUBLJANA, person)
    if not found(filed):
        assert answered(filed) == []
