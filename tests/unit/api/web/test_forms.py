"""Forms of accounts, landlords and officers that are refused: named inputs, a summary with links, nothing lost."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.shell.forms import FormRefused, Input, faults_in, refuse_incomplete
from gateway.domain.errors import Conflict, InputRefused
from gateway.texts.families import FAMILIES
from gateway.texts.languages import LANGUAGES, Language
from tests.parts.house import PASSWORD, House

LONG: Final = "x" * 1001
FILLED: Final = "Fill in this field."


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that is sent and refused: the inputs that the summary links to, with their sentences."""

    login: str
    path: str
    sent: Mapping[str, str]
    said: Mapping[str, str]
    lost: tuple[str, ...] = ()
    status: int = 422
    more: Mapping[str, str] = field(default_factory=dict)


DATES_EMPTY: Final = {"from": f"Check-in: {FILLED}", "until": f"Check-out: {FILLED}"}
BACKWARDS: Final = {"from": "2027-03-02T15:00", "until": "2027-03-01T11:00"}
CASES: Final = {
    "nothing to sign in with": Refused(
        "", "/login", {"login": "", "password": ""}, {"login": f"Username: {FILLED}", "password": f"Password: {FILLED}"}
    ),
    "no password": Refused(
        "", "/login", {"login": "landlord-a", "password": ""}, {"password": f"Password: {FILLED}"}, ("password",)
    ),
    "a long user name": Refused(
        "", "/login", {"login": LONG, "password": "x"},
        {"login": "Username: This text is too long. Enter at most 200 characters."}, ("password",),
    ),
    "no new password": Refused(
        "landlord-a", "/account/password", {"old": PASSWORD, "new": "", "again": ""},
        {"new": f"New password: {FILLED}", "again": f"Confirm new password: {FILLED}"}, ("old",),
    ),
    "two new passwords": Refused(
        "landlord-a", "/account/password", {"old": PASSWORD, "new": "a new pass phrase", "again": "another phrase"},
        {"again": "Confirm new password: The new passwords do not match. Enter them again."}, ("old", "new", "again"),
    ),
    "a weak new password": Refused(
        "landlord-a", "/account/password", {"old": PASSWORD, "new": "password1234", "again": "password1234"},
        {"new": "New password: This password is easy to guess. Use several unrelated words, or let your password "
         "manager make one."}, ("old", "new", "again"),
    ),
    "a wrong password": Refused(
        "landlord-a", "/account/password", {"old": "x", "new": "a new pass phrase", "again": "a new pass phrase"},
        {"old": "Current password: The current password is incorrect. Nothing was changed."}, ("old", "new", "again"),
        403,
    ),
    "an empty member": Refused(
        "landlord-a", "/landlord/staff", {"name": "", "login": "", "staff": ""},
        {"name": f"Name: {FILLED}", "login": f"Username: {FILLED}"},
    ),
    "a member without permissions": Refused(
        "landlord-a", "/landlord/staff", {"name": "Ada", "login": "a b", "staff": ""},
        {"login": "Username: A username has at least three characters: letters, digits, dots or hyphens.",
         "staff": "Permissions: Choose one of the permissions."},
    ),
    "a taken user name": Refused(
        "landlord-a", "/landlord/staff", {"name": "Ada", "login": "officer-a", "staff": "desk"},
        {"login": "Username: This username is already in use. Choose another one."}, (), 409,
    ),
    "an address that is none": Refused(
        "landlord-a", "/account/alerts", {"email": "nowhere", "webhook_url": "https://ok.example/hook"},
        {"email": "Email (leave empty for none): Enter an email address such as name@example.com, or leave it empty."},
    ),
    "a webhook without https": Refused(
        "landlord-a", "/account/alerts", {"email": "a@b.example", "webhook_url": "http://ok.example/hook"},
        {"webhook_url": "Webhook address (https; leave empty for none): A webhook must be an https address without a "
         "query."},
    ),
    "an offer without dates": Refused(
        "landlord-a", "/landlord/units/{unit}/offer", {"from": "", "until": ""}, DATES_EMPTY,
        more={"idempotency_key": "k"},
    ),
    "an offer backwards": Refused(
        "landlord-a", "/landlord/units/{unit}/offer", BACKWARDS,
        {"until": "Check-out: The stay must end after it begins. Check both dates."}, more={"idempotency_key": "k"},
    ),
    "a stay without dates": Refused(
        "landlord-a", "/landlord/stays/{stay}/dates", {"from": "", "until": ""}, DATES_EMPTY
    ),
    "a stay backwards": Refused(
        "landlord-a", "/landlord/stays/{stay}/dates", BACKWARDS,
        {"until": "Check-out: The stay must end after it begins. Check both dates."},
    ),
    "a unit without an address": Refused(
        "landlord-a", "/landlord/units/{unit}/facts", {"address": ""}, {"address": f"Address of the unit: {FILLED}"}
    ),
    "a record for no purpose": Refused(
        "officer-a", "/officer/records/r1", {"purpose": "", "note": "A 17"},
        {"purpose": "Purpose (kept on record): Choose what the record is needed for."},
    ),
    "an export of nothing": Refused(
        "officer-a", "/officer/exports", {"area": "", "first": "", "last": "", "purpose": ""},
        {"area": f"Area: {FILLED}", "first": f"First day: {FILLED}", "last": f"Last day (up to 31 days): {FILLED}",
         "purpose": f"Purpose (kept on record): {FILLED}"},
    ),
    "an export of no day": Refused(
        "officer-a", "/officer/exports",
        {"area": "370100", "first": "9999-12-31", "last": "2026-11-21", "purpose": "fire safety check"},
        {"first": "First day: Enter a day such as 2026-11-28."},
    ),
    "an export of no area": Refused(
        "officer-a", "/officer/exports",
        {"area": "37 01", "first": "2026-11-20", "last": "2026-11-21", "purpose": "fire safety check"},
        {"area": "Area: An area has at most 36 letters, digits, dots or hyphens."},
    ),
    "an export of next year": Refused(
        "officer-a", "/officer/exports",
        {"area": "370100-07", "first": "2028-11-20", "last": "2028-11-21", "purpose": "fire safety check"},
        {"last": "Last day (up to 31 days): The period must end after it begins and must not be in the future."},
    ),
}  # fmt: skip


def summary_of(html: str) -> dict[str, str]:
    """The inputs that the error summary links to, with the sentences of the links."""
    (block,) = re.findall(r'id="errors".*?<ul>(.*?)</ul>', html, re.DOTALL)
    assert "<a" in block, block
    return {unescape(name): unescape(text) for name, text in re.findall(r'<a href="#in-([^"]+)">([^<]*)</a>', block)}


def input_of(html: str, name: str) -> str:
    """The tag of the input of this name."""
    (found,) = re.findall(rf'<(?:input|select)[^>]* id="in-{re.escape(name)}"[^>]*>', html)
    return str(found)


def kept(html: str, name: str, text: str) -> bool:
    """Whether the page holds what was typed in, or chosen at, the input of this name."""
    tag = input_of(html, name)
    if 'type="radio"' in tag:
        choices: list[str] = re.findall(rf'<input type="radio"[^>]* name="{name}"[^>]*>', html)
        return not text or any(f'value="{text}" checked' in choice for choice in choices)
    return f'value="{text}"' in unescape(tag)


@pytest.mark.parametrize("name", CASES)
async def test_a_refused_form_is_shown_again(house: House, name: str) -> None:
    case = CASES[name]
    offer = await house.offer()
    path = case.path.format(unit=house.units["a"], stay=offer["stay_id"])
    answer = await house.client(case.login).post(path, data={**case.sent, **case.more})
    assert answer.status_code == case.status
    assert summary_of(answer.text) == case.said
    for field_name, sentence in case.said.items():
        assert 'aria-invalid="true"' in input_of(answer.text, field_name)
        assert f'id="wrong-{field_name}">{sentence}</small>' in unescape(answer.text)
    for field_name, text in case.sent.items():
        assert kept(answer.text, field_name, text) == (field_name not in case.lost or not text), field_name


@pytest.mark.parametrize("name", CASES)
async def test_the_forms_are_refused_in_the_readers_language_too(house: House, name: str) -> None:
    case = CASES[name]
    if case.path == "/login":
        pytest.skip("its texts are in every language: the completeness of the catalogues holds that")
    offer = await house.offer()
    path = case.path.format(unit=house.units["a"], stay=offer["stay_id"])
    answer = await house.client(case.login).post(f"{path}?lang=zh-CN", data={**case.sent, **case.more})
    said = summary_of(answer.text)
    assert said.keys() == case.said.keys()
    assert all(re.search(r"[一-鿿]", sentence) for sentence in said.values())


async def test_an_arrival_is_refused_at_its_own_tenant(house: House) -> None:
    offer = await house.offer()
    landlord = house.client("landlord-a")
    answer = await landlord.post(f"/landlord/offers/{offer['offer_id']}/arrival", data={"arrived": ""})
    assert answer.status_code == 422
    assert "Arrival of this tenant: Fill in this field." in answer.text
    other = house.client("landlord-b")
    refused = await other.post(f"/landlord/offers/{offer['offer_id']}/arrival", data={"arrived": ""})
    assert refused.status_code == 404


@given(
    st.dictionaries(st.sampled_from(sorted(FAMILIES["input"])), st.text(max_size=60), max_size=5),
    st.lists(st.sampled_from(sorted(FAMILIES["input"])), min_size=1, max_size=5, unique=True),
    st.sampled_from(LANGUAGES),
)
def test_every_input_that_is_wrong_is_named_once(typed: dict[str, str], names: list[str], language: Language) -> None:
    wrong = [name for name in names if not typed.get(name, "").strip() or len(typed[name]) > 40]
    try:
        refuse_incomplete(typed, *[Input(name, 40) for name in names])
    except FormRefused as error:
        faults = faults_in(language, error)
        assert [fault.field for fault in faults] == wrong
        assert all(fault.sentence for fault in faults)
    else:
        assert not wrong


def test_an_error_of_no_input_is_said_without_a_link() -> None:
    for error in (Conflict("Not now."), InputRefused("Not that.", field="nowhere")):
        assert [(fault.field, fault.sentence) for fault in faults_in("en", error)] == [("", error.message)]
