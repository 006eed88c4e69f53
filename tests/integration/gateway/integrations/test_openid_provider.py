"""Officers sign in at a real OpenID provider (a separate process, over TLS), and the refused attempts."""

import re
import ssl
import time
from collections.abc import AsyncIterator, Callable
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from gateway.store import Account, Ceremony, Event, SignIn
from tests.parts.house import House, good, move_in
from tests.parts.openid_provider import PASSWORD
from tests.parts.sign_on import Office, open_provider

ADDRESS = "http://lodgekey.test"
RETURN = f"{ADDRESS}/login/officer/return"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_provider(tmp_path / "provider", RETURN) as running:
        yield running


@pytest.fixture
async def settled(first_house: Path, tmp_path: Path, office: Office) -> AsyncIterator[House]:
    """A house whose officers sign in at the provider."""
    house = move_in(first_house, tmp_path / "house", public_url=ADDRESS, single_sign_on=office.settings)
    house.now[0] = int(time.time())  # the provider uses the system clock
    yield house
    for client in house.clients:
        await client.aclose()
    house.gateway.database.close()
    house.gateway.vault.close()


async def at_the_provider(office: Office, address: str, user: str, password: str = PASSWORD) -> str:
    """Complete the provider's form in the officer's browser; returns the redirect address."""
    trust = ssl.create_default_context(cafile=office.settings.ca_file)
    async with httpx.AsyncClient(verify=trust, trust_env=False) as browser:
        form = await browser.get(address)
        asked = re.search(r'name="asked" value="([^"]+)"', form.text)
        assert asked, form.text
        data = {"asked": asked[1].replace("&amp;", "&"), "user": user, "password": password}
        answer = await browser.post(office.settings.issuer + "/authorize", data=data)
    return str(answer.headers.get("location", ""))


def provider_address(begun: httpx.Response) -> str:
    """The address that the start page of the sign-in redirects to."""
    assert begun.status_code == 200, begun.text
    going_on = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', begun.text)
    assert going_on, begun.text
    return unescape(going_on[1])


async def sign_on(house: House, office: Office, user: str) -> tuple[httpx.AsyncClient, httpx.Response]:
    """One complete sign-in."""
    browser = house.client()
    begun = await browser.post("/login/officer")
    back = await at_the_provider(office, provider_address(begun), user)
    return browser, await browser.get(back)


async def test_an_officer_signs_in_at_the_provider_and_needs_no_password_here(settled: House, office: Office) -> None:
    browser, answer = await sign_on(settled, office, "li")
    assert (answer.status_code, "lodgekey_session" in browser.cookies) == (200, True), answer.text
    cookies = answer.headers.get_list("set-cookie")
    session_cookie = next(cookie for cookie in cookies if cookie.startswith("lodgekey_session="))
    assert {"HttpOnly", "SameSite=lax"} <= set(session_cookie.split("; "))
    me = good(await browser.get("/api/v1/me"))
    assert me == {"role": "officer", "name": "Li Wei", "area": "370100"}
    assert (await browser.get("/officer")).status_code == 200
    with settled.gateway.database.reading() as session:
        account = session.scalars(select(Account).where(Account.subject == "u-1")).one()
        assert account.password_hash == ""
        assert session.scalars(select(Ceremony)).all() == []
        assert session.scalars(select(Event).where(Event.type == "OfficerAdmitted")).one().data["area"] == "370100"
        assert "Li Wei" not in str([event.data for event in session.scalars(select(Event))])


async def test_what_is_asked_of_the_provider_is_a_code_with_pkce_state_and_nonce(settled: House) -> None:
    begun = await settled.client().post("/login/officer")
    asked = parse_qs(urlsplit(provider_address(begun)).query)
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert asked["redirect_uri"] == [RETURN]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
    again = parse_qs(urlsplit(provider_address(await settled.client().post("/login/officer"))).query)
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))


@pytest.mark.parametrize("user", ["visitor", "nowhere"])
async def test_somebody_without_the_role_or_an_area_is_no_officer_here(
    settled: House, office: Office, user: str
) -> None:
    browser, answer = await sign_on(settled, office, user)
    assert (answer.status_code, "lodgekey_session" in browser.cookies) == (403, False)
    assert "not assigned to an area" in answer.text
    with settled.gateway.database.reading() as session:
        assert session.scalars(select(Account).where(Account.issuer.is_not(None))).all() == []


async def test_an_officer_moved_to_another_area_sees_that_one_and_a_dismissed_one_is_signed_out(
    settled: House, office: Office
) -> None:
    before, _ = await sign_on(settled, office, "li")
    office.tell("li", area="440100")
    await sign_on(settled, office, "li")
    assert good(await before.get("/api/v1/me"))["area"] == "440100"
    office.tell("li", roles=[])
    _, answer = await sign_on(settled, office, "li")
    assert answer.status_code == 403
    assert (await before.get("/api/v1/me")).status_code == 401


async def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(settled: House, office: Office) -> None:
    browser, other = settled.client(), settled.client()
    begun = await browser.post("/login/officer")
    back = await at_the_provider(office, provider_address(begun), "li")
    assert (await other.get(back)).status_code == 403  # another person's browser: login CSRF
    assert (await browser.get(back)).status_code == 200
    browser.cookies.set("lodgekey_sign_on", begun.cookies["lodgekey_sign_on"])
    assert (await browser.get(back)).status_code == 403
    with settled.gateway.database.reading() as session:
        assert len(session.scalars(select(SignIn).join(Account).where(Account.subject == "u-1")).all()) == 1


ALTER: dict[str, Callable[[str], str]] = {
    "state": lambda back: re.sub(r"state=[^&]+", "state=altered", back),
    "code": lambda back: re.sub(r"code=[^&]+", "code=altered", back),
    "no code": lambda back: back.replace("code=", "error=access_denied&was="),
    "another issuer (RFC 9207)": lambda back: back + "&iss=https%3A%2F%2Fevil.example",
}


@pytest.mark.parametrize("what", ALTER)
async def test_an_altered_answer_is_refused(settled: House, office: Office, what: str) -> None:
    browser = settled.client()
    begun = await browser.post("/login/officer")
    back = ALTER[what](await at_the_provider(office, provider_address(begun), "li"))
    answer = await browser.get(back)
    assert (answer.status_code, "lodgekey_session" in browser.cookies) == (403, False)


async def test_an_answer_that_comes_late_is_refused(settled: House, office: Office) -> None:
    browser = settled.client()
    begun = await browser.post("/login/officer")
    back = await at_the_provider(office, provider_address(begun), "li")
    settled.now[0] += 301
    assert (await browser.get(back)).status_code == 403


async def test_a_provider_that_does_not_answer_is_said_and_a_password_still_works(
    first_house: Path, tmp_path: Path, office: Office
) -> None:
    away = office.settings.model_copy(update={"issuer": "https://127.0.0.1:9"})
    house = move_in(first_house, tmp_path / "away", public_url=ADDRESS, single_sign_on=away)
    answer = await house.client().post("/login/officer")
    assert answer.status_code == 503
    assert 'name="password"' in answer.text
    house.gateway.database.close()
    house.gateway.vault.close()


async def test_without_a_provider_there_is_no_such_way_in(house: House) -> None:
    assert (await house.client().post("/login/officer")).status_code == 404
    assert "/login/officer" not in (await house.client().get("/login")).text
