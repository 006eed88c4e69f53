"""The registration form after a refusal: one sentence and one link per field, in five languages, and nothing lost."""

import re
from html import unescape

import httpx
import pytest

from gateway.texts.families import code_text, reason_text
from gateway.texts.languages import LANGUAGES, Language
from tests.parts.house import House, photograph
from tests.unit.api.web.test_pages import tenant_with_link

LINK = re.compile(r'<a href="#in-([\w.]+)">([^<]+)</a>')
BESIDE = re.compile(r'<small class="bad" id="wrong-([\w.]+)">([^<]+)</small>')
PASSPORT = {
    "document_kind": "passport",
    "id_number": "XR1001R58",
    "issuing_state": "NLD",
    "surname": "Voorbeeld",
    "given_names": "Ada",
    "birth_date": "1990-05-17",
    "nationality": "NLD",
    "sex": "F",
}


def links(answer: httpx.Response) -> dict[str, str]:
    """The summary's sentences by the field they lead to."""
    return {name: unescape(text) for name, text in LINK.findall(answer.text)}


def chosen_in(html: str, name: str) -> str | None:
    """The option of a list that is chosen on the page."""
    options = re.search(rf'<select id="in-{name}".*?</select>', html, re.DOTALL)
    assert options, name
    found = re.search(r'<option value="([^"]*)" selected>', options[0])
    return found and found[1]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_faults_of_all_three_steps_are_shown_at_once_with_a_link_each(house: House, language: Language) -> None:
    tenant = await tenant_with_link(house)
    wrong = PASSPORT | {"id_number": "号123", "birth_date": "2999-01-01", "sex": ""}
    answer = await tenant.post(f"/onboarding?lang={language}", data=wrong | {"text_version": "2026-11"})
    assert answer.status_code == 422
    assert list(links(answer)) == ["id_number", "birth_date", "sex", "check", "consent_registration"]
    number, reason = code_text(language, "field", "id_number"), reason_text(language, "field_characters")
    assert number in links(answer)["id_number"]
    assert reason in links(answer)["id_number"]
    assert links(answer) == {name: unescape(text) for name, text in BESIDE.findall(answer.text)}


async def test_every_link_leads_to_a_field_that_is_marked_and_described_by_its_sentence(house: House) -> None:
    tenant = await tenant_with_link(house)
    answer = await tenant.post("/onboarding", data={"text_version": "2026-11", "check": "face"})
    assert list(links(answer)) == ["document", "consent_face", "face", "consent_registration"]
    for name in links(answer):
        field = re.search(rf'<input[^>]* id="in-{name}"[^>]*>', answer.text)
        assert field, name
        assert 'aria-invalid="true"' in field[0]
        assert f'wrong-{name}"' in field[0]


async def test_nothing_entered_is_lost_and_lost_photos_are_said(house: House) -> None:
    tenant = await tenant_with_link(house)
    form = PASSPORT | {"id_number": "号123", "text_version": "2026-11", "check": "face"}
    form |= {"consent_face": "yes", "consent_registration": "yes", "consent_guardian": "yes"}
    answer = await tenant.post("/onboarding", data=form, files={"face": ("f.jpg", photograph())})
    html = answer.text
    assert list(links(answer)) == ["id_number"]
    for text in ("号123", "Voorbeeld", "Ada", "1990-05-17"):
        assert f'value="{text}"' in html
    picked = {name: chosen_in(html, name) for name in ("document_kind", "issuing_state", "nationality", "sex")}
    assert picked == {name: PASSPORT[name] for name in picked}
    ticked = re.findall(r'<input type="(?:radio|checkbox)"([^>]*) checked', html)
    assert len(ticked) == 4
    assert "Take the photos again" in html
    assert "Take the photos again" not in (await tenant.post("/onboarding", data=form | {"check": "person"})).text


async def test_a_refusal_after_the_examination_leads_to_its_field(house: House) -> None:
    """A fact that is no choice of the registry: refused by the gateway, shown beside the field."""
    tenant = await tenant_with_link(house)
    form = PASSPORT | {"text_version": "2026-11", "check": "person", "consent_registration": "yes"}
    answer = await tenant.post("/onboarding", data=form | {"fact.residence.country": "ZZZ"})
    assert answer.status_code == 422
    assert "novalidate" in answer.text
