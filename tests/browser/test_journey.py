"""The main journey in Chromium, with a running gateway, simulated locks and a simulated registry."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from api.cli.demo.demo import Running
from api.cli.demo.journey_run import Pictures
from tests.browser.people import DESK, PHONE, Visitor, hold_to_unlock, offer_key, register_with_face, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
SLOW = 30_000


async def keep(page: Page, artefacts: Path, name: str) -> None:
    """Take a screenshot for review."""
    await page.screenshot(path=artefacts / f"journey-{name}.png", full_page=True)


async def test_a_tenant_gets_in_and_everyone_sees_their_part(
    browser: Browser, demo: Running, pictures: Pictures, artefacts: Path
) -> None:
    landlord, officer = await visit(browser, demo.url, DESK), await visit(browser, demo.url, DESK)
    await landlord.sign_in("landlord", demo.logins.password)
    await officer.sign_in("officer", demo.logins.password)
    await expect(officer.page.locator("#feed-state")).to_have_text("Live")
    link = await offer_key(landlord, "102")
    assert landlord.taps <= 4
    assert landlord.typed == 0
    await keep(landlord.page, artefacts, "1-link")

    tenant = await visit(browser, demo.url, PHONE)
    await tenant.follow(link)
    await expect(tenant.page).to_have_url(f"{demo.url}/onboarding")  # the token is no longer in the address
    assert await tenant.page.locator("input:checked").count() == 0  # no consent is ticked in advance
    await keep(tenant.page, artefacts, "2-door")
    await register_with_face(tenant, pictures)
    assert tenant.taps <= 7
    assert tenant.typed <= 2
    await expect(tenant.page.locator("h1")).to_have_text("Manual check in progress", timeout=SLOW)
    await keep(tenant.page, artefacts, "3-review")

    await pass_case(officer, artefacts)
    await expect(tenant.page.locator(".hold")).to_be_visible(timeout=SLOW)
    await keep(tenant.page, artefacts, "5-key")
    await hold_to_unlock(tenant)
    await expect(tenant.page.locator(".outcome strong")).to_have_text("Unlocked", timeout=SLOW)
    await keep(tenant.page, artefacts, "6-unlocked")

    await open_newest_record(officer, artefacts)
    await expect(tenant.page.locator(".hold")).to_be_visible()
    await tenant.reload()
    await tenant.page.click("text=My stay and my data")
    await expect(tenant.page.locator("main")).to_contain_text("an officer · Complaint or report: 14/2026")

    await revoke(landlord, artefacts)
    await tenant.reload()
    await expect(tenant.page.locator("h1")).to_have_text("The key has been revoked")
    assert (landlord.complaints, officer.complaints, tenant.complaints) == ([], [], [])


async def pass_case(officer: Visitor, artefacts: Path) -> None:
    """The case appears on the officer's list without a reload; document and face are shown side by side."""
    await officer.page.click("#cases .lines a", timeout=SLOW)
    for part in ("document", "face"):
        picture = officer.page.locator(f"img[src$='{part}']")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    await keep(officer.page, artefacts, "4-case")
    await officer.page.click("button[value=pass]")
    await expect(officer.page.locator("[role=status].alert")).to_have_text("The key has been issued.")


async def open_newest_record(officer: Visitor, artefacts: Path) -> None:
    """The record is in the live list, masked; opening it requires a reason."""
    row = officer.page.locator("#feed tr").first
    await expect(row).to_contain_text("Check-in", timeout=SLOW)
    await expect(row).to_contain_text("•")
    await keep(officer.page, artefacts, "7-feed")
    await row.locator("a").click()
    await officer.page.check("[value=complaint]")
    await officer.page.fill("[name=note]", "14/2026")
    await officer.page.click("text=Log and open")
    await expect(officer.page.locator("dl")).not_to_contain_text("•")
    await keep(officer.page, artefacts, "8-opened")


async def revoke(landlord: Visitor, artefacts: Path) -> None:
    """Revoke with two taps; "revoked" is shown only after the lock has confirmed it."""
    await landlord.reload()
    landlord.taps = 0
    await landlord.tap("summary:has-text('Revoke this key')")
    await landlord.tap("text=Yes, revoke it")
    assert landlord.taps <= 2
    await expect(landlord.page.locator("main")).to_contain_text("revoked, confirmed by the lock", timeout=SLOW)
    await keep(landlord.page, artefacts, "9-revoked")
