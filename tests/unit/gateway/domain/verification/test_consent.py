"""Consent texts that never change under their version, and the limit of stored faces."""

from dataclasses import replace

import pytest

from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification.consent import LANGUAGES, LATEST, PURPOSES, TEXTS, UnknownText, consent_text, fill_in
from gateway.domain.verification.stored_faces import judge_stored_faces, may_store_face

FIXED = {
    "defef6f291371005cbc2d0301e954454fc551e7840bd979656ab924d90a0bb87",  # registration 2026-11 en
    "1ad06ee60b8968d63193a541a7d7e480c4614b9f3f1f07d0e079413ab7edfe91",  # registration 2026-11 zh
    "84481b7fb18cb0b0fcac578a825d30dcac007398de31686286cf32859df9be10",  # face 2026-11 en
    "d16150bcb8abf98b848e244850a62fa263c537381efcc672c4af2e3949f9c05e",  # face 2026-11 zh
    "7aefdcaa4882507833f6bd5a73405c2ecd90d62719eac9a8efed3cc22fcbdcbe",  # guardian 2026-11 en
    "ceb911e5df57ad07946c8341c7347e60b0f66cbd0e728b99d0c8a2a36c8ee40c",  # guardian 2026-11 zh
    "6bcf9304a8bcd3a6b92900114188d236a81496757a407e119a71d88add96a8d2",  # registration 2026-11-28 en
    "65ad320b84f0cc13798729943b12d9dc4e2640f825f04dc4867db602deeb7d9b",  # registration 2026-11-28 zh
    "de0ab4d25e00d20e6219c241712846d717d8f0229af47b1f8c126b33ae87fe16",  # registration 2026-11-28 es
    "75a30c9bc316c99cb11a0c5b468377573fbf647c37b391d02920ad4c3f7a956e",  # face 2026-11-28 en
    "1bff5bc1d828c5a83913079d52ae07b7bc3b1b795696c4f2ade5508f46ceceef",  # face 2026-11-28 zh
    "34b809c4fe34c5351a36a7ce5f80cd41c303c526b3e3c4ceb7a68aee89185a25",  # face 2026-11-28 es
    "3b5caac888bdca92e54fd86a12aa229e3577f9d47f404bcf6dda7912efa1807f",  # guardian 2026-11-28 en
    "52504d11d62272a8ab50e49cb7fa6be3a7e11db166685d34f7dd132117c0f529",  # guardian 2026-11-28 zh
    "3f56ef8de52b8e187288a6ddb716adfdbe16ad9c946b6681004a5907af03345b",  # guardian 2026-11-28 es
}
CHINA = load_profiles()["cn"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_has_its_latest_text_in_every_language(purpose: str, language: str) -> None:
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
