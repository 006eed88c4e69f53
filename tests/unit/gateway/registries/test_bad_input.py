"""A record that a registry would refuse is refused before sending, with the field and the rule."""

import dataclasses
import sys
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.record import Address, Document, FieldProblem, PersonFacts, Visa
from gateway.registries import REGISTRIES
from gateway.registries.china import record as china_record
from gateway.registries.china import rules as china_rules
from gateway.registries.italy import rules as italy_rules
from gateway.registries.italy.places import read_places
from gateway.registries.portugal import record as portugal_record
from gateway.registries.sandbox import record as sandbox_record
from gateway.registries.spain import rules as spain_rules
from tests.contract.registries import CASES
from tests.contract.registries.china import EVE, HANGZHOU, WEI
from tests.contract.registries.italy import CARLA, DIEGO, ROME
from tests.contract.registries.portugal import LISBON, SENHORIO
from tests.contract.registries.spain import ANA, BEN, MADRID
from tests.contract.registry_cases import base_record

PLACES = read_places(
    "Codice;Descrizione;Provincia;DataFineVal\r\n100000100;ITALIA;;\r\n100000216;GERMANIA;;\r\n"
    "412058091;ROMA;RM;\r\n403015146;MILANO;MI;\r\n403015239;ZELO SURRIGONE;MI;08/02/2019 00:00:00\r\n"
)
DAY = 86_400
CHILD = dataclasses.replace(ANA, id="p3", birth_date="2020-05-01", document=Document(), second_surname="")


def spain(*people: PersonFacts, **changes: Any) -> tuple[FieldProblem, ...]:
    record = base_record(MADRID, *people, **changes)
    return tuple(spain_rules.problems(record, record.stay.from_at + 3600))


def italy(*people: PersonFacts, **changes: Any) -> tuple[FieldProblem, ...]:
    record = base_record(ROME, *people, **changes)
    return tuple(italy_rules.problems(record, record.stay.from_at + 3600, PLACES))


def portugal(*people: PersonFacts, **changes: Any) -> tuple[FieldProblem, ...]:
    record = base_record(LISBON, *people, **{"landlord": SENHORIO, **changes})
    return tuple(portugal_record.problems(record, record.stay.from_at + 3600))


def china(*people: PersonFacts, **changes: Any) -> tuple[FieldProblem, ...]:
    record = base_record(HANGZHOU, *people, **changes)
    return tuple(china_rules.problems(record, record.stay.from_at + 3600))


def sandbox(*people: PersonFacts, **changes: Any) -> tuple[FieldProblem, ...]:
    record = base_record(MADRID, *people, **changes)
    return tuple(sandbox_record.problems(record, record.stay.from_at + 3600))


def found(problems: tuple[FieldProblem, ...]) -> list[tuple[str, str]]:
    return [(problem.field, problem.rule) for problem in problems]


@pytest.mark.parametrize("field", ["surname", "given_names"])
@pytest.mark.parametrize("name", [".", "-", "' ", "·", "/", "\u0301", "ʻ", "\u200b"])
def test_a_name_without_a_letter_is_refused_everywhere(name: str, field: str) -> None:
    changes: dict[str, Any] = {field: name}
    for of, person in ((spain, BEN), (italy, CARLA), (portugal, DIEGO), (china, EVE), (sandbox, ANA)):
        named = dataclasses.replace(person, **changes)
        assert (f"people[0].{field}", "unspellable") in found(of(named)), (of, name)


def test_spain_wants_a_contact() -> None:
    assert found(spain(dataclasses.replace(ANA, phone="", email=""))) == [("people[0].phone", "no_contact")]


def test_spain_wants_a_minors_relation_and_an_adult_with_them() -> None:
    assert found(spain(ANA, CHILD)) == [("people[1].relation", "minor_without_relation")]
    child = dataclasses.replace(CHILD, relation="child")
    assert found(spain(ANA, child)) == []
    assert found(spain(child)) == [("people", "minors_alone")]


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"second_surname": ""}, "second_surname", "missing"),
        ({"document": dataclasses.replace(ANA.document, support="")}, "document.support", "missing"),
        ({"document": dataclasses.replace(ANA.document, number="12345678A")}, "document.number", "wrong_check_letter"),
        ({"document": Document()}, "document", "missing"),
        ({"nationality": "UTO"}, "nationality", "unknown_code"),
        ({"nationality": "YUG"}, "nationality", "unknown_code"),
        (
            {"residence": dataclasses.replace(ANA.residence, municipality_code="99079")},
            "residence.municipality_code",
            "wrong_shape",
        ),
        ({"residence": Address("Rue 1", "", "75001", "", "", "FRA")}, "residence.municipality", "missing"),
        ({"birth_date": "1990-02-30"}, "birth_date", "not_a_date"),
        ({"birth_date": "2999-01-01"}, "birth_date", "impossible_date"),
        ({"given_names": "安娜"}, "given_names", "unspellable"),
    ],
)
def test_spain_refuses(change: dict[str, Any], field: str, rule: str) -> None:
    assert (f"people[0].{field}", rule) in found(spain(dataclasses.replace(ANA, **change)))


@pytest.mark.parametrize(
    ("check", "person", "longest"), [(spain, BEN, 50), (italy, CARLA, 50), (portugal, BEN, 40), (china, EVE, 60)]
)
def test_a_name_that_is_too_long_is_refused_and_never_cut(
    check: Callable[..., tuple[FieldProblem, ...]], person: PersonFacts, longest: int
) -> None:
    assert found(check(dataclasses.replace(person, surname="A" * longest))) == []
    too_long = check(dataclasses.replace(person, surname="A" * (longest + 1)))
    assert found(too_long) == [("people[0].surname", "too_long")]
    assert str(longest) in too_long[0].sentence


def test_a_name_is_measured_as_it_is_sent() -> None:
    assert found(italy(dataclasses.replace(CARLA, surname="ß" * 26))) == [("people[0].surname", "too_long")]


def test_italy_takes_today_and_yesterday_only() -> None:
    record = base_record(ROME, CARLA, DIEGO)
    stay = dataclasses.replace(record.stay, from_at=record.stay.from_at - 3 * DAY)
    late = dataclasses.replace(record, stay=stay)
    assert ("stay.from_at", "outside_window") in found(
        tuple(italy_rules.problems(late, record.stay.from_at + 3600, PLACES))
    )


def test_italy_takes_an_extension_as_a_stay_that_begins_today() -> None:
    record = base_record(ROME, CARLA, DIEGO)
    extended = dataclasses.replace(
        record, kind="change", stay=dataclasses.replace(record.stay, from_at=record.stay.from_at - 9 * DAY)
    )
    assert tuple(italy_rules.problems(extended, record.stay.from_at + 3600, PLACES)) == ()


def test_italy_takes_no_stay_beyond_thirty_days() -> None:
    record = base_record(ROME, CARLA, DIEGO)
    stay = dataclasses.replace(record.stay, until_at=record.stay.from_at + 40 * DAY)
    assert found(italy(CARLA, DIEGO, stay=stay)) == [("stay.until_at", "too_long_stay")]


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"sex": "unknown"}, "sex", "unknown_code"),
        ({"birth_place_code": "403015239"}, "birth_place_code", "unknown_code"),
        ({"birth_place_code": ""}, "birth_place_code", "missing"),
        ({"nationality": "JPN"}, "nationality", "unknown_code"),
        ({"document": dataclasses.replace(CARLA.document, kind="other")}, "document.kind", "unknown_code"),
        ({"document": dataclasses.replace(CARLA.document, number="CA 00 AA")}, "document.number", "wrong_shape"),
        ({"surname": "Иванова"}, "surname", "unspellable"),
        ({"role": "family_member"}, "role", "member_without_head"),
    ],
)
def test_italy_refuses(change: dict[str, Any], field: str, rule: str) -> None:
    assert (f"people[0].{field}", rule) in found(italy(dataclasses.replace(CARLA, **change)))


def test_portugal_never_receives_its_own_nationals() -> None:
    assert ("people[0].nationality", "not_owed") in found(portugal(dataclasses.replace(ANA, nationality="PRT")))


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"nationality": "YUG"}, "nationality", "unknown_code"),
        ({"surname": ""}, "surname", "missing"),
        ({"surname": "安娜"}, "surname", "unspellable"),
        ({"birth_date": "2999-01-01"}, "birth_date", "impossible_date"),
        ({"document": Document()}, "document.number", "missing"),
    ],
)
def test_portugal_refuses(change: dict[str, Any], field: str, rule: str) -> None:
    assert (f"people[0].{field}", rule) in found(portugal(dataclasses.replace(BEN, **change)))


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"nationality": "UTO"}, "nationality", "unknown_code"),
        ({"surname": "A" * 121}, "surname", "too_long"),
        ({"phone": "0600 000"}, "phone", "wrong_shape"),
        ({"document": Document()}, "document", "missing"),
        ({"document": Document("passport", "12 34", "ESP")}, "document.number", "wrong_shape"),
        ({"birth_date": "yesterday"}, "birth_date", "not_a_date"),
    ],
)
def test_the_sandbox_refuses(change: dict[str, Any], field: str, rule: str) -> None:
    assert (f"people[0].{field}", rule) in found(sandbox(dataclasses.replace(ANA, **change)))


@pytest.mark.parametrize(
    ("change", "field"),
    [({"registered_as": "12345678"}, "landlord.registered_as"), ({"email": "joao"}, "landlord.email")],
)
def test_portugal_wants_the_establishments_own_facts(change: dict[str, Any], field: str) -> None:
    assert found(portugal(BEN, landlord=dataclasses.replace(SENHORIO, **change))) == [(field, "wrong_shape")]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"document": Document("resident_id", "110105199003077412", "CHN")}, "id_check_digit"),
        ({"document": Document("resident_id", "990105199003077415", "CHN")}, "id_region"),
        ({"birth_date": "1990-03-08"}, "id_birth_date"),
        ({"sex": "female"}, "id_sex"),
        ({"document": Document("resident_id", "11010519900307", "CHN")}, "id_shape"),
    ],
)
def test_china_checks_the_resident_id_number(change: dict[str, Any], rule: str) -> None:
    assert found(china(dataclasses.replace(WEI, **change))) == [("people[0].document.number", rule)]


@pytest.mark.parametrize(
    ("visa", "field", "rule"),
    [
        (Visa(), "visa.kind", "missing"),
        (Visa("B2", "V1", "2099-01-01"), "visa.kind", "unknown_code"),
        (Visa("L", "", "2099-01-01"), "visa.number", "missing"),
        (Visa("L", "V1", "2099-02-30"), "visa.valid_until", "not_a_date"),
        (Visa("L", "V1", "2020-01-01"), "visa.valid_until", "expired"),
    ],
)
def test_china_checks_a_foreigners_visa(visa: Visa, field: str, rule: str) -> None:
    assert found(china(dataclasses.replace(EVE, visa=visa))) == [(f"people[0].{field}", rule)]


def test_china_takes_a_visa_free_visitor() -> None:
    assert found(china(dataclasses.replace(EVE, visa=Visa("none")))) == []


@pytest.mark.parametrize("check", [spain, italy, portugal, china, sandbox])
def test_nobody_and_a_stay_that_ends_first_are_refused(check: Callable[..., tuple[FieldProblem, ...]]) -> None:
    stay = base_record(MADRID).stay
    backwards = dataclasses.replace(stay, until_at=stay.from_at)
    fields = {field for field, _ in found(check(stay=backwards))}
    assert {"people", "stay.until_at"} <= fields


@pytest.mark.parametrize("check", [spain, italy, portugal, china, sandbox])
@pytest.mark.parametrize("text", ["A\x00B", "A\nB", "A\ud800"])
def test_what_cannot_be_written_is_refused_in_any_field(
    check: Callable[..., tuple[FieldProblem, ...]], text: str
) -> None:
    residence = dataclasses.replace(ANA.residence, street=text)
    problems = check(dataclasses.replace(ANA, surname=text, residence=residence, phone=text))
    fields = {problem.field for problem in problems if problem.rule == "unspellable"}
    assert {"people[0].surname", "people[0].residence.street", "people[0].phone"} <= fields


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u3000", " \u2003 "])
def test_spaces_are_no_answer(text: str) -> None:
    assert [problem.rule for problem in rules.need("people[0].document.number", text)] == ["missing"]
    assert list(rules.need("people[0].document.number", f"{text}7")) == []


def test_what_xml_cannot_contain_and_every_control_character_is_unwritable_and_no_other() -> None:
    unwritable = {sign for sign in map(chr, range(sys.maxunicode + 1)) if any(rules.plain("x", sign))}
    assert unwritable == {"\ufffe", "\uffff"} | {
        sign for sign in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(sign) in ("Cc", "Cs")
    }


@pytest.mark.parametrize("zero", ["\uff10", "\u0660", "\u0966", "\U0001d7ce"])
def test_no_pattern_takes_the_digits_of_another_script(zero: str) -> None:
    digits = "".join(chr(ord(zero) + digit) for digit in range(10))
    for pattern in (r"\d{10}", r"[A-Z\d]+", "(?s).{2,}", r"[^@]+"):
        assert any(rules.shaped("unit.registered_as", digits, pattern, "digits")), pattern
        assert not any(rules.shaped("unit.registered_as", "0123456789", pattern, "digits")), pattern


def test_no_sentence_repeats_what_was_entered() -> None:
    secret = "ŻÓŁĆ安GEHEIM"
    person = dataclasses.replace(ANA, surname=secret * 9, document=Document("national_id", secret, "ESP"), phone=secret)
    for check in (spain, italy, portugal, china, sandbox):
        problems = check(person)
        assert problems
        assert all("GEHEIM" not in problem.sentence + problem.field for problem in problems)


def test_the_contract_suite_covers_every_registry() -> None:
    assert {case.name for case in CASES} == {name for name, profile in REGISTRIES.items() if not profile.kept}


@pytest.mark.parametrize(("kind", "number"), [("tw_travel_permit", "12345678"), ("hm_travel_permit", "H12345678")])
@pytest.mark.parametrize("nationality", ["TWN", "CHN"])
def test_a_travel_permit_to_the_mainland_is_filed_as_a_residents(kind: str, number: str, nationality: str) -> None:
    document = Document(kind, number, "CHN")  # type: ignore[arg-type]
    person = dataclasses.replace(WEI, document=document, nationality=nationality)
    assert found(china(person)) == []
    assert not china_record.is_foreigner(person)


@pytest.mark.parametrize("sex", ["female", "other", "unknown"])
def test_a_resident_number_holds_the_sex(sex: str) -> None:
    assert ("people[0].document.number", "id_sex") in found(china(dataclasses.replace(WEI, sex=sex)))  # type: ignore[arg-type]
