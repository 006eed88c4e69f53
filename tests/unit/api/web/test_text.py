"""The sentences of the pages: all there in both languages, all used, with the same blanks to fill."""

import re
import string
from collections.abc import Iterator
from itertools import chain
from typing import get_args

import pytest

from api.http.problems import of_error
from api.web.shell.render import HERE
from api.web.text import CATALOG, say, say_code, say_purpose, say_reason, say_refusal
from api.web.text.pair import LANGUAGES, Language
from gateway.domain.documents import DOCUMENT_KINDS, FIELDS
from gateway.domain.errors import InputRefused, LodgekeyError, StaysOverlap
from gateway.domain.events import FEED_EVENTS
from gateway.domain.keys.key import KEY_STATES, HoldUp
from gateway.domain.stays.offer import OFFER_STATES
from gateway.domain.stays.stay import STAY_STATES
from gateway.domain.verification.consent import PURPOSES, consent_text
from gateway.domain.verification.sentences import SENTENCES
from gateway.registries import REGISTRIES

SOURCES = [
    *(HERE / "templates").rglob("*.html"),
    *(p for p in HERE.rglob("*.py") if p.parent.name != "text"),
    HERE / "text/__init__.py",
]
# families whose members are picked by a code at run time
FAMILIES = (
    "act",
    "alarm",
    "app",
    "band",
    "bolt",
    "case.picture",
    "case.reason",
    "consumer",
    "document",
    "door.asks",
    "door.seen_by",
    "error",
    "exportstate",
    "faces",
    "fact",
    "fault",
    "filing",
    "holdup",
    "key",
    "kind",
    "mapstate",
    "mood",
    "notice",
    "noticecode",
    "once",
    "offerstate",
    "opening.purpose",
    "record",
    "sex",
    "staffmay",
    "staffrole",
    "standing",
    "stay",
    "tester.col",
    "age",
    "span",
    "way",
    "level",
)
STAGES = ("review", "refused", "asked_again", "verified", "taken_back", "ended")


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def errors(cls: type[LodgekeyError] = LodgekeyError) -> Iterator[type[LodgekeyError]]:
    yield cls
    for child in cls.__subclasses__():
        yield from errors(child)


@pytest.mark.parametrize("name", list(CATALOG))
def test_both_languages_say_it_with_the_same_blanks(name: str) -> None:
    text = CATALOG[name]
    assert text.zh.strip()
    assert text.en.strip()
    assert blanks(text.zh) == blanks(text.en)


def test_every_sentence_a_page_asks_for_exists() -> None:
    asked = set(chain.from_iterable(re.findall(r'_\(["\']([\w.]+)["\'][,)]', path.read_text()) for path in SOURCES))
    assert len(asked) > 80
    assert asked - set(CATALOG) == set()


def test_no_sentence_is_left_that_no_page_shows() -> None:
    source = "".join(path.read_text() for path in SOURCES)
    by_code = tuple(f"{family}." for family in FAMILIES)
    rest = [name for name in CATALOG if not name.startswith(by_code) and f'"{name}"' not in source.replace("'", '"')]
    built = {f"{stage}.{part}" for stage in STAGES for part in ("title", "sentence")}
    built |= {
        name
        for name in CATALOG
        if name.startswith(
            ("keypage.", "officer.col.", "case.done.", "filing.done.", "staypage.", "export.", "noticepage.")
        )
    }
    assert [name for name in rest if name not in built] == []


@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("stay", STAY_STATES),
        ("offerstate", OFFER_STATES),
        ("key", {*KEY_STATES.values(), "expiring", "expired"}),
        ("holdup", get_args(HoldUp)),
        ("kind", FEED_EVENTS.values()),
        ("door.asks", FIELDS),
        ("document", DOCUMENT_KINDS),
        ("fact", {path for registry in REGISTRIES.values() for path in registry.facts.of_tenant}),
        ("error", {error.code for error in errors()}),
    ],
)
def test_every_word_of_the_rules_has_a_name(family: str, codes: set[str]) -> None:
    assert {code for code in codes if f"{family}.{code}" not in CATALOG} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_consent_is_in_the_language_of_the_page(language: Language, purpose: str) -> None:
    assert consent_text(purpose, language[:2]).words


def test_a_code_nobody_named_is_shown_and_not_hidden() -> None:
    assert say_code("en", "key", "melted_away") == "melted away"
    assert say_code("zh-CN", "key", None) == "未知"


def test_a_purpose_keeps_the_note_behind_it() -> None:
    assert say_purpose("zh-CN", "complaint: 14/2026") == "处理投诉或报警: 14/2026"
    assert say_purpose("en", "deciding a case") == "deciding a case"


def test_a_refused_field_says_what_to_do_in_the_readers_language() -> None:
    error = InputRefused("A resident ID number …", fields=[{"field": "id_number", "code": "id_number_check_digit"}])
    assert say_refusal("zh-CN", error) == SENTENCES["id_number_check_digit"]["zh"]
    assert say_reason("en", "face_unsure") == SENTENCES["face_unsure"]["en"]


def test_a_refusal_in_english_keeps_the_dates_it_knows() -> None:
    error = StaysOverlap("The unit is taken from 2026-12-01T15:00 until 2026-12-03T11:00. Please choose other dates.")
    assert say_refusal("en", error) == error.detail
    assert say_refusal("zh-CN", error) == say("zh-CN", "error.stays_overlap")
    assert of_error(error).status_code == 409
