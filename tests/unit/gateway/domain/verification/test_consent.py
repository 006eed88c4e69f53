"""Consent texts never change within a version; the limit on stored faces."""

from dataclasses import replace

import pytest

from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification.consent import (
    LANGUAGES,
    LATEST,
    PURPOSES,
    TEXTS,
    UnknownText,
    consent_language,
    consent_text,
    fill_in,
)
from gateway.domain.verification.stored_faces import judge_stored_faces, may_store_face
from gateway.texts.languages import LANGUAGES as PAGE_LANGUAGES

FIXED = {
    "defef6f291371005cbc2d0301e954454fc551e7840bd979656ab924d90a0bb87",  # registration 2026-11 en
    "1ad06ee60b8968d63193a541a7d7e480c4614b9f3f1f07d0e079413ab7edfe91",  # registration 2026-11 zh
    "84481b7fb18cb0b0fcac578a825d30dcac007398de31686286cf32859df9be10",  # face 2026-11 en
    "d16150bcb8abf98b848e244850a62fa263c537381efcc672c4af2e3949f9c05e",  # face 2026-11 zh
    "7aefdcaa4882507833f6bd5a73405c2ecd90d62719eac9a8efed3cc22fcbdcbe",  # guardian 2026-11 en
    "ceb911e5df57ad07946c8341c7347e60b0f66cbd0e728b99d0c8a2a36c8ee40c",  # guardian 2026-11 zh
    "6bcf9304a8bcd3a6b92900114188d236a81496757a407e119a71d88add96a8d2",  # registration 2026-11-28 en
    "65ad320b84f0cc13798729943b12d9dc4e2640f825f04dc4867db602deeb7d9b",  # registration 2026-11-28 zh
    "f1c9e11e6258dc3049765f2117692171243f8e0fdf2806dfe500627b2ab3434c",  # registration 2026-11-28 es
    "8d58d14f0983684dd0dd0fe095afb658999dc4e939be40b8260bb390b8d16c7f",  # registration 2026-11-28 it
    "410e03cd52603ae9f3f0480ce0ca530137940f09b26bbae91cfb51a99cf33d26",  # registration 2026-11-28 pt
    "75a30c9bc316c99cb11a0c5b468377573fbf647c37b391d02920ad4c3f7a956e",  # face 2026-11-28 en
    "1bff5bc1d828c5a83913079d52ae07b7bc3b1b795696c4f2ade5508f46ceceef",  # face 2026-11-28 zh
    "e103afc0963c89d4e3fd1a5170965c283e0593152453b53145d679446f32b406",  # face 2026-11-28 es
    "1e3fc6ee0e7e3afd85f0f1ff3246df2b8e0af77534f8502e0fd4bd63d7a1077b",  # face 2026-11-28 it
    "1bdf8e47db4595bc673888aefbaac2bc3dd5cc72079c7b7f98e13137237eeaac",  # face 2026-11-28 pt
    "3b5caac888bdca92e54fd86a12aa229e3577f9d47f404bcf6dda7912efa1807f",  # guardian 2026-11-28 en
    "52504d11d62272a8ab50e49cb7fa6be3a7e11db166685d34f7dd132117c0f529",  # guardian 2026-11-28 zh
    "1ad9746989d8f2e040bff84739259ff998a501e895511b6b164dbb1ec6413668",  # guardian 2026-11-28 es
    "6122023658717a5d8151fd1fa627d12c4d78cbc188d1d3a426a4cd7e93a287c1",  # guardian 2026-11-28 it
    "ce8301b2466420cca3ba4821be805fb30367ad24eca49b74edf6e4bbee05a3cf",  # guardian 2026-11-28 pt
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


def test_the_words_of_a_version_never_change() -> None:
    assert {text.digest for text in TEXTS} == FIXED


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_consent_is_in_the_language_of_the_page(language: str, purpose: str) -> None:
    assert consent_text(purpose, consent_language(language)).language == language[:2]


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
