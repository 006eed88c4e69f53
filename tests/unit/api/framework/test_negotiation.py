"""Language of a page: requested, chosen, or preferred by the browser; language of a terminal: by its locale."""

import pytest

from api.framework.negotiation import choose_language
from gateway.texts.languages import LANGUAGES, LOCALES, NAMES, direction_of, language_of_locale


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-Hant-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-CN", "zh-CN"),
        ("pt-BR,pt;q=0.9", "pt"),
        ("es-419,en;q=0.8", "es"),
        ("IT-it", "it"),
        ("fr, de;q=0.9, it;q=0.5, en;q=0.4", "it"),
        ("en;q=0.2, pt;q=0.9", "pt"),
        ("es;q=0, pt;q=0.1", "pt"),
        ("es ; q = 0.3 , it ; q=0.4", "it"),
        ("it;q=high, es;q=0.1", "es"),
        ("it;q=nan, es;q=0.1", "es"),
        ("it;level=1;q=0.1, es;q=0.2", "es"),
        ("es, it", "es"),
        ("*", "en"),
        ("fr", "en"),
        (";;,,=", "en"),
        ("", "en"),
    ],
)
def test_the_most_wanted_language_that_is_here_answers(header: str, language: str) -> None:
    assert choose_language(None, None, header) == language


def test_what_was_asked_for_comes_before_what_was_chosen_before_what_is_preferred() -> None:
    assert choose_language("it", "es", "pt") == "it"
    assert choose_language(None, "es", "pt") == "es"
    assert choose_language("klingon", "es", "pt") == "es"
    assert choose_language("klingon", "tlh", "pt") == "pt"


def test_only_the_beginning_of_an_endless_header_is_read() -> None:
    assert choose_language(None, None, "fr," * 20 + "it") == "en"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh_CN.UTF-8", "zh-CN"),
        ("zh_TW", "zh-CN"),
        ("es_ES@euro", "es"),
        ("pt", "pt"),
        ("it_CH.UTF-8", "it"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("fr_FR.UTF-8", "en"),
        ("", "en"),
    ],
)
def test_a_terminals_language_is_its_locales(locale: str, language: str) -> None:
    assert language_of_locale(locale) == language


def test_every_language_has_a_name_of_its_own_and_a_locale() -> None:
    assert tuple(NAMES) == tuple(LOCALES) == LANGUAGES


@pytest.mark.parametrize(("tag", "direction"), [("ar", "rtl"), ("he-IL", "rtl"), ("en", "ltr"), ("arn", "ltr")])
def test_the_direction_of_a_language_is_that_of_its_script(tag: str, direction: str) -> None:
    assert direction_of(tag) == direction
