"""Parts of a tenant's way to the key in the browser, decided by a person."""

from typing import Final

from playwright.async_api import expect

from tests.browser.people import Visitor, offer_key

SLOW: Final = 30_000
RESIDENT: Final = "11010519491231002X"  # the example number of GB 11643; two fields answer all required facts
BORN_ADULT: Final = "1990-05-04"


async def register_typed(tenant: Visitor) -> None:
    """Register with two typed fields, to be decided by a person."""
    if await tenant.page.locator("[name=id_number]").is_hidden():
        await tenant.tap("#typed summary")
    await tenant.type("[name=id_number]", RESIDENT)
    await tenant.type("[name=name]", "Ada Example")
    await tenant.tap("[name=check][value=person]")
    await tenant.tap("[name=consent_registration]")
    await tenant.tap("#register button.wide")
    await expect(tenant.page.locator("[data-wait=review]")).to_be_visible()


async def type_passport(adult: Visitor) -> None:
    """The other adult enters their passport, to be checked by a person."""
    page = adult.page
    await page.click("#typed summary")
    await page.select_option("[name=document_kind]", "passport")
    names = ("id_number", "XR4004R58"), ("surname", "Ejemplo"), ("given_names", "Jan"), ("birth_date", BORN_ADULT)
    for name, text in names:
        await page.fill(f"#register [name={name}]", text)
    for name, text in (("issuing_state", "NLD"), ("nationality", "NLD"), ("sex", "M")):
        await page.select_option(f"#register [name={name}]", text)
    await page.click("[name=check][value=person]")
    await page.click("[name=consent_registration]")
    await page.click("#register button.wide")


async def let_landlord_pass(landlord: Visitor) -> None:
    """The landlord accepts the case of their own tenant."""
    await landlord.open_case()
    await landlord.page.click("button[value=pass]")
    await expect(landlord.page.locator("[role=status].alert")).to_have_text("The key has been issued.", timeout=SLOW)


async def move_in(landlord: Visitor, tenant: Visitor, room: str) -> str:
    """The tenant of this room registers and has the key's page open; the address of the landlord's page of the stay."""
    await tenant.follow(await offer_key(landlord, room))
    stay = landlord.page.url
    await register_typed(tenant)
    await let_landlord_pass(landlord)
    await tenant.open("/key")
    await expect(tenant.page.locator(".hold")).to_be_visible(timeout=SLOW)
    return stay


async def unfold_family(tenant: Visitor) -> None:
    """Unfold the part of the key's page for those who stay with the tenant."""
    if await tenant.page.locator("details:has(#companion)").get_attribute("open") is None:
        await tenant.tap("details:has(#companion) > summary")


async def link_for_another(tenant: Visitor) -> str:
    """The link for another adult, from the unfolded part of the key's page."""
    await tenant.tap("#companion button")
    await expect(tenant.page.locator("#companion .qr img")).to_be_visible(timeout=SLOW)
    return await tenant.page.input_value("#companion [name=url]")


async def open_own_data(tenant: Visitor) -> None:
    """Unfold "my stay and my data" on the key page of the holder's phone."""
    await tenant.open("/key")
    await expect(tenant.page.locator(".hold")).to_be_visible(timeout=SLOW)
    await tenant.page.click("text=My stay and my data")
    await expect(tenant.page.locator("#dates")).to_be_visible()
