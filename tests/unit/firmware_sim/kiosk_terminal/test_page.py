"""The kiosk's page and its single visit: no access without a visit, after a minute, or from other sites."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from devices.wire.kiosk.offer_question import OfferSummary
from devices.wire.kiosk.registration import KioskRegistration
from firmware_sim.device.dialogue import Spoken
from gateway.texts.languages import LANGUAGES, NAMES
from tests.unit.firmware_sim.kiosk_terminal.terminal_bench import AGREED, LINK, PICTURE, TOKEN, Terminal, open_terminal

SUMMARY = OfferSummary("Canary Room", "Canary Landlady", ["phone", "email"], ["phone", "email"])


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    async with open_terminal(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("asked", "language"), [(language, language) for language in LANGUAGES] + [("../../key", "zh-CN"), ("", "zh-CN")]
)
async def test_the_page_is_served_by_the_kiosk_itself_in_every_language(
    terminal: Terminal, asked: str, language: str
) -> None:
    answer = await terminal.client.get("/", params={"lang": asked})
    assert f'<html lang="{language}"' in answer.text
    assert all(name in answer.text for name in NAMES.values())
    assert answer.headers["cache-control"] == "no-store"
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
    assert (await terminal.client.get("/static/kiosk/kiosk.js")).status_code == 200


async def test_the_page_holds_no_secret_and_lists_no_unit(terminal: Terminal) -> None:
    folder = terminal.front._station.folder
    served = (await terminal.client.get("/")).text + (await terminal.client.get("/static/kiosk/kiosk.js")).text
    assert "PRIVATE" not in served
    assert "harbour" not in served.lower()
    for path in ("/units", "/offers", "/key.pem", "/static/../key.pem", "/static/..%2f..%2fkey.pem", "/device.json"):
        assert (await terminal.client.get(path)).status_code == 404
    assert (folder.path / "key.pem").exists()


async def test_without_a_visit_nothing_is_read_and_nothing_handed_in(terminal: Terminal) -> None:
    terminal.front.counter.put(code=LINK, document=PICTURE)
    for path in ("/visit/code/scan", "/visit/document", "/visit/face", "/visit/touch"):
        assert await terminal.post(path) == 410
    assert await terminal.post("/visit/registration", **AGREED) == 410
    assert terminal.front.waiting() == 0


@pytest.mark.parametrize(
    "typed", ["", "---", "%", "*", "_", "000-000-001", "https://evil.example/o/x", "A" * 44, "x" * 300]
)
async def test_what_can_be_no_code_is_refused_before_anything_is_sent(terminal: Terminal, typed: str) -> None:
    await terminal.begin()
    assert await terminal.post("/visit/code", code=typed) == 422
    assert terminal.front.visits.current().offer == ""


async def test_without_a_network_nothing_is_asked_and_the_tenant_goes_on(terminal: Terminal) -> None:
    await terminal.begin()
    assert (await terminal.client.post("/visit/code", json={"code": TOKEN})).json() == {"asked": False}
    assert (await terminal.status())["offer"] is None
    assert terminal.mind.flash.waiting_events() == []


async def test_what_the_offer_is_of_is_opened_for_the_visit_that_asked_only(terminal: Terminal) -> None:
    terminal.front._station.online.set()
    await terminal.begin()
    assert (await terminal.client.post("/visit/code", json={"code": TOKEN})).json() == {"asked": True}
    assert terminal.front.waiting() == 0, "a question is no registration"
    await terminal.tell_of_offer(SUMMARY)
    assert (await terminal.status())["offer"] == asdict(SUMMARY)
    kept = repr(terminal.mind.screen)
    assert ("Canary Room" in kept, "Canary Landlady" in kept) == (False, False)
    await terminal.post("/visit/code", code=TOKEN)
    assert (await terminal.status())["offer"] is None, "another question has another key"
    await terminal.tell_of_offer(SUMMARY)
    await terminal.client.delete("/visit")
    assert terminal.mind.screen == {"screen": "welcome"}


async def test_an_offer_that_leads_nowhere_is_refused_before_anything_is_scanned(terminal: Terminal) -> None:
    terminal.front._station.online.set()
    await terminal.begin()
    await terminal.post("/visit/code", code=TOKEN)
    question = terminal.front.visits.current().question
    terminal.mind.screen = {"screen": "refused", "registration": question, "code": "offer_expired"}
    status = await terminal.status()
    assert (status["offer"], status["answer"]) == ({"refused": "offer_expired"}, None)


async def test_an_answer_is_found_though_the_screen_shows_something_else_by_now(terminal: Terminal) -> None:
    await terminal.walk_to_the_end()
    registration = terminal.mind.screen["registration"]
    terminal.mind.screens = [{"screen": "registered", "registration": registration, "code": "4821903517"}]
    terminal.mind.screen = {"screen": "offer", "registration": bytes(16)}
    assert (await terminal.status())["answer"] == {"screen": "registered", "code": "4821903517"}


async def test_what_the_registry_asks_is_handed_in_with_the_rest(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await terminal.begin()
    terminal.front.counter.put(code=LINK, document=PICTURE)
    await terminal.post("/visit/code/scan")
    await terminal.post("/visit/document")
    handed: list[KioskRegistration] = []
    register = terminal.mind.register

    def watch(form: KioskRegistration) -> Spoken:
        handed.append(form)
        return register(form)

    monkeypatch.setattr(terminal.mind, "register", watch)
    assert await terminal.post("/visit/registration", **AGREED, facts={"phone": "+34 600 000 000"}) == 202
    assert handed[0].facts == {"phone": "+34 600 000 000"}
    assert await terminal.post("/visit/registration", **AGREED, facts={"phone": "x" * 121}) == 422


async def test_an_empty_counter_is_said_so(terminal: Terminal) -> None:
    await terminal.begin()
    for path in ("/visit/code/scan", "/visit/document", "/visit/face"):
        assert await terminal.post(path) == 409


@pytest.mark.parametrize(
    ("lack", "agreed"),
    [("consent", {**AGREED, "registration": False}), ("face", {**AGREED, "face": True})],
)
async def test_nothing_is_handed_in_without_consent_or_what_it_is_about(
    terminal: Terminal, lack: str, agreed: dict[str, object]
) -> None:
    await terminal.begin()
    terminal.front.counter.put(code=LINK, document=PICTURE)
    await terminal.post("/visit/code/scan")
    await terminal.post("/visit/document")
    answer = await terminal.client.post("/visit/registration", json=agreed)
    assert (answer.status_code, answer.json()["detail"]) == (422, lack)
    assert terminal.front.waiting() == 0


async def test_what_is_handed_in_waits_sealed_and_is_counted(terminal: Terminal) -> None:
    await terminal.walk_to_the_end()
    status = await terminal.status()
    assert (status["online"], status["waiting"], status["answer"]) == (False, 1, None)
    visit = terminal.front.visits.current()
    assert (visit.document, visit.face, terminal.front.counter.document) == (None, None, None)
    assert all(
        b"canary" not in file.read_bytes() for file in terminal.front._station.folder.path.rglob("*") if file.is_file()
    )


async def test_a_minute_without_a_touch_wipes_screen_and_memory(terminal: Terminal) -> None:
    await terminal.begin()
    terminal.front.counter.put(code=LINK, document=PICTURE)
    await terminal.post("/visit/code/scan")
    await terminal.post("/visit/document")
    visit = terminal.front.visits.current()
    terminal.seconds[0] += 59
    assert (await terminal.status())["seconds_left"] == 1
    terminal.seconds[0] += 1
    assert (await terminal.status())["seconds_left"] == 0
    assert (visit.offer, visit.document, terminal.front.counter.document) == ("", None, None)
    assert await terminal.post("/visit/document") == 410


async def test_a_touch_gives_another_minute(terminal: Terminal) -> None:
    await terminal.begin()
    terminal.seconds[0] += 59
    assert await terminal.post("/visit/touch") == 204
    terminal.seconds[0] += 59
    assert await terminal.post("/visit/touch") == 204


async def test_the_answer_is_shown_to_the_one_it_is_for_and_to_nobody_after(terminal: Terminal) -> None:
    await terminal.walk_to_the_end()
    terminal.answer(screen="registered", code="4821903517")
    assert (await terminal.status())["answer"] == {"screen": "registered", "code": "4821903517"}
    assert b"<svg" in (await terminal.client.get("/visit/link.svg")).content
    await terminal.client.delete("/visit")
    assert terminal.mind.screen == {"screen": "welcome"}
    await terminal.begin()
    assert (await terminal.status())["answer"] is None
    assert (await terminal.client.get("/visit/link.svg")).status_code == 404


async def test_the_pictures_are_kept_for_the_correction_of_what_was_refused_and_for_nothing_else(
    terminal: Terminal,
) -> None:
    terminal.front._station.online.set()
    await terminal.walk_to_the_end()
    first, visit = terminal.mind.screen["registration"], terminal.front.visits.current()
    terminal.answer(screen="refused", code="code_unknown", lines=["Phone: Check it."], fields=["phone"])
    assert (await terminal.status())["answer"]["fields"] == ["phone"]
    assert visit.document == PICTURE
    assert await terminal.post("/visit/registration", **AGREED, facts={"phone": "+34 600 000 000"}) == 202
    assert (await terminal.status())["answer"] is None, "the answer to the first is not the answer to the second"
    assert all(body.get("registration") != first for body in terminal.mind.screens)
    terminal.answer(screen="registered")
    assert (await terminal.status())["answer"] == {"screen": "registered"}
    assert visit.document is None


async def test_a_kiosk_has_the_long_tables_of_every_registry(terminal: Terminal) -> None:
    names = await table(terminal, "es.residence.municipality_code")
    assert [name for name in names if name.startswith("Madrid (")]
    assert len(await table(terminal, "it.birth_place_code")) > 7000


async def table(terminal: Terminal, name: str) -> list[str]:
    """The names of a table, as the page loads them."""
    answer = await terminal.client.get(f"/static/tables/{name}.json")
    names: list[str] = answer.json()
    return names


async def test_an_answer_that_comes_after_its_tenant_left_is_wiped_unseen(terminal: Terminal) -> None:
    await terminal.walk_to_the_end()
    late = {"screen": "registered", "code": "4821903517", "registration": terminal.mind.screen["registration"]}
    await terminal.client.delete("/visit")
    terminal.mind.screen, terminal.mind.screens = late, [late]
    terminal.front.tidy()
    assert (terminal.mind.screen, terminal.mind.screens) == ({"screen": "welcome"}, [])


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "kiosk.evil.example:4100"}],
    ids=["another origin", "another site", "a name that points here"],
)
async def test_another_site_in_the_kiosks_browser_gets_nothing(terminal: Terminal, headers: dict[str, str]) -> None:
    answer = await terminal.client.post("/visit", json={"language": "en"}, headers=headers)
    assert answer.status_code == 403
    assert (await terminal.client.get("/", headers=headers)).text == ""
