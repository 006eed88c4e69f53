"""The people of the journey in their own browsers; taps and typed fields are counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from api.cli.demo.journey_run import Pictures

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
HOLD_MS = 1200
ABORT_RETRIES = 4
DROPPED_MS = 8_000
LOOKS, LOOK_MS = 20, 5_000
CLOSING_S = 30.0
OVERTAKEN = ("ERR_ABORTED", "interrupted by another navigation")


@dataclass
class Visitor:
    """One person at one browser: taps, typed fields, and the browser's error messages."""

    page: Page
    url: str
    taps: int = 0
    typed: int = 0
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Go to a page of the gateway."""
        await self.follow(self.url + path)

    async def follow(self, link: str) -> None:
        """Open an address; repeated where the current page is just replacing itself.

        Chromium then aborts the attempt, or drops it without an answer and stays where it is.
        """
        left, wanted = urlsplit(self.page.url).path, urlsplit(link).path
        for _ in range(ABORT_RETRIES - 1):
            try:
                await self.page.goto(link, timeout=DROPPED_MS)
            except PlaywrightTimeout:
                continue
            except PlaywrightError as error:
                if not any(sign in error.message for sign in OVERTAKEN):
                    raise
            else:
                if left == wanted or urlsplit(self.page.url).path != left:
                    return  # otherwise the previous page's navigation has replaced this page without an error
        await self.page.goto(link)

    async def open_case(self) -> None:
        """Open the first waiting case of the landlord's list; the examination may take a while before it is listed."""
        review = self.page.locator("a[href^='/landlord/cases/']").first
        for _ in range(LOOKS):
            await self.open("/landlord")
            with suppress(PlaywrightTimeout):
                return await review.click(timeout=LOOK_MS)
        return await review.click()

    async def reload(self) -> None:
        """Reload the current page."""
        await self.follow(self.page.url.split("#")[0])

    async def tap(self, selector: str) -> None:
        """Click an element."""
        self.taps += 1
        await self.page.locator(selector).first.click()

    async def type(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.typed += 1
        await self.page.fill(selector, text)

    async def show(self, selector: str, picture: str) -> None:
        """Put a photo into a file field: one tap on the page, as the phone's own camera does the rest."""
        self.taps += 1
        await self.page.set_input_files(selector, picture)
        await expect(self.page.locator(f"{selector} + output img")).to_be_visible()

    async def sign_in(self, login: str, password: str) -> None:
        """Sign in and wait for the start page."""
        await self.open("/login")
        await self.page.fill("[name=login]", login)
        await self.page.fill("[name=password]", password)
        await self.page.click("main button")
        await self.page.wait_for_url(f"**/{login}")


async def visit(browser: Browser, url: str, window: ViewportSize, language: str = "en", **settings: object) -> Visitor:
    """A new person with a separate browser context."""
    context = await browser.new_context(
        viewport=window,
        locale=language,
        java_script_enabled=bool(settings.get("scripts", True)),
        color_scheme="dark" if settings.get("dark") else "light",
    )
    visitor = Visitor(await context.new_page(), url)

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visitor.complaints.append(message.text)

    visitor.page.on("console", note)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    return visitor


@asynccontextmanager
async def windows_closed(browser: Browser) -> AsyncIterator[None]:
    """Close the windows opened in this block: an open window keeps polling a building that no longer runs."""
    open_before = set(browser.contexts)
    yield
    for context in set(browser.contexts) - open_before:
        with suppress(
            TimeoutError
        ):  # Playwright has no time limit here; a context that does not close ends with its browser
            async with asyncio.timeout(CLOSING_S):
                await _close(context)


async def _close(context: BrowserContext) -> None:
    for page in context.pages:
        await page.unroute_all(behavior="ignoreErrors")
    await context.close()


async def offer_key(landlord: Visitor, room: str) -> str:
    """From the landlord's list to the offer's link."""
    await landlord.tap(f"a[aria-label='Offer a key to Room {room}']")
    await landlord.tap("text=Create link")
    return await landlord.page.locator(".link").input_value()


async def fill_in_with_face(tenant: Visitor, pictures: Pictures) -> None:
    """Fill in document, face and both consents."""
    await tenant.show("[name=document]", str(pictures.document))
    await tenant.tap("[name=check][value=face]")
    await tenant.tap("[name=consent_face]")
    await tenant.show("[name=face]", str(pictures.face))
    await tenant.tap("[name=consent_registration]")


async def register_with_face(tenant: Visitor, pictures: Pictures) -> None:
    """Submit document, face and both consents."""
    await fill_in_with_face(tenant, pictures)
    await tenant.tap("#register button.wide")


async def hold_to_unlock(tenant: Visitor) -> None:
    """Hold the button for a little more than a second."""
    box = await tenant.page.locator(".hold").bounding_box()
    assert box is not None
    await tenant.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await tenant.page.mouse.down()
    await tenant.page.wait_for_timeout(HOLD_MS)
    await tenant.page.mouse.up()
    tenant.taps += 1
