"""A real browser for all tests of this folder, and a running demonstration for each file: its rooms are its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright

from api.cli.demo.demo import Running, photograph, running
from api.cli.demo.journey_run import Pictures
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.people import CLOSING_S, DESK, Visitor, visit, windows_closed


@pytest.fixture(autouse=True)
def stay_on_loopback() -> None:
    """The guard of other tests holds sockets of one test; these are shared. The browser has no background network."""


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def windows_of_the_test(browser: Browser) -> AsyncIterator[None]:
    """A test leaves no window open but those of the people its file shares."""
    async with windows_closed(browser):
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Gateway, registry and building as processes, on ports of their own; its people are gone before it is."""
    patient = {"LODGEKEY_IDENTITY_TIMEOUT": "100"}  # a busy machine is no reason for a person to decide
    folder = tmp_path_factory.mktemp("demo")
    async with running(folder, 0, lambda _: None, environment=patient) as parts, windows_closed(browser):
        yield parts


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def landlord(browser: Browser, demo: Running) -> Visitor:
    """The landlord of the demonstration, signed in at a desk."""
    visitor = await visit(browser, demo.url, DESK)
    await visitor.sign_in("landlord", demo.logins.password)
    return visitor


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """A fictitious tenant's document and face."""
    return await photograph(tmp_path_factory.mktemp("tenant"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    """What drives every Chromium of a run."""
    driver = await async_playwright().start()
    yield driver
    with suppress(TimeoutError):  # it sets itself no limit; its process ends with ours
        async with asyncio.timeout(CLOSING_S):
            await driver.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    """Chromium."""
    chromium = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
    yield chromium
    await chromium.close()


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where pictures of the pages are left to be looked at; ignored by git."""
    folder = Path(".artefacts/browser")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
