"""Consent texts that never change under their version, and the limit of stored faces."""

from dataclasses import replace

import pytest

from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification.consent import LANGUAGES, LATEST, PURPOSES, TEXTS, UnknownText, consent_text, fill_in
from gateway.domain.verification.stored_faces import judge_stored_faces, may_store_face

FIXED = {
    "defef6f291371005cbc2d0301e954454fc551e7840bd979656ab924d90a0bb87",
    "1ad06ee60b8968d63193a541a7d7e480c4614b9f3f1f07d0e079413ab7edfe91",
    "84481b7fb18cb0b0fcac578a825d30dcac007398de31686286cf32859df9be10",
    "d16150bcb8abf98b848e244850a62fa263c537381efcc672c4af2e3949f9c05e",
    "7aefdcaa4882507833f6bd5a73405c2ecd90d62719eac9a8efed3cc22fcbdcbe",
    "ceb911e5df57ad07946c8341c7347e60b0f66cbd0e728b99d0c8a2a36c8ee40c",
}
CHINA = load_profiles()["cn"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_has_its_latest_text_in_both_languages(purpose: str, language: str) -> None:
    text = consent_text(purpose, language)
    assert text.version == LATEST
    filled = fill_in(text, CHINA)
    assert "{" not in filled
    reported = {"registration": CHINA.keep_registration_days, "face": CHINA.keep_evidence_days, "guardian": 18}
    assert str(reported[purpose]) in filled


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.purpose}-{text.version}-{text.language}")
def test_the_words_of_a_version_never_change(text: object) -> None:
    assert getattr(text, "digest", "") in FIXED


def test_a_text_nobody_was_shown_cannot_have_been_agreed_to() -> None:
    with pytest.raises(UnknownText):
        consent_text("face", "en", "1999-01")
    with pytest.raises(UnknownText):
        consent_text("marketing", "en")


def test_the_guardian_is_named_with_the_age_of_the_place() -> None:
    assert "14 years" in fill_in(consent_text("face", "en"), CHINA)
    assert "guardian" not in fill_in(consent_text("face", "en"), replace(CHINA, face_guardian_under=0))


@pytest.mark.parametrize(
    ("people", "state"), [(0, "free"), (79_999, "free"), (80_000, "warn"), (99_999, "warn"), (100_000, "blocked")]
)
def test_stored_faces_warn_at_eighty_and_stop_at_a_hundred_thousand(people: int, state: str) -> None:
    assert judge_stored_faces(people, CHINA, filed=False).state == state


def test_a_filing_or_a_place_without_the_rule_frees_the_count() -> None:
    assert judge_stored_faces(500_000, CHINA, filed=True).state == "free"
    assert judge_stored_faces(500_000, load_profiles()["it"], filed=False).state == "free"


def test_one_may_choose_to_be_warned_instead_of_stopped() -> None:
    count = judge_stored_faces(100_000, CHINA, filed=False, block=False)
    assert (count.state, count.filing_days) == ("filing_due", 30)


def test_the_face_that_would_reach_the_limit_is_not_stored() -> None:
    keeping = replace(CHINA, keep_portrait=True)
    assert may_store_face(99_998, keeping, filed=False)
    assert not may_store_face(99_999, keeping, filed=False)
    assert may_store_face(99_999, keeping, filed=True)
    assert not may_store_face(0, CHINA, filed=True)
