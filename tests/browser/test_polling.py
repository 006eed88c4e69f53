"""A page that polls asks one question at a time, and does not cancel the page that a person has opened meanwhile."""

import asyncio
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Page, Request, Route, expect

import api.web

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
STATIC: Final = Path(api.web.__file__).parent
HOUSE: Final = "http://127.0.0.1:9"  # every request is answered by the test
PAGE: Final = """<!doctype html><html lang="en"><title>{step}</title>
<p data-wait="{step}">{step}</p><a href="/there">there</a>
<script type="module" src="/static/shared/live_parts.js"></script>"""


class House:
    """Answers a page's requests when the test says so."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.polls: list[Route] = []
        self.asked = asyncio.Event()
        self.opened: list[str] = []
        self.opening = asyncio.Event()
        self.may_open = asyncio.Event()

    async def answer(self, route: Route, request: Request) -> None:
        """Static files and the first page at once; polls are kept, and other pages wait for `may_open`."""
        path = request.url.removeprefix(HOUSE)
        if path.startswith("/static/"):
            await route.fulfill(path=STATIC / path.removeprefix("/"), content_type="text/javascript")
        elif request.resource_type == "fetch":
            self.polls.append(route)
            self.asked.set()
        else:
            self.opened.append(path)
            if len(self.opened) > 1:
                self.opening.set()
                await self.may_open.wait()
            await route.fulfill(body=PAGE.format(step="first"), content_type="text/html")


async def open_page(browser: Browser) -> tuple[Page, House]:
    """A page that waits for its second step, in a browser whose clock stands."""
    house, page = House(), await browser.new_page()
    await page.route("**/*", house.answer)
    await page.clock.install()
    await page.goto(f"{HOUSE}/here")
    return page, house


async def test_a_page_that_gets_no_answer_does_not_ask_again(browser: Browser) -> None:
    page, house = await open_page(browser)
    await page.clock.run_for(3_000)
    await house.asked.wait()
    await page.clock.run_for(60_000)
    assert len(house.polls) == 1
    house.asked.clear()
    await house.polls[0].fulfill(body=PAGE.format(step="first"), content_type="text/html")
    while not house.asked.is_set():  # the answer is read first, then the pause begins
        await page.clock.run_for(3_000)
    assert len(house.polls) == 2


async def test_an_answer_does_not_cancel_the_page_that_is_being_opened(browser: Browser) -> None:
    page, house = await open_page(browser)
    await page.clock.run_for(3_000)
    await house.asked.wait()
    await page.locator("a").click(no_wait_after=True)
    await house.opening.wait()
    async with page.expect_event("requestfinished", lambda request: request.resource_type == "fetch"):
        await house.polls[0].fulfill(body=PAGE.format(step="second"), content_type="text/html")
    house.may_open.set()
    await page.wait_for_url("**/there")
    assert house.opened == ["/here", "/there"]


async def test_the_page_is_replaced_once_when_the_step_is_done(browser: Browser) -> None:
    page, house = await open_page(browser)
    await page.clock.run_for(3_000)
    await house.asked.wait()
    await house.polls[0].fulfill(body=PAGE.format(step="second"), content_type="text/html")
    await house.opening.wait()
    house.may_open.set()
    await page.wait_for_load_state()
    await expect(page.locator("p")).to_have_text("first")
    assert house.opened == ["/here", "/here"]
    assert len(house.polls) == 1
