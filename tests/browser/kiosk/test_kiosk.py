"""A tenant at the kiosk: Chromium on the kiosk's page, with a running gateway."""

import asyncio
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, ViewportSize, expect

from api.cli.demo.demo import Running, kiosk_url
from api.cli.demo.journey_run import Pictures
from api.cli.demo.seed import KIOSK
from tests.browser.accessibility import breaches_of
from tests.browser.people import PHONE, Visitor, offer_key, visit
from tests.browser.tenancy import let_landlord_pass

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
SLOW = 30_000
TURNED = 120_000  # four turns, a document to read, a clip to check
TERMINAL: ViewportSize = {"width": 1080, "height": 1920}
SHOW_ONLY = """name => {
  for (const step of document.querySelectorAll("[data-step]")) step.hidden = step.dataset.step !== name;
}"""


async def control(demo: Running, path: str, body: dict[str, Any]) -> None:
    """Send a request to the control interface of the simulated building."""
    reported = json.loads(demo.control_file.read_text())
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {reported['token']}"}) as client:
        (await client.post(reported["url"] + path, json=body)).raise_for_status()


async def lay(demo: Running, pictures: Pictures, code: str | None = None, *, still: bool = False) -> None:
    """Place document and code on the counter and a face, or a photograph, before the camera."""
    shown: dict[str, Any] = {"document": b64encode(pictures.document.read_bytes()).decode(), "still": still}
    shown["face"] = b64encode(pictures.face.read_bytes()).decode()
    await control(demo, f"/kiosks/{KIOSK}/counter", shown | ({"code": code} if code else {}))


async def kiosk(browser: Browser, demo: Running, language: str = "en") -> Visitor:
    """A tenant at the kiosk who has chosen a language."""
    visitor = await visit(browser, kiosk_url(demo.folder), TERMINAL, "zh-CN")
    await visitor.open("/")
    await expect(visitor.page.locator("#link")).not_to_be_empty()
    await visitor.tap(f".language[value='{language}']")
    await expect(visitor.page.locator("[data-step=code] h1")).to_be_focused()
    return visitor


async def scan_document_and_agree(tenant: Visitor) -> None:
    """From document to consent; nothing is ticked in advance, and nothing proceeds without consent."""
    await expect(tenant.page.locator("[data-step=document] h1")).to_be_focused(timeout=SLOW)
    await tenant.tap("[data-step=document] .shoot")
    await expect(tenant.page.locator("[data-step=document] img")).to_be_visible()
    await tenant.tap("[data-step=document] .next")
    assert await tenant.page.locator("input:checked").count() == 0
    await expect(tenant.page.locator("#agreed")).to_be_disabled()
    await tenant.tap("#agree")
    await tenant.tap("#agreed")


async def look_and_turn(tenant: Visitor) -> None:
    """From the confirmation of the document to the first arrow: consent, picture, turns."""
    await tenant.tap("[data-step=face] [data-go=camera]")
    await expect(tenant.page.locator("[data-step=camera] .shoot")).to_be_disabled()
    await tenant.tap("#agree-face")
    await tenant.tap("[data-step=camera] .shoot")
    await expect(tenant.page.locator("[data-step=camera] img")).to_be_visible(timeout=SLOW)
    await tenant.tap("#turn-head")


async def until_shown(tenant: Visitor, step: str) -> None:
    """Wait until this step is shown, and touch the screen now and then so that the visit does not time out."""

    async def touch() -> None:
        while True:
            await tenant.page.evaluate("fetch('/visit/touch', { method: 'POST' })")
            await asyncio.sleep(5)

    touching = asyncio.create_task(touch())
    try:
        await expect(tenant.page.locator(f"[data-step={step}] h1")).to_be_visible(timeout=TURNED)
    finally:
        touching.cancel()
        await asyncio.gather(touching, return_exceptions=True)


async def test_a_tenant_registers_by_touch_and_takes_the_key_home_on_the_phone(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor, artefacts: Path
) -> None:
    await landlord.open("/landlord")
    link = await offer_key(landlord, "201")
    await lay(demo, pictures, link, still=True)
    tenant = await kiosk(browser, demo)
    await tenant.tap("#scan-code")
    await expect(tenant.page.locator("#offer")).to_have_text(
        "Your accommodation: Room 201 · Landlord: Mira Holm", timeout=SLOW
    )
    await expect(tenant.page.locator("[data-step=document] h1")).to_be_focused(timeout=SLOW)
    await tenant.page.screenshot(path=artefacts / "kiosk-1-document.png")
    await scan_document_and_agree(tenant)
    await look_and_turn(tenant)
    await expect(tenant.page.locator("[data-step=turns] h1")).to_be_focused()
    await tenant.page.screenshot(path=artefacts / "kiosk-2-turns.png")
    assert tenant.typed == 0
    assert tenant.taps <= 10
    await until_shown(tenant, "person_decides")
    await expect(tenant.page.locator("[data-step=person_decides] .qr img")).to_be_visible()
    await tenant.page.screenshot(path=artefacts / "kiosk-3-person.png")

    await let_landlord_pass(landlord)
    phone = await visit(browser, demo.url, PHONE)
    await phone.follow(link)
    await expect(phone.page.locator("h1")).to_have_text("You are registered")
    await phone.tap("#take-key button")
    await expect(phone.page.locator(".hold")).to_be_visible(timeout=SLOW)
    await tenant.tap("[data-step=person_decides] .done")
    await expect(tenant.page.locator("[data-step=welcome]")).to_be_visible()
    assert await tenant.page.locator("img[src^=blob]").count() == 0
    assert (tenant.complaints, phone.complaints) == ([], [])


async def test_a_typed_code_and_a_person_instead_of_the_camera(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor
) -> None:
    await landlord.open("/landlord")
    await offer_key(landlord, "202")
    code = str(await landlord.page.locator(".code").first.text_content())
    await lay(demo, pictures)
    tenant = await kiosk(browser, demo, "zh-CN")
    await tenant.tap("[data-go=typing]")
    for sign in code.replace("-", ""):
        await tenant.page.click(f".keys [value='{sign}']")
    await expect(tenant.page.locator("#typed")).to_have_text(code)
    await tenant.tap("#use-code")
    await scan_document_and_agree(tenant)
    await tenant.tap("#ask-person")
    await expect(tenant.page.locator("[data-step=person_decides] h1")).to_be_focused(timeout=SLOW)
    await expect(tenant.page.locator("[data-step=person_decides] .own-link")).to_be_visible()
    await tenant.tap("[data-step=person_decides] .done")
    await let_landlord_pass(landlord)


async def test_a_code_nobody_made_is_refused_in_words(browser: Browser, demo: Running, pictures: Pictures) -> None:
    await lay(demo, pictures)
    tenant = await kiosk(browser, demo)
    await tenant.tap("[data-go=typing]")
    for sign in "000000001":
        await tenant.page.click(f".keys [value='{sign}']")
    await tenant.tap("#use-code")
    await expect(tenant.page.locator("[data-step=typing] .problem")).to_have_text(
        "This code is not valid. Check it character by character."
    )
    await tenant.tap("#erase")
    await tenant.tap(".keys [value='0']")  # the check character is valid, but no such offer exists
    await tenant.tap("#use-code")
    await expect(tenant.page.locator("[data-step=refused] .reason")).to_be_visible(timeout=SLOW)
    await expect(tenant.page.locator("#offer")).to_be_hidden()
    assert await tenant.page.locator("img[src^=blob]").count() == 0, "nothing was scanned"
    await tenant.tap("#leave")
    await expect(tenant.page.locator("[data-step=welcome]")).to_be_visible()


async def test_without_a_network_it_is_kept_counted_and_sent_later(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor, artefacts: Path
) -> None:
    await landlord.open("/landlord")
    link = await offer_key(landlord, "203")
    await lay(demo, pictures, link)
    await control(demo, f"/devices/{KIOSK}/faults", {"offline": True})
    try:
        tenant = await kiosk(browser, demo)
        await expect(tenant.page.locator("#link")).to_have_text("Offline")
        await tenant.tap("#scan-code")
        await scan_document_and_agree(tenant)
        await tenant.tap("#ask-person")
        await expect(tenant.page.locator("[data-step=kept] h1")).to_be_focused(timeout=SLOW)
        await expect(tenant.page.locator("#queue")).to_have_text("Registrations waiting to be sent: 1")
        await tenant.page.screenshot(path=artefacts / "kiosk-4-kept.png")
        await tenant.tap("[data-step=kept] .done")
        await expect(tenant.page.locator("#queue")).to_contain_text("1")
    finally:
        await control(demo, f"/devices/{KIOSK}/faults", {"offline": False})
    await expect(tenant.page.locator("#queue")).to_be_empty(timeout=SLOW)
    await let_landlord_pass(landlord)
    phone = await visit(browser, demo.url, PHONE)
    await phone.follow(link)
    await expect(phone.page.locator("h1")).to_have_text("You are registered")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_every_step_is_accessible_and_fits(browser: Browser, demo: Running, language: str) -> None:
    found: dict[str, list[str]] = {}
    for dark, window in ((False, TERMINAL), (True, PHONE)):
        somebody = await visit(browser, kiosk_url(demo.folder), window, dark=dark)
        await somebody.open(f"/?lang={language}")
        steps = await somebody.page.evaluate("[...document.querySelectorAll('[data-step]')].map(s => s.dataset.step)")
        for step in steps:
            await somebody.page.evaluate(SHOW_ONLY, step)
            found[f"{step} {dark}"] = await breaches_of(somebody.page)
            assert await somebody.page.evaluate("document.documentElement.scrollWidth") <= window["width"]
    assert len(found) == 32
    assert {step: breaches for step, breaches in found.items() if breaches} == {}
