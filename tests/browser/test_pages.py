"""Every page in both languages and themes: accessibility, width on a small phone, and weight on a slow connection."""

from dataclasses import dataclass
from typing import Final, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize

from gateway.texts.languages import LANGUAGES, Language
from tests.browser.accessibility import COLOURS, RULES, breaches_of
from tests.browser.people import windows_closed
from tests.browser.samples.pages import SAMPLES
from tests.browser.samples.weights import weigh

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

Theme = Literal["light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
CHECKED: Final = {"light": RULES, "dark": COLOURS}  # the dark theme sets other colours and nothing else: test_render
SMALL_PHONE: ViewportSize = {"width": 360, "height": 740}
TENANT_BYTES = 60_000
SMALL = """() => [...document.querySelectorAll(".button, summary, .choice, .quiet, button")]
  .filter((part) => part.getBoundingClientRect().height < 44).map((part) => part.outerHTML.slice(0, 90))"""
# Content that scripts or people unfold is checked too.
UNFOLD = """() => {
  document.documentElement.classList.add("js");
  document.querySelectorAll("details").forEach((part) => { part.open = true; });
  document.querySelectorAll("dialog").forEach((part) => { part.show(); });
  document.querySelectorAll("[hidden]:not(input)").forEach((part) => { part.hidden = false; });
  document.querySelectorAll("[value=face]").forEach((choice) => { choice.checked = true; });
}"""
FAULTS = """() => {
  document.querySelector("main").innerHTML =
    "<img src=/x><p id=pale>pale in the dark</p><p id=wide>wide</p><button id=small>small</button>";
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`#wide { width: 500px } #small { min-height: 0; height: 20px; padding: 0 }
    @media (prefers-color-scheme: dark) { #pale { color: #333 } }`);
  document.adoptedStyleSheets = [sheet];
}"""


@dataclass(frozen=True, slots=True)
class PageView:
    """Findings on one page on a small phone: accessibility violations by theme, page width, undersized controls."""

    breaches: dict[Theme, list[str]]
    width: int
    small: list[str]


async def view_page(page: Page) -> PageView:
    """Check the page, with all sections unfolded, in both themes; the window is left in the dark theme."""
    await page.evaluate(UNFOLD)
    width, small = await page.evaluate("document.documentElement.scrollWidth"), await page.evaluate(SMALL)
    found = {}
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme)
        found[theme] = await breaches_of(page, CHECKED[theme])
    return PageView(found, width, small)


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=LANGUAGES)
async def views(request: pytest.FixtureRequest, browser: Browser, preview_url: str) -> dict[str, PageView]:
    """Every page in one language; each is opened once."""
    found = {}
    async with windows_closed(browser):
        page = await browser.new_page(viewport=SMALL_PHONE)
        for name in SAMPLES:
            await page.emulate_media(color_scheme="light")
            await page.goto(f"{preview_url}/sample/{name}?lang={request.param}")
            found[name] = await view_page(page)
    return found


@pytest.mark.parametrize("theme", THEMES)
async def test_no_page_breaks_wcag_2_2_aa(views: dict[str, PageView], theme: Theme) -> None:
    assert {name: look.breaches[theme] for name, look in views.items() if look.breaches[theme]} == {}


async def test_no_page_scrolls_sideways_on_a_small_phone(views: dict[str, PageView]) -> None:
    assert {name: look.width for name, look in views.items() if look.width > SMALL_PHONE["width"]} == {}


async def test_what_can_be_pressed_is_large_enough(views: dict[str, PageView]) -> None:
    assert {name: look.small for name, look in views.items() if look.small} == {}


async def test_the_checker_sees_what_is_wrong_in_each_theme(browser: Browser, preview_url: str) -> None:
    page = await browser.new_page(viewport=SMALL_PHONE, color_scheme="light")
    await page.goto(f"{preview_url}/sample/login?lang=en")
    await page.evaluate(FAULTS)
    look = await view_page(page)
    rules = {theme: {breach.partition(":")[0] for breach in found} for theme, found in look.breaches.items()}
    assert ("image-alt" in rules["light"], "color-contrast" in rules["light"]) == (True, False)
    assert rules["dark"] == {"color-contrast"}
    assert look.width > SMALL_PHONE["width"]
    assert [part for part in look.small if 'id="small"' in part]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_tenants_pages_are_light(language: Language) -> None:
    weights = {name: weigh(name, language) for name in ("onboarding", "review", "key")}
    assert max(weights.values()) < TENANT_BYTES, weights
