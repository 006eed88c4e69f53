"""The tester's console in a browser: behaviours, messages, and a recording that is saved to a file and replayed."""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from api.cli.demo.demo import Running
from api.web.tester.console import FAULTS
from firmware_sim.control.scenario import read_scenario
from tests.browser.answers import answers, try_answers
from tests.browser.people import DESK, PHONE, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
ROOM = "Door of room 304"
SLOW = 60_000
ON = re.compile(r"\bon\b")


def simulator_of(demo: Running) -> httpx.AsyncClient:
    """Client of the simulated building's control interface, as the console uses it."""
    control = json.loads(demo.control_file.read_text())
    headers = {"Authorization": f"Bearer {control['token']}"}
    return httpx.AsyncClient(base_url=control["url"], headers=headers, timeout=30, trust_env=False)


async def until_said(page: Page, lock: str, kind: str) -> None:
    """Wait until the lock's message log holds a message of this kind."""
    look = """([lock, kind]) => fetch(`/tester/devices/${lock}`)
      .then((answer) => answer.text()).then((text) => text.includes(`>${kind}<`))"""
    await page.wait_for_function(look, arg=[lock, kind], polling=500, timeout=SLOW)


async def unfold(page: Page, lock: str) -> Locator:
    """A lock's tile, with its faults unfolded."""
    tile = page.locator(".lock", has_text=lock)
    await tile.locator("summary").click()
    return tile


async def press(part: Locator, value: str) -> None:
    """Click, and wait until the page confirms it."""
    await part.locator(f"button[value={value}]").click()
    await expect(part.locator(f"button[value={value}]")).to_have_class(ON, timeout=SLOW)


async def save(page: Page, link: str) -> str:
    """Text of a file that the page offers for download."""
    async with page.expect_download() as download:
        await page.locator(f"a[href='/tester/recording.{link}']").click()
    return (await (await download.value).path()).read_text()


async def test_what_is_clicked_is_recorded_and_plays_again(browser: Browser, demo: Running, artefacts: Path) -> None:
    tester = await visit(browser, demo.url, DESK)
    await tester.sign_in("tester", demo.logins.password)
    page = tester.page
    await page.click("#recording button[value=begin]")
    await expect(page.locator("#recording p")).to_contain_text("0 steps recorded", timeout=SLOW)
    tile = await unfold(page, ROOM)
    await press(tile, "battery")
    await tile.locator("button[value=knob]").click()
    await expect(page.locator("#recording p")).to_contain_text("2 steps recorded", timeout=SLOW)
    await press(page.locator("#registry"), "late")
    await expect(page.locator("#recording p")).to_contain_text("3 steps recorded", timeout=SLOW)
    await page.screenshot(path=artefacts / "tester-recording.png", full_page=True)
    scenario = read_scenario(await save(page, "yaml"))
    assert [(step.act, step.given) for step in scenario.steps] == [
        ("faults", {"battery": 8}),
        ("knob", {}),
        ("behaviour", {"behaviour": "late"}),
    ]
    assert "['battery'] == 8" in await save(page, "py")
    await press_all_off(page)
    async with simulator_of(demo) as simulator:
        played = await simulator.post("/scenarios", json=scenario.model_dump())
        assert [state["battery"] for state in played.json().values()] == [8]
        assert (await simulator.get("/registry")).json()["behaviour"] == "late"
    await press_all_off(page)
    assert tester.complaints == []


async def press_all_off(page: Page) -> None:
    """Switch off all faults, and set the registry's behaviour to normal."""
    tile = page.locator(".lock", has_text=ROOM)
    await tile.locator("button[value=none]").click()
    await expect(tile.locator("button.on")).to_have_count(0, timeout=SLOW)
    await press(page.locator("#registry"), "normal")


async def test_the_messages_of_a_lock_can_be_read(browser: Browser, demo: Running, artefacts: Path) -> None:
    tester = await visit(browser, demo.url, DESK)
    await tester.sign_in("tester", demo.logins.password)
    page = tester.page
    await (await unfold(page, ROOM)).get_by_role("link", name="Messages").click()
    await expect(page.locator("h1")).to_contain_text("Messages of")
    before = await page.locator("tbody tr").count()
    assert before > 0
    await expect(page.locator("tbody tr").first.locator("td")).to_have_count(6)
    await page.screenshot(path=artefacts / "tester-messages.png", full_page=True)


async def test_every_fault_is_one_click_on_an_unfolded_lock_and_reaches_the_simulator(
    browser: Browser, demo: Running, artefacts: Path
) -> None:
    tester = await visit(browser, demo.url, PHONE, "zh-CN", dark=True)
    await tester.sign_in("tester", demo.logins.password)
    page = tester.page
    tile = await unfold(page, ROOM)
    kept = await page.evaluate("window.scrollTo(0, document.body.scrollHeight), window.scrollY")
    async with simulator_of(demo) as simulator:
        for fault in [name for name in FAULTS if name not in ("none", "clock")]:
            await press(tile, fault)
            lock = str(await tile.get_attribute("data-lock"))
            reported: dict[str, Any] = (await simulator.get(f"/devices/{lock}")).json()["faults"]
            assert FAULTS[fault].items() <= reported.items(), fault
        assert await tile.locator("button.on").count() == len(FAULTS) - 2
        await expect(tile.locator("summary .badge")).to_have_text(str(len(FAULTS) - 2))
        assert await page.evaluate("window.scrollY") > 0 or kept == 0, "a click does not scroll the grid away"
        await page.screenshot(path=artefacts / "tester-faults-phone-zh-dark.png", full_page=True)
        await tile.locator("button[value=none]").click()
        await expect(tile.locator("button.on")).to_have_count(0, timeout=SLOW)
        for once, kind in (("clock", "clock_lost"), ("reset", "booted")):
            await tile.locator(f"button[value={once}]").click()
            await until_said(page, lock, kind)
    assert tester.complaints == []


async def test_behaviours_are_switched_and_a_simulator_that_is_gone_is_said_so(browser: Browser, demo: Running) -> None:
    tester = await visit(browser, demo.url, DESK)
    await tester.sign_in("tester", demo.logins.password)
    behaviours = tester.page.locator("#registry")
    names = await behaviours.locator("button").evaluate_all("buttons => buttons.map((button) => button.value)")
    async with simulator_of(demo) as simulator:
        for behaviour in [*names[1:], names[0]]:
            await press(behaviours, behaviour)
            assert (await simulator.get("/registry")).json()["behaviour"] == behaviour
            await expect(behaviours.locator("button.on")).to_have_count(1)
    given = answers("en")
    await try_answers(
        tester.page.locator("#registry form"),
        tester.page.locator("#errors"),
        "**/tester/registry",
        "#registry button[value=down]",
        [one for one in given if one.status != 200],  # a page is what this form expects
    )
    hidden = demo.control_file.rename(demo.control_file.with_suffix(".away"))
    try:
        await behaviours.locator("button[value=down]").click()
        await expect(tester.page.locator("#errors")).to_contain_text("simulator", timeout=SLOW)
    finally:
        hidden.rename(demo.control_file)


async def test_a_hundred_locks_move_in_by_one_command_and_the_page_loses_nothing_that_was_unfolded(
    browser: Browser, demo: Running, artefacts: Path
) -> None:
    tester = await visit(browser, demo.url, DESK)
    await tester.sign_in("tester", demo.logins.password)
    page = tester.page
    tile = await unfold(page, ROOM)
    other = await unfold(page, "Door of room 101")
    await tile.locator("button[value=jam]").focus()
    before = await page.locator(".lock").count()
    await page.evaluate("document.querySelector('.lock').dataset.kept = 'the same page'")
    fleet = [sys.executable, "-m", "api.cli.main", "device", "fleet", "100", "--folder", str(demo.folder)]
    added = await asyncio.create_subprocess_exec(*fleet, stdout=asyncio.subprocess.PIPE)
    await added.communicate()
    assert added.returncode == 0
    await expect(page.locator(".lock")).to_have_count(before + 100, timeout=SLOW)
    await expect(page.locator(".lock[data-kept]")).to_have_count(1)
    for unfolded in (tile, other):
        await expect(unfolded.locator("details")).to_have_attribute("open", "")
    await expect(tile.locator("button[value=jam]")).to_be_focused()
    await expect(page.locator("[data-live=count]")).to_contain_text(f"of {before + 100}")
    await page.screenshot(path=artefacts / "tester-hundred.png")
    assert tester.complaints == []
