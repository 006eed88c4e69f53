"""Whatever answers a tenant's form that a script sends: a true sentence in their language, and nothing is lost."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Route, expect

from api.cli.demo.demo import Running
from tests.browser.answers import SLOW, UNREACHED, answers, try_answers
from tests.browser.people import PHONE, Visitor, offer_key, visit
from tests.browser.tenancy import RESIDENT, let_landlord_pass, move_in, unfold_family

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
REGISTER: Final = {"id_number": RESIDENT, "name": "Ada Example"}
CHILD: Final = {"surname": "Voorbeeld", "given_names": "Leo", "birth_date": "2019-05-04"}
CHOSEN: Final = {"nationality": "NLD", "sex": "M"}
LATER: Final = "2030-01-05T11:00"
# form → the button that sends it, and what is typed
OF_THE_STAY: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "dates": ("button", {"until": LATER}),
    "arrival": ("button", {"arrived": LATER}),
    "end": ("button", {}),
    "erasure": ("button", {}),
}
OF_THE_FAMILY: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "child": ("> button", CHILD),
    "companion": ("button:not([value])", {}),
    "companion ": ("button[value=here]", {}),
}


async def try_forms(tenant: Visitor, forms: Mapping[str, tuple[str, Mapping[str, str]]], language: str) -> None:
    """Type into each form of the key's page, and let it be answered in every way."""
    page = tenant.page
    for name, (button, typed) in forms.items():
        form = page.locator(f"#{name.strip()}")
        for field, text in typed.items():
            await form.locator(f"[name={field}]").fill(text)
        summary = page.locator(f"#{name.strip()}-errors")
        given = answers(language)
        await try_answers(form, summary, "**/api/v1/keys/**", f"#{name.strip()} {button}", given)


@pytest.mark.parametrize(("language", "room"), [("en", "201"), ("es", "202")])
async def test_every_answer_is_said_as_it_is_and_nothing_is_lost(
    browser: Browser, demo: Running, landlord: Visitor, artefacts: Path, language: str, room: str
) -> None:
    await landlord.open("/landlord")
    tenant = await visit(browser, demo.url, PHONE, language)
    await tenant.follow(await offer_key(landlord, room))
    page, register = tenant.page, tenant.page.locator("#register")
    await page.click("#typed summary")
    for name, text in REGISTER.items():
        await register.locator(f"[name={name}]").fill(text)
    await page.check("[name=check][value=person]")
    await page.check("[name=consent_registration]")
    await try_answers(register, page.locator("#errors"), "**/onboarding", "#register button.wide", answers(language))
    await page.click("#register button.wide")
    await expect(page.locator("[data-wait=review]")).to_be_visible()
    await let_landlord_pass(landlord)
    await tenant.open("/key")
    await expect(page.locator(".hold")).to_be_visible(timeout=SLOW)
    await page.click("details:has(#dates) > summary")
    await page.click("details.confirm:has(#end) > summary")
    await try_forms(tenant, OF_THE_STAY, language)
    await page.screenshot(path=artefacts / f"answers-stay-{language}.png", full_page=True)
    await unfold_family(tenant)
    for field, word in CHOSEN.items():
        await page.select_option(f"#child [name={field}]", word)
    await try_forms(tenant, OF_THE_FAMILY, language)
    await page.screenshot(path=artefacts / f"answers-family-{language}.png", full_page=True)


async def test_a_child_whose_answer_was_lost_is_registered_once(
    browser: Browser, demo: Running, landlord: Visitor
) -> None:
    tenant = await visit(browser, demo.url, PHONE)
    await landlord.open("/landlord")
    stay = await move_in(landlord, tenant, "203")
    await unfold_family(tenant)
    page, taken = tenant.page, []

    async def lose(route: Route) -> None:
        taken.append((await route.fetch()).status)
        await route.abort()

    for field, text in CHILD.items():
        await page.fill(f"#child [name={field}]", text)
    for field, word in CHOSEN.items():
        await page.select_option(f"#child [name={field}]", word)
    await page.route("**/children", lose)
    await page.click("#child > button")
    await expect(page.locator("#child-errors")).to_contain_text(UNREACHED["en"], timeout=SLOW)
    await page.unroute("**/children", lose)
    await page.click("#child > button")
    await expect(page.locator("#child [role=status]")).to_be_visible(timeout=SLOW)
    assert taken == [201, 201]
    await landlord.follow(stay)
    await expect(landlord.page.locator("dt", has_text="Check-in")).to_have_count(2)
