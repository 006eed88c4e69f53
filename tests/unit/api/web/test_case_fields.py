"""Whoever decides a waiting case enters what the registry wants and nobody gave, checked before the decision."""

import re
from typing import Final

import pytest

from api.services.officer.cases import tables_for
from gateway.journey.filings.person_fields import person_fields
from gateway.store import Account, Person, Unit, Verification
from tests.parts.house import House, good
from tests.parts.world import report_to
from tests.unit.api.web.test_forms import kept, summary_of
from tests.unit.api.web.test_pages import waiting_case

PASS: Final = {"decision": "pass", "reason": "seen in person"}


async def waiting_in_italy(house: House) -> str:
    """A case that waits at a unit which by then reports to Italy's police; its id."""
    _, case = await waiting_case(house)
    with house.gateway.database.writing() as session:
        report_to(session.get_one(Unit, house.units["a"]), "it")
    return case


def state_of(house: House, case: str) -> tuple[str, str]:
    """The state of the case, and the country of birth that is stored of its person."""
    with house.gateway.database.reading() as session:
        row = session.get_one(Verification, case)
        person = session.get_one(Person, row.person_id)
        return row.state, person_fields(person, house.gateway.keyring).get("person.birth_country", "")


async def test_the_page_asks_for_what_the_registry_would_miss(house: House) -> None:
    case = await waiting_in_italy(house)
    officer = house.client("officer-a")
    page = (await officer.get(f"/officer/cases/{case}")).text
    assert "Missing for the registry" in page
    assert re.search(r'<select id="in-birth_country" name="field.birth_country"', page)
    named = good(await officer.get(f"/api/v1/cases/{case}"))["problems"]
    assert "birth_country" in named
    assert state_of(house, case) == ("review", "")


async def test_a_case_is_not_decided_while_a_field_is_missing_or_wrong(house: House) -> None:
    case = await waiting_in_italy(house)
    officer, path = house.client("officer-a"), f"/officer/cases/{case}"
    empty = await officer.post(path, data=PASS)
    assert empty.status_code == 422
    assert "birth_country" in summary_of(empty.text)
    assert kept(empty.text, "reason", PASS["reason"])
    wrong = await officer.post(path, data=PASS | {"field.birth_country": "CHN", "field.sex": "Q"})
    assert (wrong.status_code, next(iter(summary_of(wrong.text)))) == (422, "sex")
    assert "birth_country" not in summary_of(wrong.text), "what is right is not named"
    assert re.search(r'<option value="CHN" selected>', wrong.text)
    assert state_of(house, case) == ("review", "")


async def test_whatever_is_wrong_with_a_decision_is_named_at_once(house: House) -> None:
    case = await waiting_in_italy(house)
    officer, path = house.client("officer-a"), f"/officer/cases/{case}"
    missing = {*good(await officer.get(f"/api/v1/cases/{case}"))["problems"]}
    long, typed = "x" * 401, {"birth_place": "y" * 201, "sex": "Q", "nationality": "Narnia"}
    sent = {"decision": "pass", "reason": long} | {f"field.{name}": text for name, text in typed.items()}
    answer = await officer.post(path, data=sent)
    assert answer.status_code == 422
    named = summary_of(answer.text)
    assert {*named} >= {"reason", *typed, "birth_country"}
    assert {*named} <= {"reason", *typed} | missing
    assert kept(answer.text, "reason", long)
    assert kept(answer.text, "birth_place", typed["birth_place"])
    assert state_of(house, case) == ("review", "")
    right = {"field.birth_country": "CHN", "field.surname": "Example", "field.given_names": "Ada"}
    only_long = await officer.post(path, data=right | {"decision": "pass", "reason": long})
    assert [*summary_of(only_long.text)] == ["reason"]
    assert state_of(house, case) == ("review", ""), "it was tried, and nothing is kept"


@pytest.mark.parametrize("decision", ["refuse", "ask_again"])
async def test_a_decision_without_its_reason_leads_to_the_reason(house: House, decision: str) -> None:
    case = await waiting_in_italy(house)
    answer = await house.client("officer-a").post(f"/officer/cases/{case}", data={"decision": decision, "reason": " "})
    assert answer.status_code == 422
    assert [*summary_of(answer.text)] == ["reason"]
    assert state_of(house, case) == ("review", "")


async def test_what_was_entered_is_stored_with_the_decision(house: House) -> None:
    case = await waiting_in_italy(house)
    names = good(await house.client("officer-a").get(f"/api/v1/cases/{case}"))["problems"]
    given = {"birth_country": "CHN", "surname": "Example", "given_names": "Ada"}
    fields = {f"field.{name}": text for name, text in given.items() if name in names}
    answer = await house.client("officer-a").post(f"/officer/cases/{case}", data=PASS | fields)
    assert answer.status_code == 303, summary_of(answer.text)
    assert state_of(house, case) == ("passed", "CHN")


async def test_a_case_that_is_refused_needs_no_fields(house: House) -> None:
    case = await waiting_in_italy(house)
    answer = await house.client("landlord-a").post(
        f"/landlord/cases/{case}", data={"decision": "ask_again", "reason": "blurred"}
    )
    assert answer.status_code == 303


async def test_a_long_table_is_searched_while_typing_by_who_may_decide(house: House) -> None:
    case = await waiting_in_italy(house)
    officer, codes = house.client("officer-a"), f"/api/v1/cases/{case}/codes"
    assert f'data-codes="{codes}"' in (await officer.get(f"/officer/cases/{case}")).text
    asked = {"path": "birth_place_code", "text": "mila"}
    for client in (officer, house.client("landlord-a")):
        assert "MILANO (MI)" in [entry["name"] for entry in good(await client.get(codes, params=asked))]
    assert good(await officer.get(codes, params=asked | {"text": "m"})) == []
    assert good(await officer.get(codes, params=asked | {"path": "surname"})) == []
    for login in ("officer-b", "landlord-b"):
        assert (await house.client(login).get(codes, params=asked)).status_code == 404


async def test_what_is_missing_is_said_in_the_language_of_who_decides(house: House) -> None:
    case = await waiting_in_italy(house)
    officer = house.client("officer-a")
    for language, chinese in (("en", False), ("zh-CN", True)):
        page = (await officer.get(f"/officer/cases/{case}?lang={language}")).text
        sentences = re.findall(r"<li>([^<]+)</li>", page.partition("<fieldset")[2].partition("</ul>")[0])
        assert sentences
        assert [bool(re.search(r"[一-鿿]", one)) for one in sentences] == [chinese] * len(sentences), sentences


async def test_enter_in_a_field_does_not_issue_a_key(house: House) -> None:
    """A form is not sent by Enter if its first button is disabled (WHATWG HTML 4.10.21.2)."""
    case = await waiting_in_italy(house)
    page = (await house.client("officer-a").get(f"/officer/cases/{case}")).text
    form = re.split(r'<form method="post"[^>]* class="card', page)[1]
    first = re.findall(r"<button([^>]*)>", form)[0]
    assert {"hidden", "disabled"} <= set(first.split())


async def test_a_name_of_a_long_table_is_offered_as_what_it_may_mean(house: House) -> None:
    case = await waiting_in_italy(house)
    with house.gateway.database.reading() as session:
        officer = session.query(Account).where(Account.login == "officer-a").one()
    assert tables_for(house.gateway, officer, case, {})["birth_place_code"] == []
    found = tables_for(house.gateway, officer, case, {"birth_place_code": "Roma"})["birth_place_code"]
    assert any(name.startswith("ROMA") for _, name in found)
