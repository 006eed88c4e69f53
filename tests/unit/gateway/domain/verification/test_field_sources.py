"""What was read, typed and corrected, kept apart; the last word counts in every spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.verification.field_sources import conclude, correct, gather, kept_here
from gateway.domain.verification.port import DocumentReading, FieldReading
from gateway.journey.filings.person_fields import person_facts

MULLEP = DocumentReading(
    "passport",
    {
        name: FieldReading(text, certain=True)
        for name, text in {
            "surname": "MULLEP", "given_names": "ANNA", "id_number": "C01X0006H", "nationality": "DEU",
            "issuing_state": "DEU",
        }.items()
    },
)  # fmt: skip


def test_what_was_typed_replaces_what_was_read_and_both_are_kept() -> None:
    sources = gather(MULLEP, {"surname": "Mueller"}, {})
    assert sources["surname"] == {"read": "MULLEP", "typed": "Mueller"}
    facts = person_facts("p", conclude(sources))
    assert (facts.surname, facts.given_names, facts.document.kind) == ("Mueller", "ANNA", "passport")


def test_what_a_person_corrected_is_the_last_word() -> None:
    sources = correct(
        gather(MULLEP, {"surname": "Mueller"}, {"phone": "1"}), {"surname": "Müller", "person.phone": "2"}
    )
    assert sources["surname"] == {"read": "MULLEP", "typed": "Mueller", "corrected": "Müller"}
    facts = person_facts("p", conclude(sources))
    assert (facts.surname, facts.phone) == ("Müller", "2")


def test_a_correction_may_take_a_field_away() -> None:
    fields = conclude(correct(gather(MULLEP, {}, {}), {"given_names": ""}))
    assert "given_names" not in fields
    assert person_facts("p", fields).given_names == ""


def test_of_a_whole_name_and_its_parts_the_one_said_later_counts() -> None:
    card = DocumentReading("cn_resident_id", {"name": FieldReading("王小朋", certain=False)})
    assert conclude(gather(card, {"name": "王小明"}, {}))["name"] == "王小明"
    parts = conclude(gather(card, {"surname": "王", "given_names": "小明"}, {}))
    assert "name" not in parts
    assert person_facts("p", parts).surname == "王"
    whole = person_facts("p", conclude(gather(card, {}, {})))
    assert (whole.surname, whole.given_names) == ("王小朋", "")


@pytest.mark.parametrize("point", "•‧・･⋅∙·")
def test_outside_50_the_points_in_minority_names_are_one_point(point: str) -> None:
    typed = {"document_kind": "cn_resident_id", "name": f"买买提{point}艾力"}
    assert person_facts("p", conclude(gather(None, typed, {}))).surname == "买买提·艾力"


def test_chinese_documents_are_issued_by_china_and_say_what_is_in_their_number() -> None:
    typed = {"document_kind": "cn_permanent_residence", "id_number": "93125019900214103x", "surname": "MARTIN"}
    fields = conclude(gather(None, typed, {}))
    facts = person_facts("p", fields)
    assert (facts.nationality, facts.birth_date, facts.sex) == ("FRA", "1990-02-14", "male")
    assert (facts.document.kind, facts.document.issuing_country) == ("residence_permit", "CHN")
    assert facts.document.number == "93125019900214103X"


def test_a_second_surname_stays_with_the_first_where_the_registry_takes_one() -> None:
    card = DocumentReading(
        "id_card",
        {
            "surname": FieldReading("PRUEBA", certain=False),
            "person.second_surname": FieldReading("GARCIA", certain=False),
            "person.document.support": FieldReading("CDE001234", certain=False),
        },
    )
    spain = person_facts("p", conclude(kept_here(gather(card, {}, {}), ("second_surname", "document.support"))))
    assert (spain.surname, spain.second_surname, spain.document.support) == ("PRUEBA", "GARCIA", "CDE001234")
    italy = person_facts("p", conclude(kept_here(gather(card, {}, {}), ())))
    assert (italy.surname, italy.second_surname, italy.document.support) == ("PRUEBA GARCIA", "", "")


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_no_name_is_ever_split(surname: str, given_names: str) -> None:
    fields = conclude(gather(None, {"document_kind": "passport", "surname": surname, "given_names": given_names}, {}))
    facts = person_facts("p", fields)
    for typed, filed in ((surname, facts.surname), (given_names, facts.given_names)):
        assert len(filed) == len(typed.strip())
