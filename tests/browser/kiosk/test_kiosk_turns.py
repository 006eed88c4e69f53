"""The kiosk's face step: arrows as the gateway requests, a passing clip, a refused photograph, review by a person."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from api.cli.demo.journey_run import Pictures
from tests.browser.kiosk.test_kiosk import (
    SLOW,
    control,
    kiosk,
    lay,
    look_and_turn,
    scan_document_and_agree,
    until_shown,
)
from tests.browser.people import Visitor, offer_key

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
NOTE_POSES = """() => {
  const section = document.querySelector("[data-step=turns]");
  globalThis.poses = [];
  new MutationObserver(() => poses.push(section.dataset.pose)).observe(section, { attributeFilter: ["data-pose"] });
}"""


async def at_the_turns(
    browser: Browser, demo: Running, pictures: Pictures, link: str, language: str = "en", *, still: bool = False
) -> Visitor:
    """A tenant who has completed all earlier steps and sees the arrows."""
    await lay(demo, pictures, link, still=still)
    tenant = await kiosk(browser, demo, language)
    await tenant.page.evaluate(NOTE_POSES)
    await tenant.tap("#scan-code")
    await expect(tenant.page.locator("[data-step=document] h1")).to_be_focused(timeout=SLOW)
    await scan_document_and_agree(tenant)
    await look_and_turn(tenant)
    await expect(tenant.page.locator("[data-step=turns]:is([data-pose=left], [data-pose=right])")).to_be_visible(
        timeout=SLOW
    )
    return tenant


async def status(tenant: Visitor) -> dict[str, Any]:
    """The status that the kiosk sends to its page."""
    reported: dict[str, Any] = await tenant.page.evaluate("fetch('/status').then((answer) => answer.json())")
    return reported


async def reasons(landlord: Visitor) -> str:
    """Reasons shown to the landlord on the page of the waiting case."""
    await landlord.open_case()
    await expect(landlord.page.locator("button[value=pass]")).to_be_visible()
    return await landlord.page.locator("main").inner_text()


async def test_a_head_that_turns_as_the_arrows_ask_passes_without_a_person(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor, artefacts: Path
) -> None:
    await landlord.open("/landlord")
    tenant = await at_the_turns(browser, demo, pictures, await offer_key(landlord, "201"), "zh-CN")
    await tenant.page.screenshot(path=artefacts / "kiosk-5-turn.png")
    turns = (await status(tenant))["turns"]
    await until_shown(tenant, "registered")
    assert [pose for pose in await tenant.page.evaluate("poses") if pose != "middle"] == turns
    assert len(turns) == 4
    await expect(tenant.page.locator("[data-step=registered] .passcode .code")).not_to_be_empty()
    await expect(tenant.page.locator("[data-step=registered] .qr img")).to_be_visible()
    await tenant.page.screenshot(path=artefacts / "kiosk-6-registered.png")
    await tenant.tap("[data-step=registered] .done")
    await expect(tenant.page.locator("[data-step=welcome]")).to_be_visible()
    assert tenant.complaints == []


async def test_a_photograph_held_up_is_sent_to_a_person(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor
) -> None:
    await landlord.open("/landlord")
    tenant = await at_the_turns(browser, demo, pictures, await offer_key(landlord, "202"), still=True)
    await until_shown(tenant, "person_decides")
    assert "head turns not detected" in await reasons(landlord)
    await landlord.page.fill("[name=reason]", "A photograph was held up")
    await landlord.page.click("button[value=refuse]")
    await tenant.tap("[data-step=person_decides] .done")


async def test_while_the_arrows_are_shown_a_person_can_be_asked_instead_and_no_face_is_sent(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor
) -> None:
    await landlord.open("/landlord")
    tenant = await at_the_turns(browser, demo, pictures, await offer_key(landlord, "203"))
    await tenant.tap("#turn-person")
    await until_shown(tenant, "person_decides")
    await reasons(landlord)
    await expect(landlord.page.locator("img[src*='/pictures/document']")).to_be_visible()
    assert await landlord.page.locator("img[src*='/pictures/face']").count() == 0
    await tenant.tap("[data-step=person_decides] .done")


async def test_without_a_network_it_is_all_kept_without_a_clip_and_a_person_looks_later(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor
) -> None:
    await landlord.open("/landlord")
    await lay(demo, pictures, await offer_key(landlord, "204"))
    tenant = await kiosk(browser, demo)
    await tenant.tap("#scan-code")
    await expect(tenant.page.locator("[data-step=document] h1")).to_be_focused(timeout=SLOW)
    await scan_document_and_agree(tenant)
    await control(demo, "/devices/kiosk-gate/faults", {"offline": True})
    try:
        await look_and_turn(tenant)
        await until_shown(tenant, "kept")
    finally:
        await control(demo, "/devices/kiosk-gate/faults", {"offline": False})
    await until_shown(tenant, "person_decides")
