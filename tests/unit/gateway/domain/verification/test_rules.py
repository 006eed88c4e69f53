"""Verification rules: when a person decides, when none is needed, and which typed fields are refused before storage."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.domain.birth_date import BirthDate
from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification.field_sources import conclude, gather
from gateway.domain.verification.port import DocumentReading, FaceComparison, FieldReading, LivenessResult
from gateway.domain.verification.rules import (
    Evidence,
    VerificationSettings,
    decide,
    may_run_face,
)
from gateway.domain.verification.typed_fields import typed_problems
from gateway.texts.identity import REASON

TODAY = date(2026, 11, 21)
SANDBOX = load_profiles()["sandbox"]
STRICT = VerificationSettings()
MODEL = "model-1"
CLEAR = DocumentReading(
    "passport",
    {
        "name": FieldReading("ANNA MARIA ERIKSSON", certain=True),
        "id_number": FieldReading("L898902C3", certain=True),
        "birth_date": FieldReading("1974-08-12", certain=True),
        "nationality": FieldReading("UTO", certain=True),
        "sex": FieldReading("F", certain=True),
        "expiry_date": FieldReading("2032-04-15", certain=True),
    },
)
SEEN = Evidence(TODAY, CLEAR, {}, FaceComparison("pass", MODEL), LivenessResult(passed=True, model=MODEL))


def with_field(name: str, value: str, *, certain: bool = True) -> DocumentReading:
    """The valid document with one field replaced."""
    return replace(CLEAR, fields={**CLEAR.fields, name: FieldReading(value, certain=certain)})


def test_a_clear_document_a_fitting_face_and_a_turning_head_pass_without_a_person() -> None:
    verdict = decide(SEEN, SANDBOX, STRICT)
    assert (verdict.outcome, verdict.reasons, verdict.score_band) == ("passed", (), "pass")


@pytest.mark.parametrize(
    ("evidence", "outcome", "reason"),
    [
        (replace(SEEN, liveness=None), "review", "face_without_liveness"),
        (replace(SEEN, liveness=LivenessResult(passed=False, model=MODEL)), "review", "liveness_failed"),
        (replace(SEEN, face=FaceComparison("unsure", MODEL)), "review", "face_unsure"),
        (replace(SEEN, face=FaceComparison("refuse", MODEL)), "review", "face_differs"),
        (replace(SEEN, face=None, liveness=None), "review", "document_without_face"),
        (Evidence(TODAY, typed={"name": "A", "id_number": "L898902C3"}), "review", "typed_without_camera"),
        (replace(SEEN, reading=with_field("name", "ANNA", certain=False)), "review", "document_unclear"),
        (replace(SEEN, reading=replace(CLEAR, problems=("zones_disagree",))), "review", "zones_disagree"),
        (replace(SEEN, reading=DocumentReading("unknown")), "review", "document_unclear"),
        (replace(SEEN, typed={"id_number": "L898902C4"}), "review", "checked_field_corrected"),
        (replace(SEEN, reading=with_field("expiry_date", "2026-11-20")), "refused", "document_expired"),
        (replace(SEEN, reading=with_field("birth_date", "2012-01-01")), "refused", "guardian_needed"),
        (
            replace(SEEN, reading=with_field("birth_date", "2012-01-01"), guardian_present=True),
            "review",
            "minor_with_guardian",
        ),
    ],
)
def test_a_doubt_has_its_own_reason(evidence: Evidence, outcome: str, reason: str) -> None:
    verdict = decide(evidence, SANDBOX, STRICT)
    assert verdict.outcome == outcome
    assert reason in verdict.reasons
    assert set(verdict.reasons) <= set(REASON)


def test_a_document_valid_until_today_is_valid_today() -> None:
    assert decide(replace(SEEN, reading=with_field("expiry_date", "2026-11-21")), SANDBOX, STRICT).outcome == "passed"


def test_a_profile_may_send_an_expired_document_to_a_person_instead() -> None:
    profile = replace(SANDBOX, expired_document="review")
    verdict = decide(replace(SEEN, reading=with_field("expiry_date", "2020-01-01")), profile, STRICT)
    assert (verdict.outcome, verdict.reasons) == ("review", ("document_expired",))


def test_a_document_kind_the_place_does_not_take_is_refused() -> None:
    verdict = decide(replace(SEEN, reading=replace(CLEAR, kind="cn_resident_id")), load_profiles()["it"], STRICT)
    assert verdict.reasons == ("document_kind_not_accepted",)


def test_what_is_retyped_as_it_stands_is_no_correction() -> None:
    assert decide(replace(SEEN, typed={"name": "anna maria  eriksson"}), SANDBOX, STRICT).outcome == "passed"


def test_a_landlord_may_accept_a_face_without_liveness_by_that_name() -> None:
    settings = VerificationSettings(accept_face_without_liveness=True)
    assert decide(replace(SEEN, liveness=None), SANDBOX, settings).outcome == "passed"


def test_accepting_documents_without_faces_does_not_accept_a_face_that_differs() -> None:
    settings = VerificationSettings(accept_document_without_face=True, accept_face_without_liveness=True)
    assert decide(replace(SEEN, face=None, liveness=None), SANDBOX, settings).outcome == "passed"
    assert decide(replace(SEEN, face=FaceComparison("refuse", MODEL)), SANDBOX, settings).outcome == "review"


def test_a_face_is_never_run_where_it_is_forbidden_or_not_agreed_to() -> None:
    grown = BirthDate(1990, 1, 1)
    china, germany = load_profiles()["cn"], load_profiles()["de"]
    assert not may_run_face(germany, consented=True, born=grown, today=TODAY, guardian=False)
    assert not may_run_face(china, consented=False, born=grown, today=TODAY, guardian=False)
    assert may_run_face(china, consented=True, born=grown, today=TODAY, guardian=False)


def test_a_child_under_fourteen_in_china_needs_a_guardian_for_the_face() -> None:
    china = load_profiles()["cn"]
    for born, guardian, allowed in (
        (BirthDate(2012, 11, 22), False, False),
        (BirthDate(2012, 11, 22), True, True),
        (BirthDate(2012, 11, 21), False, True),
        (BirthDate(2012, 11), False, False),  # who may be under fourteen counts as a child
        (BirthDate(2012), False, False),
        (BirthDate(2012, 10), False, True),
        (BirthDate(2011), False, True),
    ):
        assert may_run_face(china, consented=True, born=born, today=TODAY, guardian=guardian) is allowed


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"id_number": "110105194912310021"}, "id_number", "id_number_check_digit"),
        ({"id_number": "11010519491231002"}, "id_number", "id_number_length"),
        ({"id_number": "11010519491331002X"}, "id_number", "id_number_check_digit"),
        ({"id_number": "11010519491231002X", "birth_date": "1949-12-30"}, "birth_date", "birth_date_disagrees"),
        ({"id_number": "11010519491231002X", "sex": "M"}, "sex", "id_number_sex"),
        ({"id_number": "AB<script>"}, "id_number", "field_characters"),
        ({"name": ""}, "name", "field_missing"),
        ({"name": "x" * 81}, "name", "field_too_long"),
        ({"name": "<b>"}, "name", "field_characters"),
        ({"birth_date": "12/08/1974"}, "birth_date", "birth_date_invalid"),
        ({"birth_date": "1974-02-30"}, "birth_date", "birth_date_invalid"),
        ({"birth_date": "2031-01-01"}, "birth_date", "born_after_arrival"),
        ({"sex": "female"}, "sex", "sex_invalid"),
        ({"nationality": "Italy"}, "nationality", "nationality_invalid"),
        ({"religion": "none"}, "religion", "field_not_asked"),
    ],
)
def test_a_typed_field_that_cannot_be_is_refused_by_name(typed: dict[str, str], field: str, code: str) -> None:
    problems = typed_problems(typed, SANDBOX, TODAY)
    assert [(problem.field, problem.code) for problem in problems] == [(field, code)]
    assert code in REASON


def test_a_passport_number_is_no_resident_number() -> None:
    assert typed_problems({"name": "张三", "id_number": "EA1234567"}, SANDBOX, TODAY) == ()


def test_a_resident_number_fills_in_birth_date_sex_and_nationality() -> None:
    fields = conclude(gather(None, {"name": "林晓雨", "id_number": "11010519491231002x"}, {}))
    assert fields["birth_date"] == "1949-12-31"
    assert (fields["sex"], fields["nationality"]) == ("F", "CHN")
