"""Languages, timestamps, and the headers of every page."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.framework.negotiation import choose_language
from api.web.landlord.pages import draw_code
from api.web.shell.moments import iso, local_input, tell_age, tell_moment
from api.web.shell.render import HERE, PAGE_HEADERS, STATIC, fingerprint, render
from gateway.texts.durations import span_text
from gateway.texts.languages import LANGUAGES, Language
from tests.browser.samples.facts import NOW
from tests.browser.samples.pages import SAMPLES

INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)
PATH = re.compile(r"\w\[\d+\]|\b(?:unit|landlord|person|people)\.\w")


@given(st.text(max_size=200))
def test_no_accept_language_header_breaks_a_page(header: str) -> None:
    assert choose_language(None, None, header) in LANGUAGES


def test_a_moment_is_shown_on_the_wall_clock_of_the_unit() -> None:
    assert tell_moment(NOW, "Asia/Shanghai", "zh-CN", NOW) == "11月22日周日 06:26"
    assert tell_moment(NOW, "Europe/Rome", "en", NOW) == "Sat 21 Nov, 23:26"
    assert tell_moment("2027-01-05T11:00:00+08:00", "UTC", "en", NOW) == "Tue, 5 Jan 2027, 11:00"
    assert local_input("2027-01-05T11:00:00+08:00") == "2027-01-05T11:00"
    assert local_input(NOW, "Asia/Shanghai") == "2026-11-22T06:26"
    assert iso(0) == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("seconds", "reported"),
    [
        (-5, "just now"),
        (4, "just now"),
        (59, "59 sec ago"),
        (60, "1 min ago"),
        (119, "1 min ago"),
        (7200, "2 hr ago"),
        (10 * 86_400 + 5, "10 days ago"),
    ],
)
def test_an_age_is_shown_in_one_unit(seconds: int, reported: str) -> None:
    assert tell_age(NOW - seconds, "en", NOW) == reported


@pytest.mark.parametrize(
    ("language", "moment", "age", "span"),
    [
        ("zh-CN", "2027年1月5日周二 11:00", "3天前", "5小时"),
        ("es", "mar, 5 ene 2027, 11:00", "hace 3 d", "5\u00a0h"),
        ("it", "mar 5 gen 2027, 11:00", "3 gg fa", "5\u00a0h"),
        ("pt", "terça, 5/01/2027, 11:00", "há 3 dias", "5\u00a0h"),
    ],
)
def test_times_are_shown_as_the_language_does(language: Language, moment: str, age: str, span: str) -> None:
    assert tell_moment("2027-01-05T11:00:00+08:00", "UTC", language, NOW) == moment
    assert tell_age(NOW - 3 * 86_400, language, NOW) == age
    assert span_text(241, language) == span


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(SAMPLES))
def test_no_page_carries_a_script_or_style_of_its_own(name: str, language: Language) -> None:
    template, values = SAMPLES[name]
    html = render(
        template, language, {"notice": None, "faults": (), "wrong": {}, "here": "/", "now": NOW, "role": None} | values
    )
    assert INLINE.findall(html) == []
    assert f'<html lang="{language}" dir="ltr"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_names_a_field_by_its_path_in_a_record(language: Language) -> None:
    usual: dict[str, Any] = {"notice": None, "faults": (), "wrong": {}, "here": "/", "now": NOW, "role": None}
    pages = {name: render(template, language, usual | values) for name, (template, values) in SAMPLES.items()}
    assert [name for name, html in pages.items() if PATH.search(visible(html))] == []


def visible(html: str) -> str:
    """What is read on a page: its text without tags and what they carry."""
    return re.sub(r"<[^>]*>", " ", html)


def test_what_people_wrote_cannot_become_part_of_a_page() -> None:
    template, values = SAMPLES["asked-again"]
    onboarding = values["onboarding"].model_copy(update={"decision_reason": "<img src=x onerror=alert(1)>"})
    usual: dict[str, Any] = {"notice": None, "faults": (), "wrong": {}, "here": "/", "now": NOW, "role": None}
    html = render(template, "en", usual | values | {"onboarding": onboarding})
    assert "&lt;img" in html
    assert "<img src=x" not in html


def test_a_link_is_drawn_without_inline_style() -> None:
    assert "style=" not in draw_code("https://lodgekey.example/o/abc")


def test_pages_are_not_kept_and_files_are_known_by_their_content() -> None:
    assert PAGE_HEADERS["Cache-Control"] == "no-store"
    assert re.fullmatch(r"/static/shared/app\.css\?v=[0-9a-f]{10}", fingerprint("shared/app.css"))


def test_no_script_reaches_another_site() -> None:
    for module in STATIC.rglob("*.js"):
        assert not re.search(r"https?://|eval\(|new Function", module.read_text()), module.name


def test_every_template_is_shown_by_a_sample() -> None:
    parts = {
        "shared/base.html",
        "shared/parts.html",
        "account/new_password.html",
        "officer/record_row.html",
        "shared/facts.html",
        "tenant/family.html",
        "shared/fields.html",
        "tester/lock_tile.html",
        "officer/cases.html",
        "officer/news.html",
        "shared/attention.html",
        "landlord/booking_fields.html",
        "shared/correct.html",
        "tenant/refusals.html",
        "tenant/own_dates.html",
        "tenant/erasure.html",
    }
    assert {str(path.relative_to(HERE / "templates")) for path in (HERE / "templates").rglob("*.html")} - parts == {
        name for name, _ in SAMPLES.values()
    }


def test_a_page_where_nothing_is_awaited_asks_seldom() -> None:
    usual: dict[str, Any] = {"notice": None, "faults": (), "wrong": {}, "here": "/", "now": NOW, "role": None}
    paced = [
        name
        for name, (template, values) in SAMPLES.items()
        if 'data-pace="slow"' in render(template, "en", usual | values)
    ]
    assert paced == ["companion", "key", "key-by-hand"]


def test_styles_name_sides_by_the_direction_of_the_text() -> None:
    """margin-left stays on the left where a language is read from the right; margin-inline-start does not."""
    physical = re.compile(r"(?:margin|padding|border|inset)-(?:left|right)\b|(?:text-align|float): ?(?:left|right)")
    side = re.compile(r"[{;]\s*(?:left|right):")
    found = {
        sheet.name: [*physical.findall(sheet.read_text()), *side.findall(sheet.read_text())]
        for sheet in STATIC.rglob("*.css")
    }
    assert len(found) == 2
    assert {name: sides for name, sides in found.items() if sides} == {}


def test_the_dark_theme_sets_other_colours_and_nothing_else() -> None:
    """The browser tests check a page whole in the light theme, and only its colours in the dark one."""
    sheets = "".join(sheet.read_text() for sheet in STATIC.rglob("*.css"))
    dark = re.findall(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{([^{}]*)\}\s*\}", sheets)
    assert len(dark) == sheets.count("prefers-color-scheme") == 1
    assert re.fullmatch(r"(?:\s*--[a-z-]+: #(?:[0-9a-f]{3}){1,2};)+\s*", dark[0])


def test_no_form_is_checked_by_the_browsers_own_bubbles() -> None:
    usual: dict[str, Any] = {"notice": None, "faults": (), "wrong": {}, "here": "/", "now": NOW, "role": None}
    for name, values in SAMPLES.values():
        html = render(name, "en", usual | values)
        checked = [form for form in re.findall(r"<form.*?</form>", html, re.DOTALL) if " novalidate" not in form]
        assert not [form for form in checked if re.search(r"\s(?:required|pattern|type=\"(?:email|number|url))", form)]
