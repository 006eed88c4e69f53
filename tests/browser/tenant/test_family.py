"""A tenant registers a child on the same phone, and makes a link for another adult."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from tests.browser.people import DESK, PHONE, offer_key, visit
from tests.browser.tenant.test_onboarding import let_landlord_pass, register_typed
from tests.browser.tenant.test_stay import SLOW

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
BORN_ADULT, BORN_CHILD = "1990-05-04", "2019-05-04"


async def test_a_child_is_declared_and_another_adult_gets_a_link(
    browser: Browser, demo: Running, artefacts: Path
) -> None:
    landlord, tenant = await visit(browser, demo.url, DESK), await visit(browser, demo.url, PHONE)
    await landlord.sign_in("landlord", demo.logins.password)
    await tenant.follow(await offer_key(landlord, "304"))
    stay = landlord.page.url
    await register_typed(tenant)
    await let_landlord_pass(landlord)
    await tenant.open("/key")
    await expect(tenant.page.locator(".hold")).to_be_visible(timeout=SLOW)
    await tenant.page.click("text=People staying with me")
    for name, text in (("surname", "Voorbeeld"), ("given_names", "Leo"), ("birth_date", BORN_ADULT)):
        await tenant.page.fill(f"#child [name={name}]", text)
    await tenant.page.select_option("#child [name=nationality]", "NLD")
    await tenant.page.select_option("#child [name=sex]", "M")
    await tenant.page.click("text=Register this child")
    await expect(tenant.page.locator("#child-errors a")).to_contain_text("Adults register with a document")
    await expect(tenant.page.locator("#child-errors")).to_be_focused()
    await expect(tenant.page.locator("#wrong-birth_date")).to_contain_text("Adults register with a document")
    assert await tenant.page.input_value("#child [name=given_names]") == "Leo", "nothing typed is lost"
    await tenant.page.fill("#child [name=birth_date]", BORN_CHILD)
    await tenant.page.click("text=Register this child")
    await expect(tenant.page.locator("#child [role=status]")).to_have_text("The child is registered.", timeout=SLOW)
    await tenant.page.screenshot(path=artefacts / "family-1-child.png", full_page=True)
    await tenant.page.click("text=Create a link for another adult")
    await expect(tenant.page.locator("#companion [name=url]")).to_be_visible(timeout=SLOW)
    await expect(tenant.page.locator("#companion .qr img")).to_be_visible()
    assert await tenant.page.evaluate("document.querySelector('#companion .qr img').naturalWidth") > 100
    assert "/o/" in await tenant.page.input_value("#companion [name=url]")
    await tenant.page.screenshot(path=artefacts / "family-2-adult.png", full_page=True)
    await tenant.open("/key?lang=es")
    await expect(tenant.page.locator("html")).to_have_attribute("lang", "es")
    await tenant.page.click("details:has(#companion) > summary")
    await tenant.page.click("#companion button")
    await expect(tenant.page.locator("#companion .qr img")).to_be_visible(timeout=SLOW)
    await tenant.page.screenshot(path=artefacts / "family-3-spanish.png", full_page=True)
    await landlord.follow(stay)
    await expect(landlord.page.locator("dt", has_text="Check-in")).to_have_count(2)
