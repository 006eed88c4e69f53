"""Sign-in in a browser: a passkey on a device, an officer at an OpenID provider, staff added by an owner."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, CDPSession, Page, expect
from sqlalchemy import select, update

from api.cli.demo.ports import free_port
from gateway.store import Passkey
from tests.browser.answers import answers, try_answers
from tests.browser.people import DESK, PHONE, Visitor, visit
from tests.parts.house import PASSWORD, House
from tests.parts.openid_provider import PASSWORD as AT_THE_PROVIDER
from tests.parts.served import HOST, serve
from tests.parts.sign_on import Office, open_provider

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
OWN = "wide purple morning kettle"
REMOVE = "button.danger.small"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Served:
    """A house on a port, and the OpenID provider of its officers."""

    house: House
    url: str
    office: Office


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served(first_house: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    async with open_provider(folder / "provider", f"http://{HOST}:{port}/login/officer/return") as office:
        with serve(first_house, folder / "house", port, single_sign_on=office.settings) as (house, url):
            house.now[0] = int(time.time())
            yield Served(house, url, office)


async def log_in(visitor: Visitor, login: str, password: str = PASSWORD) -> None:
    """Sign in by password and wait for the start page."""
    await visitor.open("/login")
    await visitor.page.fill("[name=login]", login)
    await visitor.page.fill("[name=password]", password)
    await visitor.page.click("form[action='/login'] button")
    await visitor.page.wait_for_url("**/landlord")


async def device_of(page: Page) -> tuple[CDPSession, str]:
    """A virtual authenticator built into the device, with user verification."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return devtools, str(made["authenticatorId"])


async def make_passkey(visitor: Visitor) -> tuple[CDPSession, str]:
    """Create a passkey on the account page."""
    devtools, device = await device_of(visitor.page)
    await visitor.open("/account")
    await visitor.page.click("text=Add a passkey")
    await expect(visitor.page.locator(".lines")).to_contain_text("This device")
    return devtools, device


async def answer_of(page: Page) -> Any:
    """Begin a sign-in and let the device answer; returns the answer without sending it."""
    return await page.evaluate(
        """async () => {
          const begun = await (await fetch("/api/v1/sessions/passkey/options", { method: "POST" })).json();
          const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options);
          const credential = await navigator.credentials.get({ publicKey });
          return { ceremony: begun.ceremony, credential: credential.toJSON() };
        }"""
    )


async def send_answer(page: Page, answer: Any) -> int:
    """Status code of the gateway's reply."""
    send = """async (answer) => (await fetch("/api/v1/sessions/passkey", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(answer) })).status"""
    return int(await page.evaluate(send, answer))


async def test_a_landlord_makes_a_passkey_and_signs_in_with_one_tap(
    browser: Browser, served: Served, artefacts: Path
) -> None:
    landlord = await visit(browser, served.url, PHONE)
    await log_in(landlord, "landlord-a")
    devtools, device = await make_passkey(landlord)
    await landlord.page.screenshot(path=artefacts / "account-phone.png", full_page=True)
    kept = (await devtools.send("WebAuthn.getCredentials", {"authenticatorId": device}))["credentials"]
    assert [credential["isResidentCredential"] for credential in kept] == [True]
    await landlord.page.click("text=Sign out")
    await landlord.page.screenshot(path=artefacts / "login-phone.png", full_page=True)
    await landlord.tap("text=Sign in with a passkey")
    await landlord.page.wait_for_url("**/landlord")
    assert (landlord.taps, landlord.typed, landlord.complaints) == (1, 0, [])


async def test_an_answer_of_a_passkey_is_taken_once_soon_unaltered_and_never_from_a_copy(
    browser: Browser, served: Served
) -> None:
    landlord = await visit(browser, served.url, PHONE)
    await log_in(landlord, "landlord-b")
    await make_passkey(landlord)
    await landlord.page.click("text=Sign out")
    page = landlord.page
    answer = await answer_of(page)
    assert await send_answer(page, answer | {"ceremony": "x" * 43}) == 403  # no sign-in was begun
    altered = await answer_of(page)
    altered["credential"]["response"]["clientDataJSON"] = answer["credential"]["response"]["clientDataJSON"]
    assert await send_answer(page, altered) == 403  # signed for another challenge
    late = await answer_of(page)
    served.house.now[0] += 301
    assert await send_answer(page, late) == 403
    good = await answer_of(page)
    assert await send_answer(page, good) == 201
    assert await send_answer(page, good) == 403  # replayed
    with served.house.gateway.database.writing() as session:
        used = session.scalars(
            select(Passkey).where(Passkey.used_at.is_not(None)).order_by(Passkey.used_at.desc())
        ).first()
        assert used is not None
        assert used.sign_count > 0
        session.execute(update(Passkey).where(Passkey.id == used.id).values(sign_count=used.sign_count + 1000))
    assert (
        await send_answer(page, await answer_of(page)) == 403
    )  # the signature counter decreased: a cloned authenticator


async def test_a_device_that_did_not_verify_its_person_makes_no_passkey(browser: Browser, served: Served) -> None:
    landlord = await visit(browser, served.url, PHONE)
    await log_in(landlord, "landlord-a")
    devtools, device = await device_of(landlord.page)
    await devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    await landlord.open("/account")
    before = await landlord.page.locator(".lines li").count()
    await landlord.page.click("text=Add a passkey")
    await expect(landlord.page.locator("#passkey-errors")).to_contain_text("That did not work.")
    await expect(landlord.page.locator("#passkey-errors")).to_be_focused()
    await landlord.reload()
    assert await landlord.page.locator(".lines li").count() == before


async def test_a_removed_passkey_signs_nobody_in(browser: Browser, served: Served) -> None:
    landlord = await visit(browser, served.url, PHONE)
    await log_in(landlord, "landlord-a")
    await landlord.open("/account")
    while await landlord.page.locator(REMOVE).count():
        await landlord.page.locator(REMOVE).first.click()
    await make_passkey(landlord)
    await landlord.page.locator(REMOVE).first.click()
    await expect(landlord.page.locator("[role=status]")).to_have_text("The passkey has been removed.")
    await landlord.page.click("text=Sign out")
    await landlord.page.click("text=Sign in with a passkey")
    await expect(landlord.page.locator("#passkey-errors li")).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_answer_to_a_passkey_is_said_as_it_is(browser: Browser, served: Served, language: str) -> None:
    landlord = await visit(browser, served.url, PHONE, language)
    page, given = landlord.page, answers(language)
    await log_in(landlord, "landlord-b")
    await device_of(page)
    await landlord.open("/account")
    await page.fill("[name=label]", "A label of mine")
    form, said = page.locator("[data-passkey]"), page.locator("#passkey-errors")
    for address in ("options", ""):
        await try_answers(form, said, f"**/api/v1/passkeys{address and '/' + address}", "[data-passkey] button", given)
    await page.context.clear_cookies()
    await landlord.open("/login")
    await try_answers(form, said, "**/api/v1/sessions/passkey/options", "[data-passkey] button", given)


async def test_an_officer_signs_in_at_the_office_and_lands_on_the_list_of_their_area(
    browser: Browser, served: Served, artefacts: Path
) -> None:
    page = await browser.new_page(viewport=DESK, locale="en", ignore_https_errors=True)
    await page.goto(f"{served.url}/login")
    await page.click("form[action='/login/officer'] button")
    await page.fill("[name=user]", "li")
    await page.fill("[name=password]", AT_THE_PROVIDER)
    await page.click("button")
    await page.wait_for_url("**/officer")
    await expect(page.locator("main")).to_contain_text("Area: 370100")
    await page.screenshot(path=artefacts / "officer-signed-on.png")


async def test_an_owner_takes_somebody_on_and_the_newcomer_sees_what_their_role_may(
    browser: Browser, served: Served, artefacts: Path
) -> None:
    owner = await visit(browser, served.url, DESK)
    await log_in(owner, "landlord-a")
    await owner.page.click("text=Team")
    await owner.page.fill("[name=name]", "Ada Example")
    await owner.page.fill("[name=login]", "ada.viewer")
    await owner.page.check("[value=viewer]")
    await owner.page.locator("button", has_text="Add").click()
    password = await owner.page.locator("dd.code").inner_text()
    await owner.page.screenshot(path=artefacts / "staff-desk.png", full_page=True)
    viewer = await visit(browser, served.url, PHONE)
    await viewer.open("/login")
    await viewer.page.fill("[name=login]", "ada.viewer")
    await viewer.page.fill("[name=password]", password)
    await viewer.page.click("form[action='/login'] button")
    await viewer.page.wait_for_url("**/account/first-password?next=%2Flandlord")
    await viewer.page.screenshot(path=artefacts / "first-password-phone.png", full_page=True)
    for field, typed in {"old": password, "new": OWN, "again": OWN}.items():
        await viewer.page.fill(f"[name={field}]", typed)
    await viewer.page.click("main button")
    await viewer.page.wait_for_url("**/landlord")
    await expect(viewer.page.locator("main")).to_contain_text("Room a")
    assert await viewer.page.locator("a.button", has_text="Offer a key").count() == 0
    assert (owner.complaints, viewer.complaints) == ([], [])
