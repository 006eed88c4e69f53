"""Error text in the reader's language: by its fields, by its own sentence, or by its code."""

from api.http.problems import of_error
from api.services.error_text import error_text
from gateway.domain.errors import InputRefused, StaysOverlap
from gateway.texts.families import FAMILIES
from gateway.texts.translator import translator


def test_a_refused_field_says_what_to_do_in_the_readers_language() -> None:
    field = {"field": "id_number", "code": "id_number_check_digit"}
    error = InputRefused("A resident ID number …", fields=[field, field])
    text = FAMILIES["reason"]["id_number_check_digit"]
    assert error_text("en", error) == text
    assert error_text("zh-CN", error) == translator("zh-CN").translate(text)


def test_english_keeps_the_dates_an_error_knows_and_other_languages_its_code() -> None:
    error = StaysOverlap("The unit is taken from 2026-12-01T15:00 until 2026-12-03T11:00. Please choose other dates.")
    assert error_text("en", error) == error.detail
    assert error_text("zh-CN", error) == translator("zh-CN").translate(FAMILIES["error"]["stays_overlap"])
    assert of_error(error).status_code == 409


def test_an_error_whose_own_words_are_translated_is_shown_in_them() -> None:
    error = InputRefused(FAMILIES["error"]["offer_expired"])
    assert error_text("zh-CN", error) == translator("zh-CN").gettext(error.detail) != error.detail
