"""Errors of the registration form: a summary with a link per field, in the tenant's language, and nothing lost."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from api.cli.demo.journey_run import Pictures
from tests.browser.accessibility import breaches_of
from tests.browser.people import PHONE, Visitor, offer_key, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
SLOW = 30_000
TYPED = {"id_number": "号123", "surname": "Voorbeeld", "given_names": "Ada", "birth_date": "1990-05-17"}
CHOSEN = {"document_kind": "passport", "issuing_state": "NLD", "nationality": "NLD", "sex": "F"}
TITLES = {"en": "There is a problem", "es": "Hay un problema"}
CHARACTERS = {
    "en": "Document number: This contains characters that do not occur on identity documents.",
    "es": "Número de documento: Contiene caracteres que no aparecen en los documentos de identidad.",
}


async def open_form(browser: Browser, demo: Running, landlord: Visitor, room: str, **settings: object) -> Visitor:
    """A tenant at the registration form of a room."""
    await landlord.open("/landlord")
    tenant = await visit(browser, demo.url, PHONE, **settings)  # type: ignore[arg-type]
    await tenant.follow(await offer_key(landlord, room))
    return tenant


async def enter_passport(tenant: Visitor) -> None:
    """Type a document whose number has characters that no document has."""
    await tenant.page.click("#typed summary")
    for name, word in CHOSEN.items():
        if name == "document_kind":
            await tenant.page.select_option("[name=document_kind]", word)
    for name, text in TYPED.items():
        await tenant.page.fill(f"[name={name}]", text)
    for name, word in CHOSEN.items():
        await tenant.page.select_option(f"[name={name}]", word)


@pytest.mark.parametrize(("language", "room"), [("en", "201"), ("es", "202")])
async def test_a_wrong_field_is_named_in_a_summary_and_nothing_is_lost(
    browser: Browser, demo: Running, landlord: Visitor, artefacts: Path, pictures: Pictures, language: str, room: str
) -> None:
    tenant = await open_form(browser, demo, landlord, room, language=language)
    page, summary = tenant.page, tenant.page.locator("#errors")
    await page.click("#register button.wide")
    await expect(summary).to_be_focused()
    await expect(summary.locator("h2")).to_have_text(TITLES[language])
    hrefs = [await link.get_attribute("href") for link in await summary.locator("a").all()]
    assert hrefs == ["#in-document", "#in-check", "#in-consent_registration"]
    await enter_passport(tenant)
    await page.check("[name=check][value=face]")
    await page.check("[name=consent_face]")
    await page.check("[name=consent_registration]")
    await tenant.show("[name=face]", str(pictures.face))
    await page.click("#register button.wide")
    await expect(summary.locator("a", has_text=CHARACTERS[language])).to_have_count(1, timeout=SLOW)
    await expect(summary.locator("a")).to_have_count(1)
    await expect(page.locator("#wrong-id_number")).to_have_text(await summary.locator("a").inner_text())
    await page.screenshot(path=artefacts / f"errors-{language}.png", full_page=True)
    assert await breaches_of(page) == []
    await summary.locator("a").click()
    await expect(page.locator("#in-id_number")).to_be_focused()
    assert await page.get_attribute("#in-id_number", "aria-invalid") == "true"
    kept = {name: await page.input_value(f"[name={name}]") for name in (*TYPED, *CHOSEN)}
    assert kept == TYPED | CHOSEN
    for ticked in ("[name=check][value=face]", "[name=consent_face]", "[name=consent_registration]"):
        assert await page.is_checked(ticked)
    await page.fill("[name=id_number]", "XR1001R58")
    await page.click("#register button.wide")  # the photo of the face was not taken again
    await expect(page.locator("#register")).to_have_count(0, timeout=SLOW)
    assert [text for text in tenant.complaints if "422" not in text] == []


async def test_a_failed_connection_is_said_and_the_form_can_be_sent_again(
    browser: Browser, demo: Running, landlord: Visitor
) -> None:
    tenant = await open_form(browser, demo, landlord, "301")
    await tenant.page.click("#typed summary")
    await tenant.page.fill("[name=id_number]", "11010519491231002X")
    await tenant.page.fill("[name=name]", "Ada Example")
    await tenant.page.check("[name=check][value=person]")
    await tenant.page.check("[name=consent_registration]")
    await tenant.page.context.set_offline(True)
    await tenant.page.click("#register button.wide")
    await expect(tenant.page.locator("#errors")).to_contain_text("Your entries and photos are still here", timeout=SLOW)
    assert await tenant.page.input_value("[name=name]") == "Ada Example"
    await tenant.page.context.set_offline(False)
    await tenant.page.click("#register button.wide")
    await expect(tenant.page.locator("h1")).to_have_text("Manual check in progress", timeout=SLOW)
