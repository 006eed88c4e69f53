"""Bad input in the forms of officers and landlords: each wrong field is named by its label, nothing typed is lost."""

import re
from itertools import cycle
from typing import Final

import pytest

from gateway.registries import REGISTRIES
from gateway.texts.languages import Language
from tests.parts.house import House
from tests.unit.api.web.refused_form import LONG, OPENING, TEXTS, Page, Wrong, refuse_record, report_in, rounds_of
from tests.unit.api.web.test_pages import waiting_case

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh-CN")
"""Those in which the texts for staff are complete."""
OF_FIELD: Final[Wrong] = {
    "surname": (LONG, "<b>"),
    "given_names": (LONG, "{b}"),
    "document_kind": (LONG, "library_card"),
    "id_number": (LONG, "号123"),
    "issuing_state": (LONG, "ZZZ"),
    "birth_date": ("17.05.1990", "2999-01-01"),
    "nationality": (LONG, "ZZZ"),
    "sex": (LONG, "W"),
}
FREE: Final = (
    "address",
    "entry.day",
    "residence.street",
    "residence.municipality",
    "residence.postal_code",
    "phone",
    "document.support",
    "visa.number",
    "visa.valid_until",
)
REASON: Final = "as on the document"
OF_UNITS: Final = [name for name, one in REGISTRIES.items() if one.facts.unit or one.facts.landlord]
FACTS: Final = ("<b>", LONG, "\u0001", "号")


@pytest.mark.parametrize("registry", OPENING)
async def test_every_wrong_correction_of_a_record_is_named(house: House, registry: str) -> None:
    await house.key()
    report_in(house, registry)
    officer, path = house.client("officer-a"), f"/officer/filings/{refuse_record(house)}"
    offered = re.findall(r'<option value="([^"]+)"', (await officer.get(path)).text)
    found: list[str] = []
    asked = [name for name in offered if name not in OF_FIELD or registry == "it"]  # those of the document once
    wrongs = [(name, text) for name in asked for text in OF_FIELD.get(name, TEXTS[:2])]
    for language, (name, text) in zip(cycle(LANGUAGES), wrongs):
        body = {"field": name, "value": text, "reason": REASON}
        answer = await officer.post(f"{path}/correction?lang={language}", data=body)
        if answer.status_code == 303 and name in FREE and text != LONG:
            continue  # the registry takes any text there, or does not ask this of this person
        assert answer.status_code == 422, (name, text)
        page = Page(answer.text)
        assert [*page.said()] == ["value"], (name, text)
        found += [f"{name}: {why}" for why in page.faults(language, {"value": text, "reason": REASON})]
    assert found == []


@pytest.mark.parametrize("registry", OPENING)
async def test_every_wrong_field_of_a_case_is_named(house: House, registry: str) -> None:
    _, case = await waiting_case(house)
    report_in(house, registry)
    officer, path = house.client("officer-a"), f"/officer/cases/{case}"
    asked = Page((await officer.get(path)).text).asked("")
    assert "reason" in asked
    wrongs = {name: OF_FIELD.get(name, TEXTS) for name in asked if name != "reason"}
    found: list[str] = []
    named: set[str] = set()
    for language, wrong in zip(cycle(LANGUAGES), rounds_of(wrongs)):
        sent = {f"field.{name}": text for name, text in wrong.items()}
        answer = await officer.post(f"{path}?lang={language}", data={"decision": "pass", "reason": "seen"} | sent)
        assert answer.status_code == 422
        page = Page(answer.text)
        named |= {*page.said()}
        found += page.faults(language, wrong | {"reason": "seen"})
    assert (found, {*wrongs} - named) == ([], set())


@pytest.mark.parametrize("registry", OF_UNITS)
async def test_every_wrong_fact_of_a_unit_is_named(house: House, registry: str) -> None:
    report_in(house, registry)
    landlord, path = house.client("landlord-a"), f"/landlord/units/{house.units['a']}"
    page = Page((await landlord.get(path)).text)
    asked = [name for name in page.asked("") if name.startswith(("unit.", "landlord."))]
    found: list[str] = []
    for language, text in zip(cycle(LANGUAGES), FACTS):
        sent = dict.fromkeys(["address", *asked], text)
        answer = await landlord.post(f"{path}/facts?lang={language}", data=sent)
        if answer.status_code == 303 and text != LONG:
            continue  # the registry takes any text there
        assert answer.status_code == 422, text
        page = Page(answer.text)
        found += page.faults(language, sent)
    assert found == []
