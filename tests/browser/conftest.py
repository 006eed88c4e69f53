"""A real browser for all tests of this folder; each file has its own running demonstration, and so its own rooms."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Playwright, async_playwright

from api.cli.demo.demo import Running, photograph, running
from api.cli.demo.journey_run import Pictures
from api.cli.demo.ports import free_port
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.people import CLOSING_S, DESK, Visitor, visit, windows_closed
from tests.browser.samples.preview import preview


@pytest.fixture(autouse=True)
def stay_on_loopback() -> None:
    """Overrides the loopback guard of the other tests, which is per test: browser and demo are shared between tests
    here.

    Chromium runs without background network traffic.
    """


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def windows_of_the_test(browser: Browser) -> AsyncIterator[None]:
    """Closes all windows that a test opened, except those of people shared by the file."""
    async with windows_closed(browser):
        yield


@pytest.fixture(scope="module")
def preview_url() -> Iterator[str]:
    """Address of the sample pages, served with the real files and headers."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(preview, port=port, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Gateway, registry and building as processes on free ports; its browser windows are closed before it ends."""
    patient = {"LODGEKEY_IDENTITY_TIMEOUT": "100"}  # a slow machine must not send a case to a person
    folder = tmp_path_factory.mktemp("demo")
    async with running(folder, 0, lambda _: None, environment=patient) as parts, windows_closed(browser):
        yield parts


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def landlord(browser: Browser, demo: Running) -> Visitor:
    """The demonstration's landlord, signed in on a desktop."""
    visitor = await visit(browser, demo.url, DESK)
    await visitor.sign_in("landlord", demo.logins.password)
    return visitor


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """Document and face of a fictitious tenant."""
    return await photograph(tmp_path_factory.mktemp("tenant"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    """Playwright, shared by every Chromium of a test run."""
    driver = await async_playwright().start()
    yield driver
    with suppress(TimeoutError):  # has no time limit of its own; its process ends with the test run
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
    """Folder for screenshots to inspect; ignored by git."""
    folder = Path(".artefacts/browser")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
