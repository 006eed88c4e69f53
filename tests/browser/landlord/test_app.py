"""The landlord pages as an installable app: installation, offline start, and no personal data left on the device."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page, Playwright, expect

from api.framework.session_cookie import SESSION_COOKIE
from gateway.texts.languages import LANGUAGES, Language
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.people import PHONE, Visitor, visit
from tests.browser.samples.icons import ICONS, ICONS_FOLDER, draw
from tests.parts.house import House, good
from tests.parts.served import serve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
SLOW: Final = 30_000
# Everything the browser stores for the site: cache entries with content, and names of stored items.
KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept[request.url] = await (await cache.match(request)).text();
  }
  return { kept, local: { ...localStorage }, session: { ...sessionStorage },
    bases: (await indexedDB.databases()).map((base) => base.name), cookies: document.cookie };
}"""


@dataclass
class Place:
    """A house on a port, in which a tenant of landlord a holds a key."""

    house: House
    url: str
    stay: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(first_house: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    with serve(first_house, tmp_path_factory.mktemp("app") / "house") as (house, url):
        house.now[0] = int(time.time())
        house.put_on_lock(await house.key("a"))
        yield Place(house, url, good(await house.client("landlord-a").get("/api/v1/stays"))[0]["id"])
        for client in house.clients:
            await client.aclose()


async def enter(page: Page, place: Place) -> None:
    """Sign in without the form."""
    token = place.house.session_of("landlord-a")
    await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": place.url, "httpOnly": True}])


async def landlord_of(browser: Browser, place: Place, language: str = "en") -> Visitor:
    """Landlord with the list open and the service worker active."""
    landlord = await visit(browser, place.url, PHONE, language)
    await enter(landlord.page, place)
    await landlord.open("/landlord")
    await landlord.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return landlord


async def ask_devtools(page: Page, command: str) -> Any:
    """Chromium's own report on the page as an app, through the DevTools protocol."""
    devtools = await page.context.new_cdp_session(page)
    return await devtools.send(command)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_chromium_finds_nothing_against_installing_it(
    playwright: Playwright, place: Place, tmp_path: Path, language: Language
) -> None:
    # A private window cannot install an app, so this uses a separate profile.
    context = await playwright.chromium.launch_persistent_context(
        tmp_path / "profile", executable_path=find_chromium(), args=FLAGS, locale=language
    )
    page = context.pages[0]
    await enter(page, place)
    await page.goto(f"{place.url}/landlord")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    found = await ask_devtools(page, "Page.getAppManifest")
    hindrances = (await ask_devtools(page, "Page.getInstallabilityErrors"))["installabilityErrors"]
    await context.close()
    app = json.loads(found["data"])
    assert (found["errors"], hindrances) == ([], [])
    assert (app["id"], app["start_url"], app["display"], app["lang"]) == (
        "/landlord",
        "/landlord",
        "standalone",
        language,
    )


async def test_each_icon_is_the_drawing_in_its_size_and_a_maskable_one_fills_its_square(browser: Browser) -> None:
    for name, (side, _) in ICONS.items():
        kept, fresh = (Image.open(source) for source in (ICONS_FOLDER / name, BytesIO(await draw(browser, name))))
        assert (kept.size, kept.format) == ((side, side), "PNG")
        difference = np.abs(np.asarray(kept.convert("RGBA"), int) - np.asarray(fresh.convert("RGBA"), int))
        assert difference.mean() < 2, f"{name} is another drawing: python -m tests.browser.samples.icons"
    assert Image.open(ICONS_FOLDER / "icon-maskable.png").convert("RGBA").getpixel((0, 0)) == (12, 92, 83, 255)
    assert Image.open(ICONS_FOLDER / "icon-512.png").convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize(("language", "said"), [("en", "You are offline"), ("zh-CN", "您未联网")])
async def test_without_a_network_the_app_opens_says_so_and_goes_on_by_itself(
    browser: Browser, place: Place, artefacts: Path, language: Language, said: str
) -> None:
    landlord = await landlord_of(browser, place, language)
    await landlord.open(f"/landlord/stays/{place.stay}")
    await landlord.page.context.set_offline(True)
    await expect(landlord.page.locator("#offline")).to_be_visible(timeout=SLOW)
    await landlord.reload()
    await expect(landlord.page.locator("h1")).to_have_text(said, timeout=SLOW)
    await landlord.page.screenshot(path=artefacts / f"app-offline-{language}.png", full_page=True)
    assert "Room a" not in await landlord.page.content()
    await landlord.open("/landlord")
    await expect(landlord.page.locator("h1")).to_have_text(said, timeout=SLOW)
    await landlord.open(f"/landlord/stays/{place.stay}")
    await landlord.page.context.set_offline(False)
    await expect(landlord.page.locator("h1")).to_have_text("Room a", timeout=SLOW)
    assert [text for text in landlord.complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []


async def test_what_the_app_leaves_on_the_device_says_nothing_of_anybody(browser: Browser, place: Place) -> None:
    landlord = await landlord_of(browser, place)
    offer = await place.house.offer("a", begins=30 * 86_400)
    for path in (
        f"/landlord/stays/{place.stay}",
        f"/landlord/stays/{offer['stay_id']}",
        "/landlord/calendar",
        "/account",
    ):
        await landlord.open(path)
    await landlord.open("/landlord")
    left = await landlord.page.evaluate(KEPT)
    addresses = {address.removeprefix(place.url) for address in left["kept"]}
    pages = {address for address in addresses if not address.startswith("/static/")}
    assert pages == {"/offline?lang=en", "/key/offline?lang=en"}
    token = offer["url"].rpartition("/")[2]
    for personal in ("Room a", "Street a", "Landlord a", "landlord-a", "VOORBEELD", place.stay, token):
        assert personal not in json.dumps(left), personal
    assert (left["local"], left["session"], left["bases"], left["cookies"]) == ({}, {}, [], "")
    assert landlord.complaints == []
