"""Whatever the door accepts, the registry's rules accept: the refusal names the fields, and nothing is stored."""

import pytest
from sqlalchemy import func, select

from gateway.domain.filings.refusal import FieldsRefused
from gateway.store import Person, Registration, Unit, Verification
from tests.parts.world import FIELDS, World, report_to

BORN = {"person.birth_country": "NLD"}
UNREAD = {"surname": "", "given_names": "", "birth_date": "", "nationality": "", "id_number": "", "sex": ""}


@pytest.fixture
def italian(world: World) -> World:
    """A world whose unit reports to Italy's police."""
    return reporting_to(world, "it")


def reporting_to(world: World, registry: str) -> World:
    with world.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        unit.jurisdiction = registry
        report_to(unit, registry)
    return world


def ready(world: World) -> str:
    """The token of a tenant who has consented."""
    token = world.offer()
    world.consent(token)
    return token


def counts(world: World) -> tuple[int, int, int]:
    with world.database.reading() as session:
        tables = (Person, Verification, Registration)
        people, cases, records = (session.scalar(select(func.count()).select_from(one)) or 0 for one in tables)
        return people, cases, records


def refused_fields(refusal: pytest.ExceptionInfo[FieldsRefused]) -> list[tuple[str, str]]:
    return [(field["field"], field["code"]) for field in refusal.value.shown("en")]


def test_what_the_registry_wants_is_asked_before_anything_is_stored(italian: World) -> None:
    token = ready(italian)
    with pytest.raises(FieldsRefused) as refusal:
        italian.show(token, fields=FIELDS)
    assert refused_fields(refusal) == [("birth_country", "missing")]
    assert counts(italian) == (0, 0, 0)
    italian.show(token, fields=FIELDS | BORN)
    assert counts(italian) == (1, 1, 1)


def test_a_reading_that_cannot_be_filed_names_each_field(italian: World) -> None:
    token = ready(italian)
    with pytest.raises(FieldsRefused) as refusal:
        italian.show(token, fields=FIELDS | BORN | {"surname": "Пушкин", "sex": "X"})
    assert refused_fields(refusal) == [("surname", "unspellable"), ("sex", "unknown_code")]


def test_a_document_that_is_still_to_be_looked_at_may_lack_only_what_it_says(italian: World) -> None:
    token = ready(italian)
    with pytest.raises(FieldsRefused) as refusal:
        italian.show(token, "review", reasons=("document_unreadable",), fields=FIELDS | UNREAD)
    assert refused_fields(refusal) == [("birth_country", "missing")]
    with pytest.raises(FieldsRefused) as refusal:
        italian.show(token, "review", reasons=("document_unreadable",), fields=FIELDS | BORN | {"surname": "Пушкин"})
    assert refused_fields(refusal) == [("surname", "unspellable")]
    italian.show(token, "review", reasons=("document_unreadable",), fields=FIELDS | UNREAD | BORN)
    assert counts(italian) == (1, 1, 0)


def test_a_decision_to_pass_is_refused_with_the_fields_and_the_case_stays(italian: World) -> None:
    case = italian.show(
        ready(italian), "review", reasons=("document_unreadable",), fields=FIELDS | BORN | {"surname": ""}
    )
    with pytest.raises(FieldsRefused) as refusal:
        italian.decide(case, "pass")
    assert ("surname", "missing") in refused_fields(refusal)
    with italian.database.reading() as session:
        assert session.get_one(Verification, case).state == "review"
    assert counts(italian) == (1, 1, 0)


def test_a_person_who_is_not_reported_there_is_not_refused(world: World) -> None:
    portuguese = reporting_to(world, "pt")
    portuguese.show(ready(portuguese), fields=FIELDS | {"nationality": "PRT", "issuing_state": "PRT"})
    assert counts(portuguese)[0] == 1


def test_a_foreigner_is_asked_where_they_live_by_the_same_registry(world: World) -> None:
    portuguese = reporting_to(world, "pt")
    with pytest.raises(FieldsRefused) as refusal:
        portuguese.show(ready(portuguese), fields=FIELDS)
    assert set(refused_fields(refusal)) == {("residence.country", "missing"), ("residence.municipality", "missing")}


def test_a_visa_is_asked_of_nobody_whose_document_is_not_known(world: World) -> None:
    chinese = reporting_to(world, "cn")
    token = ready(chinese)
    with pytest.raises(FieldsRefused) as refusal:
        chinese.show(token, fields=FIELDS | {"person.visa.kind": "L"})
    assert set(refused_fields(refusal)) >= {("visa.number", "missing"), ("visa.valid_until", "not_a_date")}
    unread = FIELDS | UNREAD | {"document_kind": ""}
    chinese.show(token, "review", reasons=("document_unreadable",), fields=unread)
    assert counts(chinese) == (1, 1, 0)
