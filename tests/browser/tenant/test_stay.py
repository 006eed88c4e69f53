"""Date changes and end of a stay, as tenant: dates requested on the phone, accepted by the landlord; then the end."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from tests.browser.people import DESK, PHONE, visit
from tests.browser.tenancy import SLOW, move_in, open_own_data

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
LATER = "2030-01-05T11:00"
KEPT = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open("lodgekey");
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const names = request.result.transaction("keys").objectStore("keys").getAllKeys();
    names.onsuccess = () => resolve(names.result.filter((name) => name === "codes" || name.startsWith("near:")).length);
  };
})"""


async def test_a_tenant_asks_for_other_dates_and_later_ends_the_stay(
    browser: Browser, demo: Running, artefacts: Path
) -> None:
    landlord, tenant = await visit(browser, demo.url, DESK), await visit(browser, demo.url, PHONE)
    await landlord.sign_in("landlord", demo.logins.password)
    stay = await move_in(landlord, tenant, "204")
    await open_own_data(tenant)
    await tenant.page.fill("#dates [name=until]", "2020-01-05T11:00")
    await tenant.page.click("#dates button")
    summary = tenant.page.locator("#dates-errors")
    await expect(summary.locator("a")).to_have_text("New end of stay: Choose a date and time in the future.")
    await expect(summary).to_be_focused()
    await summary.locator("a").click()
    await expect(tenant.page.locator("#in-until")).to_be_focused()
    assert await tenant.page.input_value("#in-until") == "2020-01-05T11:00", "nothing typed is lost"
    await tenant.page.fill("#dates [name=until]", LATER)
    await tenant.page.click("#dates button")
    await expect(tenant.page.locator("#dates .alert[role=status]")).to_be_attached(timeout=SLOW)
    await tenant.page.click("text=My stay and my data")
    await expect(tenant.page.locator("#dates .alert[role=status]")).to_contain_text(
        "Your landlord has not answered yet. Until then nothing changes."
    )
    await tenant.page.screenshot(path=artefacts / "stay-1-asked.png", full_page=True)

    await landlord.follow(stay)
    await expect(landlord.page.locator(".card.care")).to_contain_text("Your tenant asks to stay until")
    await landlord.page.screenshot(path=artefacts / "stay-2-landlord.png", full_page=True)
    await landlord.page.click("text=Agree and change the dates")
    await expect(landlord.page.locator("main > p").nth(1)).to_contain_text("2030")

    await open_own_data(tenant)
    await expect(tenant.page.locator("#dates .alert[role=status]")).to_contain_text("Your landlord has agreed.")
    await tenant.page.click("text=End my stay now")
    await tenant.page.screenshot(path=artefacts / "stay-3-end.png", full_page=True)
    await tenant.page.click("text=I have left: end my stay")
    await expect(tenant.page.locator("h1")).to_have_text("This stay has ended", timeout=SLOW)
    assert await tenant.page.evaluate(KEPT) == 0
    await landlord.follow(stay)
    await expect(landlord.page.locator("main")).to_contain_text("Check-out")
    await expect(landlord.page.locator(".badge", has_text="revoked, confirmed by the lock").first).to_be_visible(
        timeout=SLOW
    )
    refused = [text for text in tenant.complaints if "422" not in text]
    assert (landlord.complaints, refused) == ([], [])


async def test_a_phone_without_the_key_is_offered_neither(browser: Browser, demo: Running) -> None:
    landlord, tenant = await visit(browser, demo.url, DESK), await visit(browser, demo.url, PHONE)
    await landlord.sign_in("landlord", demo.logins.password)
    await move_in(landlord, tenant, "301")
    thief = await visit(browser, demo.url, PHONE)
    await thief.page.context.add_cookies(await tenant.page.context.cookies())  # type: ignore[arg-type]
    await thief.open("/key")
    await expect(thief.page.locator(".not-here")).to_be_visible()
    await thief.page.click("text=My stay and my data")
    await expect(thief.page.locator("#dates")).to_be_hidden()
    await expect(thief.page.locator("text=End my stay now")).to_be_hidden()
