"""Signing in on the page, and the page that was asked for (Gokapi#408)."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.shell.page_route import page_after
from tests.parts.house import PASSWORD, House

DEEP_LINK = "/landlord/calendar?month=2027-01"
ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "/\t/evil.example",
    "\\\\evil.example", "javascript:alert(1)", "landlord", "", "/ /x", "/%0d", "/login", "/login/officer",
    "/\n/evil.example", "/.//evil.example",
]  # fmt: skip


def asked_for(location: str) -> str:
    """The page that a redirect to the sign-in page remembers."""
    return parse_qs(urlsplit(location).query).get("next", [""])[0]


async def test_outside_51_a_deep_link_is_opened_after_signing_in(house: House) -> None:
    browser = house.client()
    location = (await browser.get(DEEP_LINK)).headers["location"]
    assert (urlsplit(location).path, asked_for(location)) == ("/login", DEEP_LINK)
    form = await browser.get(location)
    assert f'name="next" value="{DEEP_LINK}"' in form.text
    answer = await browser.post("/login", data={"login": "landlord-a", "password": PASSWORD, "next": DEEP_LINK})
    assert (answer.status_code, answer.headers["location"]) == (303, DEEP_LINK)
    assert (await browser.get(DEEP_LINK)).status_code == 200


async def test_changing_the_language_does_not_lose_the_page_asked_for(house: House) -> None:
    browser = house.client()
    form = await browser.get((await browser.get(DEEP_LINK)).headers["location"])
    switch = unescape(re.findall(r'href="(/login[^"]*lang=es[^"]*|/login[^"]*lang=zh-CN[^"]*)"', form.text)[0])
    assert f'name="next" value="{DEEP_LINK}"' in (await browser.get(switch)).text


async def test_a_wrong_password_does_not_lose_the_page_asked_for(house: House) -> None:
    answer = await house.client().post("/login", data={"login": "landlord-a", "password": "no", "next": DEEP_LINK})
    assert (answer.status_code, f'name="next" value="{DEEP_LINK}"' in answer.text) == (401, True)


async def test_without_a_page_asked_for_the_accounts_own_page_follows(house: House) -> None:
    answer = await house.client().post("/login", data={"login": "landlord-a", "password": PASSWORD})
    assert answer.headers["location"] == "/landlord"


@pytest.mark.parametrize("asked", ELSEWHERE)
async def test_signing_in_leads_to_no_other_site(house: House, asked: str) -> None:
    form = {"login": "landlord-a", "password": PASSWORD, "next": asked}
    assert (await house.client().post("/login", data=form)).headers["location"] == "/landlord"


async def test_a_form_sent_without_a_session_leads_to_the_sign_in_page_only(house: House) -> None:
    """A POST cannot be repeated by a redirect."""
    assert (await house.client().post("/landlord/stays/s/codes/end", data={})).headers["location"] == "/login"


@given(st.text(max_size=40).map(lambda text: f"/{text}"))
def test_a_page_asked_for_is_a_path_of_this_site(asked: str) -> None:
    after = page_after(asked, "/landlord")
    parts = urlsplit(after)
    assert (parts.scheme, parts.netloc, after[:1]) == ("", "", "/")
    assert not after.startswith("//")
    assert "\\" not in after
