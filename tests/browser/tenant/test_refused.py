"""The authority refuses a tenant's registration: the tenant corrects it on the phone and keeps the key."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from tests.browser.accessibility import breaches_of
from tests.browser.people import DESK, PHONE, Visitor, offer_key, visit
from tests.browser.tenancy import SLOW, let_landlord_pass, register_typed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
CARD = "#refusal-1"


async def set_registry(tester: Visitor, behaviour: str) -> None:
    """Have the simulated registry answer like this from now on."""
    form: dict[str, str | float | bool] = {"behaviour": behaviour}
    answer = await tester.page.request.post(f"{tester.url}/tester/registry", form=form)
    assert answer.ok, await answer.text()


async def test_a_refused_tenant_corrects_a_field_on_the_phone_and_keeps_the_key(
    browser: Browser, demo: Running, artefacts: Path
) -> None:
    landlord, tenant = await visit(browser, demo.url, DESK), await visit(browser, demo.url, PHONE)
    tester = await visit(browser, demo.url, DESK)
    await landlord.sign_in("landlord", demo.logins.password)
    await tester.sign_in("tester", demo.logins.password)
    await tenant.follow(await offer_key(landlord, "303"))
    stay = landlord.page.url
    await set_registry(tester, "refuse")
    try:
        await register_typed(tenant)
        await let_landlord_pass(landlord)
        await landlord.follow(stay)
        await expect(landlord.page.locator("text=Correct or send again")).to_be_visible(timeout=SLOW)
    finally:
        await set_registry(tester, "normal")
    await landlord.page.screenshot(path=artefacts / "refused-1-landlord.png", full_page=True)

    await tenant.open("/key?lang=es")
    await expect(tenant.page.locator(f"{CARD} h2")).to_have_text("Su registro no fue aceptado")
    await tenant.page.screenshot(path=artefacts / "refused-2-es.png", full_page=True)
    await tenant.open("/key?lang=en")
    await expect(tenant.page.locator(f"{CARD} h2")).to_have_text("Your registration was not accepted")
    assert await breaches_of(tenant.page) == []
    await tenant.page.click(f"{CARD} summary")
    await tenant.page.fill(f"{CARD} [name='field.birth_date']", "2090-01-01")
    await tenant.page.click(f"{CARD} button")
    await expect(tenant.page.locator(f"{CARD} [role=alert] a")).to_have_attribute("href", "#in-1-birth_date")
    assert await tenant.page.input_value(f"{CARD} [name='field.birth_date']") == "2090-01-01", "what was typed is kept"
    await tenant.page.screenshot(path=artefacts / "refused-3-wrong.png", full_page=True)
    await tenant.page.fill(f"{CARD} [name='field.birth_date']", "1949-12-31")
    await tenant.page.click(f"{CARD} button")
    await expect(tenant.page.locator("main > [role=status].good")).to_have_text(
        "Corrected. Your registration is being sent again."
    )
    await expect(tenant.page.locator(CARD)).to_have_count(0)
    await expect(tenant.page.locator(".hold")).to_be_visible(timeout=SLOW)
    await landlord.follow(stay)
    await expect(landlord.page.locator(".badge", has_text="accepted")).to_be_visible(timeout=SLOW)
    refused = [text for text in tenant.complaints if "422" not in text]
    assert (landlord.complaints, refused) == ([], [])
