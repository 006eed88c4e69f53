"""An officer's day in a browser, in order: waiting cases, registrations, late filings, the map, a two-person export."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.cli.demo.demo import Running
from api.cli.demo.journey_run import Pictures
from api.services.access import hash_password
from certs.keys import jwk_of, new_private_key
from gateway.settings import Settings
from gateway.store import Account, Disclosure, Export, Registration
from gateway.store.database import Database
from tests.browser.people import DESK, PHONE, Visitor, offer_key, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
SLOW = 30_000
NAME, NUMBER = "VOORBEELD", "XR1001R58"
CONSENTS = {"registration": True, "face": True, "text_version": "2026-11", "language": "en"}
# Chromium's message for a page in a background tab.
GO_TO_THE_BACKGROUND = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COME_BACK = """() => {
  delete document.hidden;
  delete document.visibilityState;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def officer(browser: Browser, demo: Running) -> Visitor:
    """Officer of the area, signed in."""
    visitor = await visit(browser, demo.url, DESK)
    await visitor.sign_in("officer", demo.logins.password)
    return visitor


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def second(browser: Browser, demo: Running) -> Visitor:
    """Another officer of the same area: phone viewport, Chinese, dark theme."""
    with rows_of(demo) as session:
        area = session.scalars(select(Account.area).where(Account.role == "officer")).first()
        hashed = hash_password(demo.logins.password)
        session.add(Account(role="officer", login="second", password_hash=hashed, name="Officer Two", area=area))
    visitor = await visit(browser, demo.url, PHONE, "zh-CN", dark=True)
    await visitor.open("/login")
    await visitor.page.fill("[name=login]", "second")
    await visitor.page.fill("[name=password]", demo.logins.password)
    await visitor.page.click("main button")
    await visitor.page.wait_for_url("**/officer")
    return visitor


@contextmanager
def rows_of(demo: Running) -> Iterator[Session]:
    """The gateway's database, read beside the running gateway."""
    database = Database(Settings(folder=demo.folder).database)
    with database.writing() as session:
        yield session
    database.close()


def logged_as(demo: Running, purpose: str) -> int:
    """Number of disclosure log entries whose purpose begins with this text."""
    with rows_of(demo) as session:
        query = select(func.count()).select_from(Disclosure).where(Disclosure.purpose.startswith(purpose))
        return session.scalar(query) or 0


async def come_to_the_door(landlord: Visitor, demo: Running, pictures: Pictures, room: str) -> None:
    """A tenant submits document and face on a phone; without turns, a person has to decide."""
    await landlord.open("/landlord")
    token = (await offer_key(landlord, room)).rpartition("/")[2]
    door, headers = f"{demo.url}/api/v1/onboarding", {"Authorization": f"Offer {token}"}
    files = {"document": pictures.document.read_bytes(), "face": pictures.face.read_bytes()}
    holder = {"holder_key": json.dumps(jwk_of(new_private_key().public_key()))}
    async with httpx.AsyncClient(headers=headers, timeout=120, trust_env=False) as tenant:
        (await tenant.post(f"{door}/consents", json=CONSENTS)).raise_for_status()
        shown = (await tenant.post(f"{door}/verification", data=holder, files=files)).raise_for_status()
    assert shown.json()["stage"] == "review"


async def decide_the_case(officer: Visitor, room: str) -> None:
    """Decide that it is the same person; the key is issued."""
    await officer.open("/officer")
    await officer.page.click(f"#cases li:has-text('Room {room}') a", timeout=SLOW)
    await officer.page.click("button[value=pass]")
    await expect(officer.page.locator("[role=status].alert")).to_be_visible(timeout=SLOW)


async def test_a_case_comes_up_in_a_background_tab_is_compared_side_by_side_and_its_record_follows_live_and_masked(
    browser: Browser,
    demo: Running,
    pictures: Pictures,
    landlord: Visitor,
    officer: Visitor,
    second: Visitor,
    artefacts: Path,
) -> None:
    await officer.open("/officer")
    await expect(officer.page.locator("#feed-state")).to_have_text("Live", timeout=SLOW)
    title = await officer.page.title()
    await officer.page.evaluate(GO_TO_THE_BACKGROUND)
    await come_to_the_door(landlord, demo, pictures, "101")
    await expect(officer.page.locator("#cases li", has_text="Room 101")).to_be_visible(timeout=SLOW)

    page = second.page
    await second.open("/officer")
    await page.screenshot(path=artefacts / "officer-phone-zh-dark.png", full_page=True)
    await page.click("#cases li:has-text('Room 101') a")
    pictures_shown = page.locator(".pair img")
    await expect(pictures_shown).to_have_count(3)
    widths = "images => Promise.all(images.map((image) => image.decode().then(() => image.naturalWidth)))"
    assert min(await pictures_shown.evaluate_all(widths)) > 0
    await page.screenshot(path=artefacts / "case-phone-zh-dark.png", full_page=True)
    await page.set_viewport_size(DESK)
    tops = [
        box["y"] for box in [await shown.bounding_box() for shown in await page.locator(".pair figure").all()] if box
    ]
    assert len(tops) == 3
    assert max(tops) - min(tops) < 1, "document, portrait and face are in one row"
    await page.screenshot(path=artefacts / "case-desk-zh-dark.png", full_page=True)
    await page.set_viewport_size(PHONE)
    await page.click("button[value=pass]")
    await page.wait_for_url("**/officer?done=*")

    row = officer.page.locator("#feed tr", has_text="Room 101")
    await expect(row).to_be_visible(timeout=SLOW)
    await expect(officer.page).to_have_title(f"(1) {title}")
    shown = await officer.page.content()
    assert (NAME in shown, NUMBER in shown, NUMBER[-2:] in await row.inner_text()) == (False, False, True)
    await officer.page.evaluate(COME_BACK)
    await expect(officer.page).to_have_title(title)
    await officer.page.screenshot(path=artefacts / "officer-desk-en-light.png", full_page=True)
    assert (officer.complaints, second.complaints) == ([], [])


async def test_a_record_stays_masked_until_a_reason_is_given_and_the_log_knows_before_it_is_shown(
    demo: Running, pictures: Pictures, landlord: Visitor, officer: Visitor, artefacts: Path
) -> None:
    await come_to_the_door(landlord, demo, pictures, "102")
    await decide_the_case(officer, "102")
    page = officer.page
    await page.click("#feed tr:has-text('Room 102') a", timeout=SLOW)
    await expect(page.locator("form.card")).to_be_visible()
    assert NAME not in await page.content()
    await page.click("main form button")  # without a reason
    await expect(page.locator("[role=alert] a").first).to_be_visible()
    assert NAME not in await page.content()
    officer.complaints.clear()  # the browser's console message for the refusal
    logged: list[int] = []

    async def look_into_the_log(route: Route) -> None:
        answer = await route.fetch()
        logged.append(logged_as(demo, "complaint: 14/2026"))
        await route.fulfill(response=answer)

    await page.route("**/officer/records/*", look_into_the_log)
    await page.check("[value=complaint]")
    await page.fill("[name=note]", "14/2026")
    await page.click("main form button")
    await expect(page.locator("main")).to_contain_text(NUMBER, timeout=SLOW)
    assert logged == [1], "the entry was there when the answer came"
    await page.unroute_all(behavior="wait")
    await page.screenshot(path=artefacts / "opened-desk-en-light.png", full_page=True)
    assert officer.complaints == []


async def download(page: Page, logged: list[int], demo: Running) -> str:
    """The downloaded table, and the number of disclosure log entries at its arrival."""

    async def look_into_the_log(route: Route) -> None:
        answer = await route.fetch()
        logged.append(logged_as(demo, "export"))
        await route.fulfill(response=answer)

    await page.route("**/file", look_into_the_log)
    async with page.expect_download(timeout=SLOW) as taken:
        await page.click("text=Download (once)")
    await page.unroute_all(behavior="wait")
    return (await (await taken.value).path()).read_text()


async def test_an_export_needs_a_second_officer_is_taken_once_and_every_record_is_in_the_log_before(
    demo: Running, pictures: Pictures, landlord: Visitor, officer: Visitor, second: Visitor, artefacts: Path
) -> None:
    await come_to_the_door(landlord, demo, pictures, "103")
    await decide_the_case(officer, "103")
    page, reason = officer.page, "Monthly count for the city, order 7/2026"
    await officer.open("/officer")
    await page.click("text=Exports")
    await page.fill("[name=purpose]", reason)
    await page.click("text=Submit request")
    await expect(page.locator("li", has_text=reason)).to_contain_text("waiting for a second officer", timeout=SLOW)
    assert await page.locator("button[value=approve]").count() == 0
    await page.screenshot(path=artefacts / "exports-asked-desk-en-light.png", full_page=True)
    with rows_of(demo) as session:
        export = session.scalars(select(Export.id)).one()
    own = f"""fetch("/officer/exports/{export}/decision", {{ method: "POST",
      body: new URLSearchParams({{ decision: "approve" }}) }}).then((answer) => answer.status)"""
    assert await page.evaluate(own) == 403, "nobody approves their own"
    early = f"""fetch("/officer/exports/{export}/file", {{ method: "POST" }}).then((answer) => answer.status)"""
    assert await page.evaluate(early) == 409
    officer.complaints.clear()

    await second.open("/officer/exports")
    await second.page.screenshot(path=artefacts / "exports-phone-zh-dark.png", full_page=True)
    await second.page.click("button[value=approve]")
    await expect(second.page.locator("[role=status]")).to_have_text("已批准。")
    assert await second.page.locator("form[action$='/file']").count() == 0, "only whoever asked takes it"

    await officer.reload()
    logged: list[int] = []
    table = await download(page, logged, demo)
    lines = table.splitlines()
    assert NUMBER in table
    assert logged == [len(lines) - 1], "every record was in the log when the table arrived"
    await officer.open("/officer/exports")
    await expect(page.locator("li", has_text=reason)).to_contain_text("downloaded")
    assert await page.evaluate(early) == 409, "once"
    officer.complaints.clear()  # the browser's console message for each refusal above


def press(demo: Running, hours: dict[str, int]) -> None:
    """Set the check-ins of these rooms to `unknown` with a warning due, and the deadline this many hours after
    creation.
    """
    with rows_of(demo) as session:
        for row in session.scalars(select(Registration).where(Registration.kind == "check_in")):
            room = row.stay.unit.label.removeprefix("Room ")
            if room in hours:
                row.state, row.deadline_at, row.warn_at = "unknown", row.created_at + hours[room] * 3600, 1


async def test_filings_come_by_deadline_are_looked_into_settled_and_corrected(
    demo: Running, officer: Visitor, artefacts: Path
) -> None:
    press(demo, {"101": 2, "102": -1, "103": 1})
    page = officer.page
    await officer.open("/officer")
    lines = page.locator("section.card.care", has_text="Reports that need attention").locator("li")
    await expect(lines).to_have_count(3, timeout=SLOW)
    standings = await lines.all_inner_texts()
    assert "overdue" in standings[0].lower(), standings
    await page.screenshot(path=artefacts / "filings-desk-en-light.png", full_page=True)
    await lines.nth(0).locator("a").click()
    assert NAME not in await page.content()
    await page.screenshot(path=artefacts / "filing-desk-en-light.png", full_page=True)
    await page.check("[value=accepted]")
    await page.fill("[name=receipt]", "SBX-2026-7")
    await page.click("form[action$='/outcome'] button")
    await expect(page.locator("[role=status]")).to_be_visible(timeout=SLOW)
    await page.click("main summary")
    await page.select_option("[name=field]", "sex")
    await page.click("form[method=get] button")
    await page.select_option("[name=value]", "X")
    await page.fill("[name=reason]", "Said so at the counter, 9/2026")
    await page.click("form[action$='/correction'] button")
    await expect(page.locator("[role=status]")).to_be_visible(timeout=SLOW)
    await officer.open("/officer")
    await expect(lines).to_have_count(2, timeout=SLOW)
    assert officer.complaints == []


async def test_the_map_shows_the_areas_units_and_the_list_below_says_the_same(
    demo: Running, officer: Visitor, second: Visitor, artefacts: Path
) -> None:
    await officer.open("/officer")
    await officer.page.click("text=Map of units")
    page = officer.page
    await expect(page.locator("svg.map title")).to_have_count(12)
    await page.click("main details summary")
    items = page.locator("main details li")
    await expect(items).to_have_count(12)
    drawn = await page.locator("svg.map .registered, svg.map .pressing").count()
    said = await items.filter(has_not_text="no tenant registered").count()
    assert drawn == said > 0
    assert NAME not in await page.content()
    await page.screenshot(path=artefacts / "map-desk-en-light.png", full_page=True)
    await second.open("/officer/map")
    await second.page.screenshot(path=artefacts / "map-phone-zh-dark.png", full_page=True)
    assert await second.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert (officer.complaints, second.complaints) == ([], [])
