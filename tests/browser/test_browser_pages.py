"""Every page in both languages and themes: accessible, narrow enough for a small phone, light enough for a slow one."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, Page

from api.cli.demo import free_port
from api.web.text.pair import LANGUAGES, Language
from tests.browser.preview import preview
from tests.browser.sample_pages import SAMPLES
from tests.browser.weights import weigh

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

AXE = Path(__file__).parent / "axe/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_PHONE = {"width": 360, "height": 740}
TENANT_BYTES = 60_000
SMALL = """() => [...document.querySelectorAll(".button, summary, .choice, .quiet, button")]
  .filter((part) => part.getBoundingClientRect().height < 44).map((part) => part.outerHTML.slice(0, 90))"""
# What scripts and people unfold is looked at too.
UNFOLD = """() => {
  document.documentElement.classList.add("js");
  document.querySelectorAll("details").forEach((part) => { part.open = true; });
  document.querySelectorAll("dialog").forEach((part) => { part.show(); });
  document.querySelectorAll("[hidden]:not(input)").forEach((part) => { part.hidden = false; });
  document.querySelectorAll("[value=face]").forEach((choice) => { choice.checked = true; });
}"""


@pytest.fixture(scope="module")
def preview_url() -> Iterator[str]:
    """The sample pages, served with the real files and headers."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(preview, port=port, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@asynccontextmanager
async def tab(browser: Browser, theme: str) -> AsyncIterator[Page]:
    """A small phone."""
    scheme: Any = theme
    context = await browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_page_breaks_wcag_2_2_aa(browser: Browser, preview_url: str, language: str, theme: str) -> None:
    assert AXE.exists(), "axe-core is missing: npm ci --prefix tests/browser/axe"
    found: dict[str, list[str]] = {}
    async with tab(browser, theme) as page:
        for name in SAMPLES:
            await page.goto(f"{preview_url}/sample/{name}?lang={language}")
            await page.evaluate(UNFOLD)
            await page.evaluate(AXE.read_text())
            told = await page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            found[name] = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in told["violations"]]
            assert told["passes"], f"axe looked at nothing on {name}"
    assert {name: breaches for name, breaches in found.items() if breaches} == {}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_page_scrolls_sideways_on_a_small_phone(browser: Browser, preview_url: str, language: str) -> None:
    wide: dict[str, int] = {}
    async with tab(browser, "light") as page:
        for name in SAMPLES:
            await page.goto(f"{preview_url}/sample/{name}?lang={language}")
            await page.evaluate(UNFOLD)
            wide[name] = await page.evaluate("document.documentElement.scrollWidth")
    assert {name: width for name, width in wide.items() if width > SMALL_PHONE["width"]} == {}


async def test_what_can_be_pressed_is_large_enough(browser: Browser, preview_url: str) -> None:
    small: dict[str, list[str]] = {}
    async with tab(browser, "light") as page:
        for name in SAMPLES:
            await page.goto(f"{preview_url}/sample/{name}?lang=zh")
            await page.evaluate(UNFOLD)
            small[name] = await page.evaluate(SMALL)
    assert {name: parts for name, parts in small.items() if parts} == {}


async def test_the_checker_sees_what_is_wrong(browser: Browser, preview_url: str) -> None:
    async with tab(browser, "light") as page:
        await page.goto(f"{preview_url}/sample/login?lang=en")
        await page.evaluate("document.querySelector('main').innerHTML = '<img src=/x><p class=faint id=p>pale</p>'")
        await page.evaluate("document.querySelector('#p').style.color = '#bbb'")
        await page.evaluate(AXE.read_text())
        told = await page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert {"image-alt", "color-contrast"} <= {violation["id"] for violation in told["violations"]}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_tenants_pages_are_light(language: Language) -> None:
    weights = {name: weigh(name, language) for name in ("door", "review", "key")}
    assert max(weights.values()) < TENANT_BYTES, weights
