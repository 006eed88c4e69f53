"""A tenant registers children on the same phone, and another adult there, or by a link."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from firmware_sim.specimens.documents import Person
from gateway.texts.translator import translator
from tests.browser.family import CHILDREN, READING_MS, photographed
from tests.browser.people import DESK, PHONE, Visitor, visit
from tests.browser.tenancy import (
    BORN_ADULT,
    SLOW,
    let_landlord_pass,
    link_for_another,
    move_in,
    type_passport,
    unfold_family,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_children_are_declared_and_another_adult_gets_a_link(
    browser: Browser, demo: Running, artefacts: Path, tmp_path: Path
) -> None:
    landlord, tenant = await visit(browser, demo.url, DESK), await visit(browser, demo.url, PHONE)
    await landlord.sign_in("landlord", demo.logins.password)
    stay = await move_in(landlord, tenant, "304")
    await unfold_family(tenant)
    for name, text in (("surname", "Voorbeeld"), ("given_names", "Leo"), ("birth_date", BORN_ADULT)):
        await tenant.page.fill(f"#child [name={name}]", text)
    await tenant.page.select_option("#child [name=nationality]", "NLD")
    await tenant.page.select_option("#child [name=sex]", "M")
    await tenant.page.click("text=Register this child")
    await expect(tenant.page.locator("#child-errors a")).to_contain_text("Adults register with a document")
    await expect(tenant.page.locator("#child-errors")).to_be_focused()
    await expect(tenant.page.locator("#wrong-birth_date")).to_contain_text("Adults register with a document")
    assert await tenant.page.input_value("#child [name=given_names]") == "Leo", "nothing typed is lost"
    await type_part_of_birth(tenant)
    await tenant.page.screenshot(path=artefacts / "family-4-part-of-birth.png", full_page=True)
    await register_child(tenant)
    await expect(tenant.page.locator("#child [role=status]")).to_have_text("The child is registered.")
    await tenant.page.screenshot(path=artefacts / "family-1-child.png", full_page=True)
    shown: Literal["month", "year"]
    for shown, written in (("month", "2021-09"), ("year", "2021")):
        child = replace(CHILDREN[1], number=f"XR5{len(shown)}03R58", birth_shown=shown)
        await read_child(tenant, child, tmp_path, written)
        await tenant.page.screenshot(path=artefacts / f"family-5-read-{shown}.png", full_page=True)
        await register_child(tenant)
    assert "/o/" in await link_for_another(tenant)
    await expect(tenant.page.locator("#companion [name=url]")).to_be_visible()
    assert await tenant.page.evaluate("document.querySelector('#companion .qr img').naturalWidth") > 100
    await tenant.page.screenshot(path=artefacts / "family-2-adult.png", full_page=True)
    await landlord.follow(stay)
    await expect(landlord.page.locator("dt", has_text="Check-in")).to_have_count(4)
    assert [text for text in tenant.complaints if "422" not in text] == []


async def type_part_of_birth(tenant: Visitor) -> None:
    """Enter the year and the month of the child's birth; the field follows at each step."""
    page, birth = tenant.page, tenant.page.locator("#child [name=birth_date]")
    await page.click("#child .part-of-birth summary")
    for year, month, written in (
        ("2019", "", "2019"),
        ("2019", "05", "2019-05"),
        ("", "", ""),
        ("2019", "05", "2019-05"),
    ):
        await page.fill("#in-birth_year", year)
        await page.select_option("#in-birth_month", month)
        await expect(birth).to_have_value(written)


async def read_child(tenant: Visitor, child: Person, folder: Path, born: str) -> None:
    """Photograph the child's passport; the form holds what was read, with the date of birth in part."""
    page = tenant.page
    await tenant.show("#in-child-document", str(photographed(folder, child)))
    await expect(page.locator("#child [name=reading]")).not_to_have_value("", timeout=READING_MS)
    read = [await page.input_value(f"#child [name={name}]") for name in ("given_names", "birth_date", "id_number")]
    assert read == [child.given_names, born, child.number]
    await expect(page.locator("#in-birth_year")).to_be_visible()
    await expect(page.locator("#child [role=status]")).to_be_hidden()


async def register_child(tenant: Visitor) -> None:
    """Send the child's form, which is taken and emptied."""
    await tenant.page.click("#child > button")
    await expect(tenant.page.locator("#child [name=given_names]")).to_have_value("", timeout=SLOW)
    await expect(tenant.page.locator("#child-errors")).to_be_hidden()


@pytest.mark.parametrize(("language", "room"), [("es", "301"), ("zh-CN", "302")])
async def test_another_adult_registers_on_this_phone_and_takes_the_key_to_their_own(
    browser: Browser, demo: Running, artefacts: Path, language: str, room: str
) -> None:
    text = translator(language).gettext
    landlord = await visit(browser, demo.url, DESK)
    first, second, third = [await visit(browser, demo.url, PHONE, language) for _ in range(3)]
    await landlord.sign_in("landlord", demo.logins.password)
    await move_in(landlord, first, room)
    await unfold_family(first)
    await first.page.click("#companion [value=here]")
    await expect(first.page.locator("#register")).to_be_visible(timeout=SLOW)
    assert await first.page.locator("[name=holder_key]").count() == 0
    await look(first, artefacts / f"companion-{language}-1-form.png", language)
    await type_passport(first)
    await expect(first.page.locator("h1")).to_have_text(text("Staff are checking the other adult's information"))
    await expect(first.page.locator(".qr img")).to_be_visible()
    await look(first, artefacts / f"companion-{language}-2-checking.png", language)
    closed = await first.page.input_value(".link")
    await let_landlord_pass(landlord)
    await expect(first.page.locator("h1")).to_have_text(text("The other adult is registered"), timeout=SLOW)
    await first.page.click("form[action='/companion/close'] button")
    await unfold_family(first)
    await expect(first.page.locator(".link-again button")).to_have_text(text("Show the link again"))
    await first.page.click(".link-again button")
    await expect(first.page.locator(".link-again .qr img")).to_be_visible(timeout=SLOW)
    await look(first, artefacts / f"companion-{language}-4-link-again.png", language)
    link = await first.page.input_value(".link-again .link")
    await third.follow(closed)
    await expect(third.page.locator("main")).to_contain_text(
        text("A newer link was shown for this key. Open that one.")
    )
    await look(third, artefacts / f"companion-{language}-5-ended-link.png", language)
    await take_key(second, link)
    await look(second, artefacts / f"companion-{language}-3-own-phone.png", language)
    await first.open("/key")
    await expect(first.page.locator(".hold")).to_be_visible(timeout=SLOW)
    await expect(first.page.locator(".key")).to_have_count(1)
    await expect(first.page.locator(".link-again")).to_have_count(0)
    assert "Ejemplo" not in await first.page.content()
    await third.follow(link)
    await expect(third.page.locator("main")).to_contain_text(
        text("The key has already been saved to a phone. Open the link on that phone.")
    )
    complaints = [text for text in (*first.complaints, *second.complaints) if "422" not in text]
    assert complaints == []


async def look(visitor: Visitor, picture: Path, language: str) -> None:
    """The page is in this language; it is photographed."""
    await expect(visitor.page.locator("html")).to_have_attribute("lang", language)
    await visitor.page.screenshot(path=picture, full_page=True)


async def take_key(visitor: Visitor, link: str) -> None:
    """The adult's own phone takes the key by the link."""
    await visitor.follow(link)
    await visitor.page.click("#take-key button", timeout=SLOW)
    await expect(visitor.page.locator(".hold")).to_be_visible(timeout=SLOW)
