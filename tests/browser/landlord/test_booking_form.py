"""The form of a booking asks for what belongs to the chosen kind of payment, and without scripts for everything."""

import pytest
from playwright.async_api import Browser, Page, expect

from api.web.landlord.bookings import OF_PAYMENT, PAYMENTS
from tests.browser.people import DESK, PHONE, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
PAGES = ("offer-booking", "booking")


def of(name: str) -> str:
    """The selector of a field of the booking."""
    return f"[name='booking.{name}']"


async def shown_of(page: Page) -> set[str]:
    """The fields of a payment that are shown; the others are not sent."""
    shown = {name for name in OF_PAYMENT if await page.is_visible(of(name))}
    sent = await page.evaluate("[...new FormData(document.querySelector('form.booking')).keys()]")
    assert {name for name in OF_PAYMENT if f"booking.{name}" in sent} == shown
    return shown


@pytest.mark.parametrize("name", PAGES)
async def test_a_kind_of_payment_shows_its_own_fields(browser: Browser, preview_url: str, name: str) -> None:
    landlord = await visit(browser, preview_url, PHONE)
    page = landlord.page
    await landlord.open(f"/sample/{name}")
    for kind in PAYMENTS:
        await page.select_option(of("payment"), kind)
        assert await shown_of(page) == {one for one, kinds in OF_PAYMENT.items() if kind in kinds}, kind
    assert await shown_of(page) == set(OF_PAYMENT) - {"card_expiry"}
    await page.select_option(of("payment"), "card")
    await page.fill(of("card_expiry"), "05/2031")
    await page.select_option(of("payment"), "cash")
    await page.select_option(of("payment"), "card")
    await expect(page.locator(of("card_expiry"))).to_have_value("05/2031")
    assert landlord.complaints == []


@pytest.mark.parametrize("name", PAGES)
async def test_without_scripts_every_field_is_shown_and_sent(browser: Browser, preview_url: str, name: str) -> None:
    landlord = await visit(browser, preview_url, DESK, scripts=False)
    await landlord.open(f"/sample/{name}?lang=en")
    for field in OF_PAYMENT:
        await expect(landlord.page.locator(of(field))).to_be_visible()
        await expect(landlord.page.locator(of(field))).to_be_enabled()
