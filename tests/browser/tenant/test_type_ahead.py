"""Municipalities of Spain and comuni of Italy found by the letters typed; questions shown only where they apply."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from api.cli.demo.demo import Running, running
from tests.browser.accessibility import breaches_of
from tests.browser.people import DESK, PHONE, Visitor, offer_key, visit, windows_closed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
SLOW = 30_000
PASSPORT = {"id_number": "XR1001R58", "surname": "Voorbeeld", "given_names": "Ada", "birth_date": "1990-05-17"}
CHOSEN = {"document_kind": "passport", "issuing_state": "NLD", "nationality": "NLD", "sex": "F"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def spain(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A demonstration that reports to SES.HOSPEDAJES."""
    folder = tmp_path_factory.mktemp("spain")
    async with running(folder, 0, lambda _: None, "es") as parts, windows_closed(browser):
        yield parts


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def italy(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A demonstration that reports to Alloggiati Web."""
    folder = tmp_path_factory.mktemp("italy")
    async with running(folder, 0, lambda _: None, "it") as parts, windows_closed(browser):
        yield parts


async def open_form(browser: Browser, demo: Running, room: str, *, scripts: bool = True) -> Visitor:
    """A tenant with a passport typed and all boxes ticked, at the questions of the registry."""
    landlord = await visit(browser, demo.url, DESK)
    await landlord.sign_in("landlord", demo.logins.password)
    tenant = await visit(browser, demo.url, PHONE, scripts=scripts)
    await tenant.follow(await offer_key(landlord, room))
    page = tenant.page
    await page.click("#typed summary")
    for name, word in CHOSEN.items():
        if name == "document_kind":
            await page.select_option(f"[name={name}]", word)
    for name, text in PASSPORT.items():
        await page.fill(f"[name={name}]", text)
    for name, word in CHOSEN.items():
        await page.select_option(f"[name={name}]", word)
    await page.check("[name=check][value=person]")
    await page.check("[name=consent_registration]")
    return tenant


def fact(page: Page, path: str) -> str:
    """The selector of a fact's field."""
    return f"[id='in-fact.{path}']"


async def offered(page: Page, path: str, letters: str) -> list[str]:
    """What is offered after typing these letters."""
    await page.locator(fact(page, path)).press_sequentially(letters)
    options = page.locator(f"[id='list-fact.{path}'] option")
    await expect(options.first).to_be_attached(timeout=SLOW)
    return [str(await option.get_attribute("value")) for option in await options.all()]


async def test_a_spanish_municipality_is_found_while_typing(browser: Browser, spain: Running, artefacts: Path) -> None:
    tenant = await open_form(browser, spain, "201")
    page = tenant.page
    await expect(page.locator(fact(page, "second_surname"))).to_be_hidden()  # a passport of the Netherlands has none
    await expect(page.locator(fact(page, "relation"))).to_be_hidden()  # the tenant is an adult
    await page.select_option(fact(page, "residence.country"), "NLD")
    await expect(page.locator(fact(page, "residence.municipality_code"))).to_be_hidden()
    await page.select_option(fact(page, "residence.country"), "ESP")
    assert "Alcorcón (Madrid)" in await offered(page, "residence.municipality_code", "alcor")
    await page.fill(fact(page, "residence.municipality_code"), "Alcorcón (Madrid)")
    await page.fill(fact(page, "residence.street"), "Calle Mayor 1")
    await page.fill(fact(page, "residence.postal_code"), "28921")
    await page.fill(fact(page, "residence.municipality"), "Alcorcón")
    await page.click("#register button.wide")
    await expect(page.locator("#errors a")).to_have_text("Phone number / Email address: Fill in one of these fields.")
    await page.screenshot(path=artefacts / "type-ahead-es.png", full_page=True)
    assert await breaches_of(page) == []
    await page.fill(fact(page, "phone"), "+34910000000")
    await page.click("#register button.wide")
    await expect(page.locator("h1")).to_have_text("Manual check in progress", timeout=SLOW)


async def test_a_comune_that_several_provinces_have_is_asked_again_and_then_taken(
    browser: Browser, italy: Running
) -> None:
    tenant = await open_form(browser, italy, "201")
    page, comune = tenant.page, fact(tenant.page, "birth_place_code")
    await expect(page.locator(fact(page, "document.issuing_place_code"))).to_be_hidden()
    await expect(page.locator(comune)).to_be_hidden()
    await page.select_option(fact(page, "birth_country"), "ITA")
    assert {"SAMONE (TN)", "SAMONE (TO)"} <= {*await offered(page, "birth_place_code", "samone")}
    await page.click("#register button.wide")
    link = page.locator("#errors a")
    await expect(link).to_have_text(
        "Place of birth: Several places have this name. Choose one from the list.", timeout=SLOW
    )
    await link.click()
    await expect(page.locator(comune)).to_be_focused()
    assert await page.input_value(comune) == "samone"
    await page.fill(comune, "SAMONE (TN)")
    await page.click("#register button.wide")
    await expect(page.locator("h1")).to_have_text("Manual check in progress", timeout=SLOW)


async def test_without_scripts_a_typed_name_is_resolved_or_offered_as_a_list(browser: Browser, italy: Running) -> None:
    tenant = await open_form(browser, italy, "202", scripts=False)
    page, comune = tenant.page, fact(tenant.page, "birth_place_code")
    await expect(page.locator("[id='hint-fact.birth_place_code']")).to_contain_text("Only for people born in Italy")
    await page.select_option(fact(page, "birth_country"), "ITA")
    await page.fill(comune, "Samone")
    await page.click("#register button.wide")
    await page.select_option(f"select{comune}", label="SAMONE (TN)")
    await page.click("#register button.wide")
    await expect(page.locator("h1")).to_have_text("Manual check in progress", timeout=SLOW)
