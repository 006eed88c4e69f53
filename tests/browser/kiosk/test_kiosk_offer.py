"""The kiosk's offer check before scanning, the additional fields for Spain, and wiping all data on leaving."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import select

from api.cli.demo.demo import Running, running
from api.cli.demo.journey_run import Pictures
from gateway.domain.stays.offer import offer_of
from gateway.settings import Settings
from gateway.store import Offer
from gateway.store.database import Database
from tests.browser.kiosk.test_kiosk import SLOW, kiosk, lay
from tests.browser.people import Visitor, offer_key, windows_closed
from tests.browser.tenancy import let_landlord_pass

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A building in Spain, whose registry requires a residence and contact details."""
    patient = {"LODGEKEY_IDENTITY_TIMEOUT": "100"}
    folder = tmp_path_factory.mktemp("spain")
    async with running(folder, 0, lambda _: None, "es", patient) as parts, windows_closed(browser):
        yield parts


def change(demo: Running, link: str, **values: object) -> None:
    """Set fields of an offer in the database, as expiry or another person would."""
    database = Database(Settings(folder=demo.folder).database)
    secret = (demo.folder / "offers.secret").read_bytes()
    with database.writing() as session:
        offer = session.scalars(select(Offer).where(Offer.id == offer_of(link.rpartition("/")[2], secret))).one()
        for name, value in values.items():
            setattr(offer, name, value)
    database.close()


async def show(tenant: Visitor, demo: Running, pictures: Pictures, link: str) -> None:
    """Place everything on the counter and scan the code."""
    await lay(demo, pictures, link)
    await tenant.tap("#scan-code")


# reason: room, changed fields of the offer, text on the screen
SPENT: dict[str, tuple[str, dict[str, object], str]] = {
    "expired": ("101", {"expires_at": 1}, "expired"),
    "used": ("102", {"state": "used"}, "already"),
    "ended": ("103", {"state": "withdrawn"}, "withdrawn"),
}


@pytest.mark.parametrize("why", SPENT)
async def test_an_offer_that_leads_nowhere_is_refused_before_the_document_is_asked_for(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor, artefacts: Path, why: str
) -> None:
    await landlord.open("/landlord")
    room, values, sentence = SPENT[why]
    link = await offer_key(landlord, room)
    change(demo, link, **values)
    tenant = await kiosk(browser, demo)
    await show(tenant, demo, pictures, link)
    await expect(tenant.page.locator("[data-step=refused] h1")).to_be_focused(timeout=SLOW)
    await expect(tenant.page.locator("[data-step=refused] .reason")).to_contain_text(sentence)
    await expect(tenant.page.locator("#offer")).to_be_hidden()
    assert await tenant.page.locator("img[src^=blob]").count() == 0, "nothing was scanned"
    await tenant.page.screenshot(path=artefacts / f"kiosk-offer-{why}.png")
    await tenant.tap("[data-step=refused] .done")
    await expect(tenant.page.locator("[data-step=welcome]")).to_be_visible()
    assert tenant.complaints == []


async def type_by_touch(page: Page, text: str) -> None:
    """Press the on-screen keys one after the other."""
    for sign in text:
        await page.click(f'.letters [value="{sign}"]')


async def test_what_spain_asks_is_typed_at_the_kiosk_by_touch_or_keyboard_and_reaches_the_registration(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor, artefacts: Path
) -> None:
    await landlord.open("/landlord")
    link = await offer_key(landlord, "104")
    tenant = await kiosk(browser, demo)
    page = tenant.page
    await show(tenant, demo, pictures, link)
    await expect(page.locator("#offer")).to_have_text(
        "Your accommodation: Room 104 · Landlord: Mira Holm", timeout=SLOW
    )
    await page.click("[data-step=document] .shoot")
    await page.click("#scanned")
    await expect(page.locator("[data-step=facts] h1")).to_be_focused()
    question = page.locator(".fact:not([hidden])")
    await expect(question).to_contain_text("Home address: street and number")
    await type_by_touch(page, "HARBOUR-STREET 12X")
    await page.click(".letters .delete")
    await expect(question.locator("input")).to_have_value("HARBOUR-STREET 12")
    await page.screenshot(path=artefacts / "kiosk-facts.png")
    await page.click(".next-fact")
    await page.keyboard.type(demo.tenant_facts["residence.postal_code"])  # with a hardware keyboard
    await page.keyboard.press("Enter")
    await page.keyboard.type(demo.tenant_facts["residence.municipality"])
    await page.click(".before-fact")
    await expect(question.locator("input")).to_have_value(demo.tenant_facts["residence.postal_code"])
    for _ in range(2):
        await page.click(".next-fact")
    await question.locator("select").select_option(demo.tenant_facts["residence.country"])
    await page.click(".next-fact")
    await expect(question).to_contain_text("One of these is enough")
    await type_by_touch(page, demo.tenant_facts["phone"].replace(" ", ""))
    while await page.locator("[data-step=facts]").is_visible():
        await page.click(".next-fact")  # the other fields concern minors and Spaniards
    await page.click("#agree")
    await page.click("#agreed")
    await page.click("#ask-person")
    await expect(page.locator("[data-step=person_decides] h1")).to_be_focused(timeout=SLOW)
    await page.click("[data-step=person_decides] .done")
    assert tenant.complaints == []
    await let_landlord_pass(landlord)
    await landlord.open("/landlord")
    await landlord.page.click("a.line:has-text('Room 104')")
    await expect(landlord.page.locator("main")).to_contain_text("accepted by the registration authority", timeout=SLOW)


async def answer_spain(page: Page, postal_code: str) -> None:
    """Answer the registry's questions up to the place, as somebody who lives in Spain."""
    for text in ("CALLE MAYOR 1", postal_code, "MADRID"):
        await page.click(".next-fact")
        await expect(page.locator(".fact:not([hidden]) small.bad")).to_contain_text("Fill in this field.")
        await page.keyboard.type(text)
        await page.keyboard.press("Enter")
    await page.locator(".fact:not([hidden]) select").select_option("ESP")
    for text in ("+34 600 000 000", ""):  # of phone and e-mail address one is enough
        await page.click(".next-fact")
        await page.keyboard.type(text)
    for _ in range(4):  # the relation of minors, and what a Spanish document has
        await page.click(".next-fact")


async def test_a_place_is_searched_in_the_table_and_what_the_registry_refuses_is_corrected(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor, artefacts: Path
) -> None:
    await landlord.open("/landlord")
    link = await offer_key(landlord, "202")
    tenant = await kiosk(browser, demo)
    page = tenant.page
    await show(tenant, demo, pictures, link)
    await expect(page.locator("#offer")).to_be_visible(timeout=SLOW)
    await page.click("[data-step=document] .shoot")
    await page.click("#scanned")
    await answer_spain(page, "2800")
    question = page.locator(".fact:not([hidden])")
    await expect(question).to_contain_text("municipality")
    await page.click(".next-fact")
    await expect(question.locator("small.bad")).to_contain_text("Fill in this field.")
    await type_by_touch(page, "MOSTOLE")
    await page.click(".next-fact")
    await expect(question.locator("small.bad")).to_contain_text("not in the authority's list")
    await page.screenshot(path=artefacts / "kiosk-place.png")
    await page.click(".found button >> nth=0")
    await expect(question.locator("input")).to_have_value(re.compile(r"^Móstoles\b"))
    await page.click(".next-fact")
    await page.click("#agree")
    await page.click("#agreed")
    await page.click("#ask-person")
    await expect(page.locator("[data-step=mend] h1")).to_be_focused(timeout=SLOW)
    await page.screenshot(path=artefacts / "kiosk-mend.png")
    await page.click("[data-step=mend] .link >> text=postal code")
    await expect(question.locator("small.bad")).to_contain_text("postal code")
    await expect(question.locator("input")).to_have_value("2800")
    await type_by_touch(page, "1")
    await page.click(".next-fact")
    await page.click("#send-again")
    await expect(page.locator("[data-step=person_decides] h1")).to_be_focused(timeout=SLOW)
    await page.click("[data-step=person_decides] .done")
    assert tenant.complaints == []
    await let_landlord_pass(landlord)


REFUSAL: Final = {
    "screen": "refused",
    "code": "field_missing",
    "fields": ["document", "face", "birth_date", "residence.postal_code"],
    "lines": [
        "The photo is too small.",
        "No face is visible.",
        "Date of birth: Fill in this field.",
        "Postal code: 5 digits.",
    ],
}


async def refuse_first(page: Page, refusal: dict[str, Any] = REFUSAL) -> list[dict[str, Any] | None]:
    """Answer the next registration with the refusal, until the list holds None instead."""
    said: list[dict[str, Any] | None] = [None]

    async def take(route: Route) -> None:
        said[0] = refusal
        await route.fulfill(json={})

    async def tell(route: Route) -> None:
        answer = await route.fetch()
        reported: dict[str, Any] = await answer.json()
        await route.fulfill(response=answer, body=json.dumps(reported | ({"answer": said[0]} if said[0] else {})))

    await page.route("**/visit/registration", take)
    await page.route("**/status", tell)
    return said


async def test_a_refusal_of_no_field_is_said_in_the_gateways_own_words(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor
) -> None:
    await landlord.open("/landlord")
    tenant = await kiosk(browser, demo)
    page = tenant.page
    await show(tenant, demo, pictures, await offer_key(landlord, "204"))
    await expect(page.locator("#offer")).to_be_visible(timeout=SLOW)
    refused = {"screen": "refused", "code": "conflict", "lines": ["Another tenant of this stay is being registered."]}
    said = await refuse_first(page, refused)
    await page.click("[data-step=document] .shoot")
    await page.click("#scanned")
    await answer_spain(page, "28001")
    await page.keyboard.type("Madrid")
    await page.click(".found button >> nth=0")
    await page.click(".next-fact")
    await page.click("#agree")
    await page.click("#agreed")
    await page.click("#ask-person")
    await expect(page.locator("[data-step=refused] .reason")).to_have_text(refused["lines"][0], timeout=SLOW)
    said[0] = None


async def test_a_refused_document_and_face_are_taken_again_and_nothing_answered_is_lost(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor, artefacts: Path
) -> None:
    await landlord.open("/landlord")
    link = await offer_key(landlord, "203")
    tenant = await kiosk(browser, demo)
    page = tenant.page
    said = await refuse_first(page)
    await show(tenant, demo, pictures, link)
    await expect(page.locator("#offer")).to_be_visible(timeout=SLOW)
    await page.click("[data-step=document] .shoot")
    await page.click("#scanned")
    await answer_spain(page, "28001")
    await page.keyboard.type("Madrid")
    await page.click(".found button >> nth=0")
    await page.click(".next-fact")
    await page.click("#agree")
    await page.click("#agreed")
    await page.click("#ask-person")
    await expect(page.locator("[data-step=mend] h1")).to_be_focused(timeout=SLOW)
    assert await page.locator("[data-step=mend] .link").all_inner_texts() == REFUSAL["lines"]
    assert await page.locator("[data-step=mend] li").count() == len(REFUSAL["lines"])
    await page.screenshot(path=artefacts / "kiosk-mend-document.png")
    for place, name in ((0, "document"), (2, "document"), (1, "face")):
        await page.click(f"[data-step=mend] .link >> nth={place}")
        await expect(page.locator(f"[data-step={name}] h1")).to_be_focused()
        await expect(page.locator(f"[data-step={name}] .problem")).to_have_text(REFUSAL["lines"][place])
        if name == "document":
            await lay(demo, pictures, link)
            await page.click("[data-step=document] .shoot")
            await expect(page.locator("[data-step=document] .problem")).to_be_hidden()
            await page.click("#scanned")
            await expect(page.locator("[data-step=mend] h1")).to_be_focused()
    said[0] = None
    await page.unroute("**/visit/registration")
    await page.click("#ask-person")
    await expect(page.locator("[data-step=person_decides] h1")).to_be_focused(timeout=SLOW)
    await page.unroute_all(behavior="wait")
    await page.click("[data-step=person_decides] .done")
    assert tenant.complaints == []
    await let_landlord_pass(landlord)


async def test_a_minute_without_a_touch_warns_then_wipes_page_and_memory(
    browser: Browser, demo: Running, pictures: Pictures, landlord: Visitor, artefacts: Path
) -> None:
    await landlord.open("/landlord")
    link = await offer_key(landlord, "201")
    tenant = await kiosk(browser, demo)
    page, left = tenant.page, [60]

    async def count_down(route: Route) -> None:
        answer = await route.fetch()
        reported: dict[str, Any] = await answer.json()
        await route.fulfill(response=answer, body=json.dumps(reported | {"seconds_left": left[0]}))

    await page.route("**/status", count_down)
    await show(tenant, demo, pictures, link)
    await expect(page.locator("#offer")).to_be_visible(timeout=SLOW)
    await page.click("[data-step=document] .shoot")
    await page.click("#scanned")
    await type_by_touch(page, "CANARY")
    left[0] = 9
    await expect(page.locator("#still")).to_contain_text("9 s", timeout=SLOW)
    await page.screenshot(path=artefacts / "kiosk-still.png")
    async with page.expect_response("**/visit/touch"):
        await page.click("#still button")
    left[0] = 60  # only now: an earlier touch with this answer would close the dialog that is still to be pressed
    await expect(page.locator("#still")).to_be_hidden()
    left[0] = 0
    await expect(page.locator("[data-step=welcome]")).to_be_visible(timeout=SLOW)
    held = await page.evaluate("[...document.querySelectorAll('input')].map((input) => input.value).join('')")
    shown = await page.locator("body").inner_text()
    assert ("CANARY" in held, "Room 201" in shown, "Mira" in shown) == (False, False, False)
    assert await page.locator("img[src^=blob]").count() == 0
    left[0] = 60
    await page.unroute_all(behavior="wait")
    reported = await page.evaluate("fetch('/status').then((answer) => answer.json())")
    assert (reported["offer"], reported["answer"], reported["seconds_left"]) == (None, None, 0)
    tenant.complaints.clear()


async def test_without_a_network_the_place_decides_what_is_asked(
    browser: Browser, demo: Running, pictures: Pictures
) -> None:
    tenant = await kiosk(browser, demo, "zh-CN")
    await tenant.page.route("**/visit/code/scan", lambda route: route.fulfill(json={"asked": False}))
    await lay(demo, pictures)
    await tenant.tap("#scan-code")
    await tenant.page.click("[data-step=document] .shoot")
    await tenant.page.click("#scanned")
    await expect(tenant.page.locator(".fact:not([hidden])")).to_contain_text("住址：街道及门牌号")
    await expect(tenant.page.locator("#offer")).to_be_hidden()
    await tenant.tap("#leave")
