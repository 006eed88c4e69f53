"""The tester's console in a browser: moods, messages, and a recording saved as a file that plays again."""

import json
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from api.cli.demo import Running
from firmware_sim.scenario import read_scenario
from tests.browser.people import DESK, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
ROOM = "Door of room 304"


async def press(page: Page, lock: str, value: str) -> None:
    """One click on an unfolded lock, and the page that follows."""
    async with page.expect_navigation():
        await page.locator(".lock", has_text=lock).locator(f"button[value={value}]").click()


async def save(page: Page, link: str) -> str:
    """The text of a file the page offers."""
    async with page.expect_download() as download:
        await page.locator(f"a[href='/tester/recording.{link}']").click()
    return (await (await download.value).path()).read_text()


async def test_what_is_clicked_is_recorded_and_plays_again(browser: Browser, demo: Running, artefacts: Path) -> None:
    tester = await visit(browser, demo.url, DESK)
    await tester.sign_in("tester", demo.logins.password)
    page = tester.page
    async with page.expect_navigation():
        await page.click("#recording button[value=begin]")
    await page.locator(".lock", has_text=ROOM).locator("summary").click()
    await press(page, ROOM, "battery")
    await press(page, ROOM, "knob")
    async with page.expect_navigation():
        await page.click("#registry button[value=late]")
    await expect(page.locator("#recording p")).to_contain_text("3 steps so far")
    await page.screenshot(path=artefacts / "tester-recording.png", full_page=True)
    scenario = read_scenario(await save(page, "yaml"))
    assert [(step.act, step.given) for step in scenario.steps] == [
        ("faults", {"battery": 8}),
        ("knob", {}),
        ("mood", {"mood": "late"}),
    ]
    assert "['battery'] == 8" in await save(page, "py")
    await press_all_off(page)
    control = json.loads(demo.control_file.read_text())
    headers = {"Authorization": f"Bearer {control['token']}"}
    async with httpx.AsyncClient(base_url=control["url"], headers=headers, timeout=30, trust_env=False) as simulator:
        played = await simulator.post("/scenarios", json=scenario.model_dump())
        assert [state["battery"] for state in played.json().values()] == [8]
        assert (await simulator.get("/registry")).json()["mood"] == "late"
    await press_all_off(page)
    assert tester.complaints == []
    await page.context.close()


async def press_all_off(page: Page) -> None:
    """No fault, and a registry that behaves."""
    await page.goto(page.url.split("?")[0].split("#")[0])
    await page.locator(".lock", has_text=ROOM).locator("summary").click()
    await press(page, ROOM, "none")
    async with page.expect_navigation():
        await page.click("#registry button[value=normal]")


async def test_the_messages_of_a_lock_can_be_read(browser: Browser, demo: Running, artefacts: Path) -> None:
    tester = await visit(browser, demo.url, DESK)
    await tester.sign_in("tester", demo.logins.password)
    page = tester.page
    await page.locator(".lock", has_text=ROOM).locator("summary").click()
    await page.locator(".lock", has_text=ROOM).get_by_text("Messages").click()
    await expect(page.locator("h1")).to_contain_text("Messages of")
    before = await page.locator("tbody tr").count()
    assert before > 0
    await expect(page.locator("tbody tr").first.locator("td")).to_have_count(6)
    await page.screenshot(path=artefacts / "tester-messages.png", full_page=True)
    await page.context.close()
