"""A companion says on their phone when they arrive and when they leave; bad dates are named beside the field."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from tests.browser.people import DESK, PHONE, Visitor, visit
from tests.browser.tenancy import (
    SLOW,
    let_landlord_pass,
    link_for_another,
    move_in,
    open_own_data,
    type_passport,
    unfold_family,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


def local(at: datetime) -> str:
    """A moment as the browser's field for date and time holds it, in the unit's time zone."""
    return f"{at:%Y-%m-%dT%H:%M}"


async def unfold(tenant: Visitor) -> None:
    """Unfold the part of the page with the dates; whether its forms are shown yet says nothing about that."""
    if await tenant.page.locator("details:has(#arrival)").get_attribute("open") is None:
        await tenant.page.click("details:has(#arrival) > summary")


async def say(tenant: Visitor, form: str, field: str, text: str) -> None:
    """Send the date."""
    await unfold(tenant)
    await tenant.page.fill(f"#{form} [name={field}]", text)
    await tenant.page.click(f"#{form} button")


async def test_a_companion_sets_their_own_arrival_and_departure(
    browser: Browser, demo: Running, artefacts: Path
) -> None:
    landlord, first, second = [await visit(browser, demo.url, window) for window in (DESK, PHONE, PHONE)]
    await landlord.sign_in("landlord", demo.logins.password)
    stay = await move_in(landlord, first, "302")
    await unfold_family(first)
    await second.follow(await link_for_another(first))
    await type_passport(second)
    await let_landlord_pass(landlord)
    await open_own_data(second)
    begins, ends = [
        datetime.fromisoformat(await second.page.input_value(f"#{form} [name={field}]"))
        for form, field in (("arrival", "arrived"), ("departure", "leaves"))
    ]
    await bad_dates_are_named(second, begins, ends)
    await second.page.screenshot(path=artefacts / "own-dates-1-errors.png", full_page=True)
    later, earlier = local(ends.replace(hour=1, minute=0)), local(ends - timedelta(hours=2))
    await say(second, "arrival", "arrived", later)
    await expect(second.page.locator("main > .alert.good")).to_have_text("Your arrival is saved.")
    await unfold(second)
    await expect(second.page.locator("#arrival .alert[role=status]")).to_contain_text("Your registration is sent when")
    assert await second.page.input_value("#arrival [name=arrived]") == later
    await say(second, "departure", "leaves", earlier)
    await expect(second.page.locator("main > .alert.good")).to_have_text("Your departure is saved.")
    await expect(second.page.locator(".hold")).to_be_visible(timeout=SLOW)
    await unfold(second)
    assert await second.page.input_value("#departure [name=leaves]") == earlier
    await second.page.screenshot(path=artefacts / "own-dates-2-saved.png", full_page=True)
    await landlord.follow(stay)
    await expect(landlord.page.locator("main")).to_contain_text("These people arrive later.")
    assert [text for text in second.complaints if "422" not in text] == []


async def bad_dates_are_named(tenant: Visitor, begins: datetime, ends: datetime) -> None:
    """A date before the stay, after it, and one that is not a date: the summary leads to the field, nothing is lost."""
    before, after = local(begins - timedelta(days=2)), local(ends + timedelta(days=2))
    wrong = (
        ("arrival", "arrived", before, "must be within the stay"),
        ("arrival", "arrived", after, "must be within the stay"),
        ("arrival", "arrived", "", "Enter the whole date and the time."),
        ("departure", "leaves", before, "must be in the future and within the stay"),
        ("departure", "leaves", after, "must be in the future and within the stay"),
    )
    for form, field, text, sentence in wrong:
        await say(tenant, form, field, text)
        link, place = tenant.page.locator(f"#{form}-errors a"), tenant.page.locator(f"#in-{field}")
        await expect(link).to_contain_text(sentence)
        await expect(link).to_contain_text(f"My {form}: ")
        await expect(tenant.page.locator(f"#{form}-errors")).to_be_focused()
        await expect(tenant.page.locator(f"#wrong-{field}")).to_contain_text(sentence)
        await link.click()
        await expect(place).to_be_focused()
        assert (await place.input_value(), await place.get_attribute("aria-invalid")) == (text, "true")
