"""A landlord's actions, and the true state of a revoked key: confirmed by the lock, pending, or known to the gateway
only.
"""

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from api.framework.session_cookie import SESSION_COOKIE
from gateway.store import Device
from tests.browser.people import DESK, PHONE, Visitor, offer_key, visit
from tests.browser.tenancy import let_landlord_pass, register_typed
from tests.parts.house import good
from tests.parts.served import serve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
SLOW: Final = 30_000
ROOM: Final = "202"
REVOKE: Final = f"[aria-label='Revoke this key: Room {ROOM}']"
YES: Final = "details[open] >> text=Yes, revoke it"


async def switch(tester: Visitor, fault: str) -> None:
    """Toggle a fault of the lock in the tester's console."""
    await tester.open("/tester")
    tile = tester.page.locator(".lock", has_text=f"Door of room {ROOM}")
    await tile.locator("summary").click()
    await tile.locator(f"button[value={fault}]").click()
    await expect(tile.locator(".badge.bad")).to_have_count(0 if fault == "none" else 1, timeout=SLOW)


async def test_a_key_is_offered_in_four_taps_and_revoked_in_two_while_its_lock_is_away_and_when_it_is_back(
    browser: Browser, demo: Running, artefacts: Path
) -> None:
    landlord, tester = await visit(browser, demo.url, PHONE), await visit(browser, demo.url, DESK)
    tenant = await visit(browser, demo.url, PHONE)
    await landlord.sign_in("landlord", demo.logins.password)
    await tester.sign_in("tester", demo.logins.password)
    link = await offer_key(landlord, ROOM)
    await landlord.tap(".copy, .share >> visible=true")
    assert (landlord.taps <= 4, landlord.typed) == (True, 0)
    await tenant.follow(link)
    await register_typed(tenant)
    assert tenant.taps <= 7
    assert tenant.typed <= 2
    await let_landlord_pass(landlord)
    await expect(tenant.page.locator(".hold")).to_be_visible(timeout=SLOW)

    await switch(tester, "offline")
    await landlord.open("/landlord")
    await expect(landlord.page.locator(".tiles .card", has_text=f"Room {ROOM}")).to_contain_text(
        "offline", timeout=SLOW
    )
    await landlord.page.screenshot(path=artefacts / "landlord-list-phone.png", full_page=True)
    landlord.taps = 0
    await landlord.tap(REVOKE)
    await landlord.tap(YES)
    assert (landlord.taps, landlord.typed) == (2, 0)
    away = landlord.page.locator("#keys .alert.care").first
    await expect(away).to_contain_text(
        re.compile(r"This expires automatically on \w+ \d+ \w+, \d\d:\d\d"), timeout=SLOW
    )
    await expect(away).to_contain_text("the lock is offline")
    await expect(landlord.page.locator("#keys")).not_to_contain_text("revoked, confirmed by the lock")
    await landlord.page.screenshot(path=artefacts / "landlord-revoke-away.png", full_page=True)

    await switch(tester, "none")
    keys = landlord.page.locator("#keys")
    await expect(keys).to_contain_text("revoked, confirmed by the lock", timeout=SLOW)
    await expect(keys).to_contain_text(re.compile(r"confirmed by the lock on \w+ \d+ \w+, \d\d:\d\d"))
    await expect(away).to_be_hidden()
    await landlord.page.screenshot(path=artefacts / "landlord-revoked.png", full_page=True)
    assert (landlord.complaints, tester.complaints) == ([], [])


async def test_a_key_that_no_lock_holds_opens_through_the_gateway_only_and_is_taken_back_at_once(
    browser: Browser, first_house: Path, tmp_path: Path, artefacts: Path
) -> None:
    with serve(first_house, tmp_path / "house") as (house, url):
        with house.gateway.database.writing() as session:
            session.get_one(Device, "lock-a").driver = "nuki"
        await house.key("a")
        stay = good(await house.client("landlord-a").get("/api/v1/stays"))[0]["id"]
        landlord = await visit(browser, url, PHONE)
        token = house.session_of("landlord-a")
        await landlord.page.context.add_cookies(
            [{"name": SESSION_COOKIE, "value": token, "url": url, "httpOnly": True}]
        )
        await landlord.open("/landlord")
        await expect(landlord.page.locator("main")).to_contain_text("works only with an internet connection")
        await landlord.tap("[aria-label='Revoke this key: Room a']")
        await landlord.tap(YES)
        assert landlord.taps == 2
        await expect(landlord.page.locator("#keys .badge").first).to_have_text(
            "revoked, no longer opens the door", timeout=SLOW
        )
        await expect(landlord.page.locator("main")).to_contain_text(
            "The key has been revoked and no longer opens the door."
        )
        await expect(landlord.page.locator("main")).not_to_contain_text("confirm")
        assert landlord.page.url.startswith(f"{url}/landlord/stays/{stay}")
        await landlord.page.screenshot(path=artefacts / "landlord-taken-back.png", full_page=True)
        await expect(landlord.page.locator("#keys .alert")).to_have_count(0)
        assert landlord.complaints == []
        await landlord.page.context.close()
        for client in house.clients:
            await client.aclose()
