"""Every page from right to left, and with texts that are 40 % longer: nothing is cut off, and the layout mirrors."""

import threading
from collections.abc import Iterator
from typing import Any, Final

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page

from api.cli.demo.ports import free_port
from tests.browser.people import windows_closed
from tests.browser.samples.pages import SAMPLES
from tests.browser.samples.preview import preview
from tests.browser.samples.pseudo import LONG, RIGHT_TO_LEFT, add_pseudo_languages, lengthened, turned
from tests.browser.test_pages import SMALL_PHONE, UNFOLD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

# Badges are not among them: they stand in lines of text, whose order the text decides.
SIDES: Final = """(direction) => {
  document.documentElement.dir = direction;
  const names = [".button", ".card", ".choice", ".step", "h1", "h2", "dt", "dd", "legend", "label", "select"];
  const parts = document.querySelectorAll([...names, "header a", "header summary", "main li", "main summary"].join());
  return [...parts].filter((part) => part.getClientRects().length === 1 && !part.closest("svg, video")).map((part) => {
    const box = part.getBoundingClientRect();
    return [part.outerHTML.slice(0, 80), box.left, box.right];
  });
}"""
OUTSIDE: Final = """() => [...document.querySelectorAll("header *, main *")].filter((part) => {
  const box = part.getBoundingClientRect();
  const shown = part.getClientRects().length && !part.closest(".unseen, .skip, svg, table");
  return shown && (box.left < -1 || box.right > innerWidth + 1);
}).map((part) => part.outerHTML.slice(0, 90))"""
CUT: Final = """() => {
  const parts = document.querySelectorAll("button:not(.hold), .hold span, .button, summary, .badge, label");
  return [...parts].filter((part) => {
    const cut = part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 2;
    return part.getClientRects().length && cut && getComputedStyle(part).display !== "inline";
  }).map((part) => part.outerHTML.slice(0, 90));
}"""
TOLERANCE: Final = 1.5  # pixels


@pytest.fixture(scope="module")
def pseudo_url() -> Iterator[str]:
    """Address of the sample pages, which answer in the made-up languages too."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(preview, port=port, log_level="error", timeout_graceful_shutdown=1))
    with pytest.MonkeyPatch.context() as patch:
        add_pseudo_languages(patch)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started and thread.is_alive():
            thread.join(0.05)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> Any:
    """A small phone."""
    async with windows_closed(browser):
        yield await browser.new_page(viewport=SMALL_PHONE)


async def not_mirrored(page: Page) -> list[str]:
    """Parts that are not as far from the right as they are from the left when the page is read the other way."""
    mirrored, plain = await page.evaluate(SIDES, "rtl"), await page.evaluate(SIDES, "ltr")
    width = await page.evaluate("innerWidth")
    assert len(mirrored) == len(plain)
    return [
        name
        for (name, left, right), (_, other_left, other_right) in zip(mirrored, plain, strict=True)
        if abs(left - (width - other_right)) > TOLERANCE or abs(right - (width - other_left)) > TOLERANCE
    ]


async def unfolded(page: Page, url: str, name: str, language: str) -> None:
    """Open a sample page with everything shown that people or scripts unfold."""
    await page.goto(f"{url}/sample/{name}?lang={language}")
    assert f'lang="{language}"' in await page.content(), name
    await page.evaluate(UNFOLD)


async def test_pages_read_from_right_to_left_mirror_and_fit(phone: Page, pseudo_url: str) -> None:
    wrong: dict[str, object] = {}
    for name in SAMPLES:
        await unfolded(phone, pseudo_url, name, RIGHT_TO_LEFT)
        assert await phone.evaluate("document.documentElement.dir") == "rtl"
        wide = await phone.evaluate("document.documentElement.scrollWidth") > SMALL_PHONE["width"]
        found = [*await phone.evaluate(OUTSIDE), *await not_mirrored(phone)]
        if wide or found:
            wrong[name] = found
    assert wrong == {}


async def test_texts_that_are_longer_are_not_cut_off(phone: Page, pseudo_url: str) -> None:
    wrong: dict[str, object] = {}
    for name in SAMPLES:
        await unfolded(phone, pseudo_url, name, LONG)
        wide = await phone.evaluate("document.documentElement.scrollWidth") > SMALL_PHONE["width"]
        found = [*await phone.evaluate(OUTSIDE), *await phone.evaluate(CUT)]
        if wide or found:
            wrong[name] = found
    assert wrong == {}


async def test_the_checks_see_what_is_wrong(phone: Page, pseudo_url: str) -> None:
    await phone.goto(f"{pseudo_url}/sample/login?lang={RIGHT_TO_LEFT}")
    await phone.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`main h1 { margin-left: 40px } main p { width: 500px }
            main .button { height: 20px; min-height: 0; overflow: hidden; display: block; width: 30px }`);
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert any("<h1" in part for part in await not_mirrored(phone))
    assert await phone.evaluate(OUTSIDE) != []
    assert await phone.evaluate(CUT) != []


async def test_the_made_up_texts_keep_their_placeholders() -> None:
    assert "{unit}" in lengthened("Your key to {unit}")
    assert len(lengthened("Offer a key")) >= 15
    assert turned("Key")[1:-1] == "Key"
