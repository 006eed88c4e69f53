"""Bad input in the forms of a tenant who has a key: a child, dates, a correction after a refusal.

The forms of the phone that holds the key are sent by scripts: the label is that of the page, the sentence that of the
answer, which the script puts into the summary and beside the field; what was typed stays in the page.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import cycle, product
from typing import Any, Final

import httpx
import pytest

from gateway.registering.attempts import AttemptLimiter
from gateway.store import Person
from gateway.texts.languages import Language
from tests.parts.house import House, good, utc
from tests.parts.world import DAY
from tests.unit.api.http.tenant.test_family import CHILD, declare
from tests.unit.api.http.tenant.test_stay import signed
from tests.unit.api.web.refused_form import (
    LONG,
    OPENING,
    READ_IN,
    TEXTS,
    Page,
    Wrong,
    faults_of,
    refuse_record,
    report_in,
    rounds_of,
)

OF_CHILD: Final[Wrong] = {
    "surname": ("", "<b>", LONG, "{b}"),
    "given_names": ("<b>", LONG, "{b}", "\u0001"),
    "birth_date": ("2999-01-01", "1790-01-01", "17.05.2019", "2019-02-30"),
    "nationality": ("ZZZ", "<b>", LONG, "号"),
    "sex": ("W", "<b>", LONG, "号"),
    "document_kind": ("library_card", "<b>", LONG, "号"),
    "id_number": ("号123", LONG, "--", "<b>"),
    "issuing_state": ("ZZZ", "<b>", LONG, "号"),
}
OF_CORRECTION: Final[Wrong] = {
    "surname": ("<b>", "{b}", LONG[:200]),
    "given_names": ("<b>", "{b}", LONG[:200]),
    "document_kind": ("library_card", "<b>", "none"),
    "id_number": ("号123", "--", LONG[:200]),
    "issuing_state": ("ZZZ", "<b>", LONG[:200]),
    "birth_date": ("2999-01-01", "17.05.1990", "1990-02-30"),
    "nationality": ("ZZZ", "<b>", LONG[:200]),
    "sex": ("W", "<b>", LONG[:200]),
}


@pytest.fixture(autouse=True)
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AttemptLimiter, "hit", lambda *_: None)


async def with_key(house: House) -> tuple[str, httpx.AsyncClient]:
    """The id of a tenant's key, and the tenant's browser."""
    key_id = await house.key()
    (tenant,) = [client for client in house.clients if "Authorization" in client.headers]
    return key_id, tenant


async def say(house: House, language: Language, key_id: str, form: str, **body: Any) -> dict[str, str]:
    """Why the phone's request is refused: the sentences by field."""
    signs = [body["person"]] if "person" in body else [*body.values()][:1]
    act = "child" if form == "children" else form
    asked = {**body, **signed(house, act, key_id, *signs, *["children" for name in body if name == "children"])}
    answer = await house.client().post(
        f"/api/v1/keys/{key_id}/{form}", headers={"Accept-Language": language}, json=asked
    )
    assert answer.status_code == 422, (body, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    return {one["field"]: one["sentence"] for one in answer.json()["fields"]}


def wrongly_said(page: Page, said: Mapping[str, str], language: Language) -> Iterator[str]:
    """What is wrong with the sentences that a script shows in this page."""
    for name, sentence in said.items():
        assert page.input(name).get("name") == name, "the script finds the input by its name"
        assert f"wrong-{name}" in page.input(name).get("aria-describedby", "").split()
        yield from (f"{name}: {why}: {sentence}" for why in faults_of(page.label(name), sentence, language))


async def test_every_wrong_field_of_a_declared_child_is_named(house: House) -> None:
    key_id, tenant = await with_key(house)
    found: list[str] = []
    for language, wrong in zip(cycle(READ_IN), rounds_of(OF_CHILD)):
        page = Page((await tenant.get(f"/key?lang={language}")).text, "child-errors")
        said = await say(house, language, key_id, "children", person=json.dumps(wrong))
        assert {*wrong} - {*said} == set(), wrong
        found += wrongly_said(page, said, language)
    assert found == []


def said_of_the_reader(page: Page) -> list[str]:
    """The hints and labels of a child's form that speak of the reader, who is the adult."""
    texts = page.root.xpath("//form[@id='child']//*[self::label[@for] or self::small[starts-with(@id, 'hint-')]]")
    return [said for text in texts if re.search(r"\byour?\b", said := text.text_content(), re.IGNORECASE)]


@pytest.mark.parametrize("registry", OPENING)
async def test_every_wrong_answer_about_a_child_is_named_as_the_childs(house: House, registry: str) -> None:
    key_id, tenant = await with_key(house)
    report_in(house, registry)
    opening = {name.removeprefix("fact."): text for name, text in OPENING[registry].items()}
    adults = {"phone": "+34600000000"} if registry == "es" else {}  # the tenant registered where none is asked
    pages = [Page((await tenant.get(f"/key?lang={language}")).text, "child-errors") for language in READ_IN]
    asked = {name for name in pages[0].asked("") if pages[0].input(name).xpath("ancestor::*[@class='stack facts']")}
    child = {name: text for name, text in CHILD.items() if pages[0].has(name)} | adults
    found: list[str] = []
    named: set[str] = set()
    for at, (text, more) in enumerate(product(TEXTS, ({}, opening))):
        language, page = READ_IN[at % len(READ_IN)], pages[at % len(READ_IN)]
        person = child | dict.fromkeys(asked, text) | more
        said = await say(house, language, key_id, "children", person=json.dumps(person))
        named |= {*said}
        found += wrongly_said(page, said, language)
    assert (found, asked - named, said_of_the_reader(pages[0])) == ([], set(), [])


def stay_shared(house: House, person: str) -> None:
    """This person is no child of the tenant's, so that the tenant may leave before somebody else."""
    with house.gateway.database.writing() as session:
        session.get_one(Person, person).head_id = None


async def test_a_wrong_date_of_the_stay_is_named(house: House) -> None:
    key_id, tenant = await with_key(house)
    stay_shared(house, good(await declare(house, key_id))["person"])
    early, late = utc(house.now[0] - 9 * DAY), utc(house.now[0] + 99 * DAY)
    forms: list[tuple[str, str, dict[str, bool], tuple[str, ...]]] = [
        ("dates", "until", {}, ("", "9999", "<b>", LONG, early)),
        ("arrival", "arrived", {"children": True}, ("", "9999", "号", LONG, "0001-01-01T00:00", early, late)),
        ("departure", "leaves", {"children": True}, ("", "9999", "<b>", LONG, early, late)),
    ]
    found: list[str] = []
    for language, (form, field, more, wrong) in product(READ_IN, forms):
        page = Page((await tenant.get(f"/key?lang={language}")).text, f"{form}-errors")
        (shown,) = page.root.xpath("//form[@id=$id]", id=form)
        for value in wrong:
            said = await say(house, language, key_id, form, **{field: value}, **more)
            assert [*said] == [field], said
            begun = shown.get("data-named").replace("{sentence}", said[field])
            found += wrongly_said(page, {field: begun}, language)
        found += wrongly_said(page, {field: shown.get("data-unreadable")}, language)
    assert found == []


@pytest.mark.parametrize("registry", OPENING)
async def test_every_wrong_field_of_a_correction_is_named(house: House, registry: str) -> None:
    _, tenant = await with_key(house)
    report_in(house, registry)
    refuse_record(house)
    page = (await tenant.get("/key")).text
    (registration,) = set(re.findall(r'name="registration" value="([^"]+)"', page))
    asked = re.findall(r'<label for="in-1-([^"]+)"', page)
    wrongs = {name: OF_CORRECTION.get(name, TEXTS) for name in asked}
    found: list[str] = []
    for language, wrong in zip(cycle(READ_IN), rounds_of(wrongs)):
        sent = {f"field.{name}": text for name, text in wrong.items()}
        answer = await tenant.post(
            f"/key/correction?lang={language}", data={"registration": registration, "person": "1"} | sent
        )
        assert answer.status_code == 422
        typed = {f"1-{name}": text for name, text in wrong.items()}
        found += Page(answer.text, "errors-1").faults(language, typed)
    assert found == []
