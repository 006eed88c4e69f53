"""Bad input in a tenant's forms: each wrong field is named by its label, and nothing that was typed is lost.

A form is sent with all of its fields wrong at once, in rounds: empty, too long, markup, another alphabet, wrong dates.
"""

from itertools import cycle
from typing import Final

import pytest

from gateway.registering.attempts import AttemptLimiter
from gateway.texts.identity import REASON
from gateway.texts.languages import LANGUAGES, Language
from gateway.texts.translator import translator
from tests.parts.house import House
from tests.unit.api.http.tenant.test_stay import signed
from tests.unit.api.web.refused_form import LONG, OPENING, READ_IN, TEXTS, Page, Wrong, report_in, rounds_of
from tests.unit.api.web.tenant.test_onboarding_errors import PASSPORT
from tests.unit.api.web.test_pages import tenant_with_link

NO_CODE: Final = ("", "ZZZ", LONG, "<b>")
OF_DOCUMENT: Final[Wrong] = {
    "document_kind": ("passport", "library_card", LONG, "<b>", "passport"),
    "id_number": ("", "号123", LONG, "<b>", "--"),
    "issuing_state": NO_CODE,
    "surname": ("", "<b>", LONG, "{b}", "\u0001"),
    "given_names": (LONG, "<b>", LONG, "{b}", "\u0001"),
    "birth_date": ("", "2999-01-01", "17.05.1990", "1990-02-30", "1790-01-01"),
    "nationality": NO_CODE,
    "sex": ("", "W", LONG, "<b>"),
}
CONSENTED: Final = {"text_version": "2026-11", "check": "person", "consent_registration": "yes"}


@pytest.fixture(autouse=True)
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AttemptLimiter, "hit", lambda *_: None)


async def test_every_wrong_field_of_the_typed_document_is_named(house: House) -> None:
    tenant = await tenant_with_link(house)
    found: list[str] = []
    for language, wrong in zip(cycle(READ_IN), rounds_of(OF_DOCUMENT)):
        answer = await tenant.post(f"/onboarding?lang={language}", data=CONSENTED | wrong)
        page = Page(answer.text)
        right = {"document_kind"} if wrong["document_kind"] == "passport" else set()
        assert (answer.status_code, {*wrong} - right - {*page.said()}) == (422, set()), wrong
        found += page.faults(language, wrong)
    assert found == []


@pytest.mark.parametrize("registry", OPENING)
async def test_every_wrong_answer_to_a_question_of_the_registry_is_named(house: House, registry: str) -> None:
    report_in(house, registry)
    tenant = await tenant_with_link(house)
    page = Page((await tenant.get("/onboarding")).text)
    asked = page.asked("fact.")
    document = {name: text for name, text in PASSPORT.items() if page.has(name)}
    every = [dict.fromkeys(asked, text) for text in ("", *TEXTS)]
    rounds = [*every[:3], *(answers | OPENING[registry] for answers in every[::2] if OPENING[registry])]
    found: list[str] = []
    named: set[str] = set()
    for language, wrong in zip(cycle(READ_IN), rounds):
        sent = document | wrong
        answer = await tenant.post(f"/onboarding?lang={language}", data=CONSENTED | sent)
        assert answer.status_code == 422, wrong
        page = Page(answer.text)
        named |= {*page.said()}
        found += page.faults(language, sent)
    assert (found, {*asked} - named) == ([], set())


async def test_another_adult_on_this_phone_reads_the_same_sentences(house: House) -> None:
    key_id = await house.key()
    (tenant,) = [client for client in house.clients if "Authorization" in client.headers]
    begun = await tenant.post(f"/api/v1/keys/{key_id}/companions/here", json=signed(house, "companion", key_id))
    assert begun.status_code == 204
    wrong = next(rounds_of(OF_DOCUMENT))
    answer = await tenant.post("/companion?lang=es", data=CONSENTED | wrong)
    assert (answer.status_code, {*wrong} - {*Page(answer.text).said()}) == (422, {"document_kind"})
    assert list(Page(answer.text).faults("es", wrong)) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_name_in_the_wrong_field_is_asked_for_in_the_right_one(house: House, language: Language) -> None:
    """Whose document shows one name may enter it as given names."""
    tenant = await tenant_with_link(house)
    answer = await tenant.post(f"/onboarding?lang={language}", data=CONSENTED | PASSPORT | {"surname": ""})
    page = Page(answer.text)
    sentence = translator(language).translate(REASON["surname_missing"])
    assert page.said() == {
        "surname": translator(language).translate("{field}: {sentence}", field=page.label("surname"), sentence=sentence)
    }
    assert list(page.faults(language, PASSPORT | {"surname": ""})) == []
    alone = await tenant.post("/onboarding", data=CONSENTED | {"given_names": "Suharto"})
    assert "document_kind" in Page(alone.text).said()
    assert Page(alone.text).root.xpath("//details[@id='typed'][@open]")
