"""A tenant registers a child on the same phone, and makes a link for another adult."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from tests.browser.people import DESK, PHONE, visit
from tests.browser.tenancy import (
    BORN_ADULT,
    SLOW,
    let_landlord_pass,
    link_for_another,
    move_in,
    type_passport,
    unfold_family,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
BORN_CHILD = "2019-05-04"


async def test_a_child_is_declared_and_another_adult_gets_a_link(
    browser: Browser, demo: Running, artefacts: Path
) -> None:
    landlord, tenant = await visit(browser, demo.url, DESK), await visit(browser, demo.url, PHONE)
    await landlord.sign_in("landlord", demo.logins.password)
    stay = await move_in(landlord, tenant, "304")
    await unfold_family(tenant)
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
    assert "/o/" in await link_for_another(tenant)
    await expect(tenant.page.locator("#companion [name=url]")).to_be_visible()
    assert await tenant.page.evaluate("document.querySelector('#companion .qr img').naturalWidth") > 100
    await tenant.page.screenshot(path=artefacts / "family-2-adult.png", full_page=True)
    await tenant.open("/key?lang=es")
    await expect(tenant.page.locator("html")).to_have_attribute("lang", "es")
    await unfold_family(tenant)
    await link_for_another(tenant)
    await tenant.page.screenshot(path=artefacts / "family-3-spanish.png", full_page=True)
    await landlord.follow(stay)
    await expect(landlord.page.locator("dt", has_text="Check-in")).to_have_count(2)


async def test_another_adult_registers_on_this_phone_and_takes_the_key_to_their_own(
    browser: Browser, demo: Running, artefacts: Path
) -> None:
    landlord, first = await visit(browser, demo.url, DESK), await visit(browser, demo.url, PHONE)
    await landlord.sign_in("landlord", demo.logins.password)
    await move_in(landlord, first, "303")
    await unfold_family(first)
    await first.page.click("text=Register another adult on this phone")
    await expect(first.page.locator("#register")).to_be_visible(timeout=SLOW)
    assert await first.page.locator("[name=holder_key]").count() == 0
    await first.page.screenshot(path=artefacts / "companion-1-form.png", full_page=True)
    await type_passport(first)
    await expect(first.page.locator("h1")).to_have_text("Staff are checking the other adult's information")
    await expect(first.page.locator(".qr img")).to_be_visible()
    await first.page.screenshot(path=artefacts / "companion-2-checking.png", full_page=True)
    closed = await first.page.input_value(".link")
    await let_landlord_pass(landlord)
    await expect(first.page.locator("h1")).to_have_text("The other adult is registered", timeout=SLOW)
    await first.page.click("text=Back to my key")
    await unfold_family(first)
    await first.page.click("text=Show the link again")
    await expect(first.page.locator(".link-again .qr img")).to_be_visible(timeout=SLOW)
    await first.page.screenshot(path=artefacts / "companion-4-link-again.png", full_page=True)
    link = await first.page.input_value(".link-again .link")
    second, third = [await visit(browser, demo.url, PHONE) for _ in range(2)]
    await third.follow(closed)
    await expect(third.page.locator("main")).to_contain_text("A newer link was shown for this key.")
    await second.follow(link)
    await second.page.click("#take-key button", timeout=SLOW)
    await expect(second.page.locator(".hold")).to_be_visible(timeout=SLOW)
    await second.page.screenshot(path=artefacts / "companion-3-own-phone.png", full_page=True)
    await first.open("/key")
    await expect(first.page.locator(".hold")).to_be_visible(timeout=SLOW)
    await expect(first.page.locator(".key")).to_have_count(1)
    await expect(first.page.locator(".link-again")).to_have_count(0)
    assert "Ejemplo" not in await first.page.content()
    await third.follow(link)
    await expect(third.page.locator("main")).to_contain_text("The key has already been saved to a phone.")
    complaints = [text for text in (*first.complaints, *second.complaints) if "422" not in text]
    assert complaints == []
