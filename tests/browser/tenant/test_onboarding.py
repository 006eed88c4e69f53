"""Unusual conditions for a tenant: no scripts, a button that cannot be held, another phone, a lock that does not
answer.
"""

import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Request, expect

from api.cli.demo.demo import Running
from tests.browser.people import DESK, PHONE, Visitor, hold_to_unlock, offer_key, visit
from tests.browser.tenancy import SLOW, let_landlord_pass, register_typed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def holder(browser: Browser, demo: Running, landlord: Visitor) -> Visitor:
    """A tenant of room 103 whose key is confirmed by the lock."""
    await landlord.open("/landlord")
    tenant = await visit(browser, demo.url, PHONE)
    await tenant.follow(await offer_key(landlord, "103"))
    await register_typed(tenant)
    assert tenant.typed <= 2
    assert tenant.taps <= 7
    await let_landlord_pass(landlord)
    await expect(tenant.page.locator(".hold")).to_be_visible(timeout=SLOW)
    return tenant


def count_unlocks(tenant: Visitor) -> list[str]:
    """Count the unlock requests that the page sends from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/unlock"):
            asked.append(request.url)

    tenant.page.on("request", note)
    return asked


async def test_a_short_touch_opens_nothing(holder: Visitor) -> None:
    asked = count_unlocks(holder)
    await holder.page.click(".hold")
    await holder.page.mouse.move(5, 5)
    await expect(holder.page.locator(".hold span")).to_have_text("Hold to unlock")
    await holder.page.wait_for_timeout(1200)
    assert asked == []


async def test_the_keyboard_opens_the_door_without_holding(holder: Visitor) -> None:
    asked = count_unlocks(holder)
    await holder.page.focus(".hold")
    await holder.page.keyboard.press("Enter")
    await expect(holder.page.locator(".hold span")).to_have_text("Press again to unlock")
    assert asked == []
    await holder.page.keyboard.press("Enter")
    await expect(holder.page.locator(".outcome strong")).to_have_text("Unlocked", timeout=SLOW)
    await expect(holder.page.locator("dl .badge", has_text="unlocked")).to_be_visible()
    assert len(asked) == 1


async def test_the_key_page_opens_without_a_network_and_shows_the_code(holder: Visitor, artefacts: Path) -> None:
    await holder.open("/key")
    digits = await holder.page.locator("#codes .code").first.text_content()
    await holder.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await holder.page.context.set_offline(True)
    await holder.open("/key")
    await expect(holder.page.locator("h1")).to_have_text("You are offline")
    await expect(holder.page.locator("#codes .code").first).to_have_text(str(digits))
    await expect(holder.page.locator("#saved-codes h2")).to_have_text("Room 103")
    await holder.page.screenshot(path=artefacts / "key-offline.png", full_page=True)
    kept = await holder.page.evaluate(
        "caches.open('lodgekey-offline-5').then(async (c) => (await Promise.all((await c.keys()).map(async (k) =>"
        " [k.url, await (await c.match(k)).text()]))).flat().join())"
    )
    assert str(digits) not in kept
    assert "Harbour Street" not in kept
    await holder.page.context.set_offline(False)
    await expect(holder.page.locator(".hold")).to_be_visible(timeout=SLOW)


async def test_a_copied_link_opens_nothing_on_another_phone(browser: Browser, demo: Running, holder: Visitor) -> None:
    thief = await visit(browser, demo.url, PHONE)
    await thief.page.context.add_cookies(await holder.page.context.cookies())  # type: ignore[arg-type]
    await thief.open("/key")
    await expect(thief.page.locator(".not-here")).to_be_visible()
    await expect(thief.page.locator(".hold")).to_be_hidden()
    await expect(thief.page.locator("#codes")).to_be_hidden()


async def test_a_silent_lock_is_said_to_be_silent(
    browser: Browser, demo: Running, holder: Visitor, artefacts: Path
) -> None:
    tester = await visit(browser, demo.url, DESK)
    await tester.sign_in("tester", demo.logins.password)
    tile = tester.page.locator(".lock", has_text="Door of room 103")
    await tile.locator("summary").click()
    await tile.locator("button[value=offline]").click()  # each takes two clicks
    await expect(tester.page.locator(".lock", has_text="Door of room 103").locator(".badge.bad")).to_be_visible()
    await tester.page.screenshot(path=artefacts / "tester-offline.png", full_page=True)
    await holder.open("/key")
    await expect(holder.page.locator(".hold")).to_be_visible()
    began = time.monotonic()
    await hold_to_unlock(holder)
    await expect(holder.page.locator(".outcome strong")).to_have_text("Contacting the lock…", timeout=500)
    silent = holder.page.locator(".outcome.care strong")
    await expect(silent).to_have_text("The lock did not answer", timeout=6000)
    assert time.monotonic() - began < 6
    await holder.page.screenshot(path=artefacts / "key-silent.png", full_page=True)
    await tester.page.locator(".lock", has_text="Door of room 103").locator("button[value=none]").click()


async def test_registration_works_without_scripts(
    browser: Browser, demo: Running, landlord: Visitor, artefacts: Path
) -> None:
    await landlord.open("/landlord")
    tenant = await visit(browser, demo.url, PHONE, scripts=False)
    await tenant.follow(await offer_key(landlord, "104"))
    await register_typed(tenant)
    await let_landlord_pass(landlord)
    await tenant.reload()
    await expect(tenant.page.locator("h1")).to_have_text("You are registered", timeout=SLOW)
    # Where a test disables scripts, Chromium keeps noscript as text, so the source is read instead.
    assert "<noscript>" in await tenant.page.content()
    assert "Scripts are turned off in this browser, so it cannot store a key" in await tenant.page.content()
    await expect(tenant.page.locator("#take-key")).to_be_hidden()
    await tenant.page.screenshot(path=artefacts / "no-scripts.png", full_page=True)


async def test_the_link_is_opened_by_the_pages_script_and_by_no_page_without_scripts(
    browser: Browser, demo: Running, landlord: Visitor
) -> None:
    await landlord.open("/landlord")
    link = await offer_key(landlord, "202")

    async def opened(*, scripts: bool) -> list[str]:
        tenant = await visit(browser, demo.url, PHONE, scripts=scripts)
        asked: list[str] = []
        tenant.page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
        await tenant.follow(link)
        await expect(tenant.page.locator("#register")).to_be_visible()
        await tenant.page.wait_for_load_state("networkidle")
        return [urlsplit(url).path for url in asked]

    assert await opened(scripts=False) == []
    assert await opened(scripts=True) == ["/api/v1/onboarding/open"]


async def test_a_form_from_another_site_is_refused(demo: Running, landlord: Visitor) -> None:
    await landlord.open("/landlord")
    cookies = {cookie["name"]: cookie["value"] for cookie in await landlord.page.context.cookies()}
    async with httpx.AsyncClient(base_url=demo.url, cookies=cookies) as other:
        answer = await other.post("/landlord/stays/none/end", headers={"Origin": "https://elsewhere.example"})
        assert answer.status_code == 403
        assert "text/html" in answer.headers["content-type"]
        answer = await other.post("/login", data={"login": "x", "password": "y"}, headers={"Origin": "null"})
        assert answer.status_code == 403


REFUSED_STORE = "indexedDB.open = () => { const request = {}; setTimeout(() => request.onerror?.()); return request; }"
SILENT_STORE = "indexedDB.open = () => ({})"
THROWING_STORE = "Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('no') } })"


@pytest.mark.parametrize(
    ("room", "store"),
    [("301", REFUSED_STORE), ("302", SILENT_STORE), ("303", THROWING_STORE)],
    ids=lambda given: given[:3],
)
async def test_outside_03_a_browser_that_stores_nothing_still_registers_and_says_what_that_means(
    browser: Browser, demo: Running, landlord: Visitor, room: str, store: str
) -> None:
    """element-web#24216, trezor-suite#2993: the form stayed at "Sending…" for ever."""
    tenant = await visit(browser, demo.url, PHONE)
    await tenant.page.add_init_script(store)
    await landlord.open("/landlord")
    await tenant.follow(await offer_key(landlord, room))
    await register_typed(tenant)
    await let_landlord_pass(landlord)
    await tenant.open("/onboarding")
    await expect(tenant.page.locator("#not-stored")).to_contain_text("This browser cannot store the key", timeout=SLOW)
    await expect(tenant.page.locator("#take-key")).to_be_hidden()
