"""The kiosk films the requested turns, and sends the clip in time and sealed, or not at all."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from certs.authority.ca import Authority
from certs.sealing import open_sealed, registration_context
from devices.wire.envelope import read_event
from devices.wire.kiosk.registration import MAX_FRAME, MAX_IMAGE, KioskRegistration, decode_registration
from firmware_sim.specimens.camera import take_selfie
from firmware_sim.specimens.documents import astronaut
from tests.unit.firmware_sim.kiosk_terminal.terminal_bench import AGREED, LINK, PICTURE, Terminal, open_terminal

FACE = take_selfie(astronaut())
TURNS = ["left", "right", "left", "left"]
WITH_FACE = AGREED | {"face": True}


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    async with open_terminal(tmp_path) as opened:
        yield opened


async def stand_before_it(terminal: Terminal, *, still: bool = False, document: bytes = PICTURE) -> None:
    """A tenant has shown link, document and face, and the kiosk is connected."""
    terminal.front._station.online.set()
    await terminal.begin()
    terminal.front.counter.put(code=LINK, document=document, face=FACE, still=still)
    for path in ("/visit/code/scan", "/visit/document", "/visit/face"):
        assert await terminal.post(path) == 200


async def ask(terminal: Terminal, turns: list[str]) -> None:
    """The page requests turns, and the gateway answers with these."""
    assert (await terminal.client.post("/visit/turns")).json() == {"asked": True}
    assert (await terminal.status())["turns"] is None
    name = terminal.front.visits.current().turning
    terminal.mind.screen = {"screen": "turn", "registration": name, "challenge": "nonce-1", "turns": turns}


def handed_in(terminal: Terminal, folder: Path) -> KioskRegistration:
    """Content of the sealed registration, as the gateway will open it."""
    flash, key = terminal.mind.flash, terminal.front._station.folder.key.public_key()
    events = [read_event(flash.payload(seq), key) for seq in flash.waiting_events()]
    sealed = [event.body["sealed"] for event in events if event.type == "registration"]
    intake = Authority.open(folder / "ca", lambda: 1_790_000_000).intake_key
    return decode_registration(open_sealed(sealed[0], intake, context=registration_context("site-1", "kiosk-1")))


async def test_the_turns_are_shown_filmed_and_handed_in_sealed(terminal: Terminal, tmp_path: Path) -> None:
    await stand_before_it(terminal)
    await ask(terminal, TURNS)
    assert (await terminal.status())["turns"] == TURNS
    assert await terminal.post("/visit/turns/film") == 204
    assert await terminal.post("/visit/registration", **WITH_FACE) == 202
    form = handed_in(terminal, tmp_path)
    assert (form.nonce, len(form.clip or ())) == ("nonce-1", 49)
    assert max(map(len, form.clip or ())) <= MAX_FRAME
    assert len(set(form.clip or ())) > 5, "the head moves"
    assert terminal.front.counter.face is None


async def test_a_photograph_held_up_is_filmed_as_it_is(terminal: Terminal) -> None:
    await stand_before_it(terminal, still=True)
    await ask(terminal, TURNS)
    assert await terminal.post("/visit/turns/film") == 204
    clip = terminal.front.visits.current().clip
    assert clip is not None
    assert len(set(clip.frames)) == 1


async def test_without_turns_nothing_is_filmed_and_a_person_looks(terminal: Terminal, tmp_path: Path) -> None:
    await stand_before_it(terminal)
    assert await terminal.post("/visit/turns/film") == 409
    await ask(terminal, TURNS)
    terminal.answer(screen="refused", code="too_many_attempts")
    assert (await terminal.status())["turns"] == []
    assert await terminal.post("/visit/turns/film") == 409
    assert await terminal.post("/visit/registration", **WITH_FACE) == 202
    form = handed_in(terminal, tmp_path)
    assert (form.face is None, form.clip, form.nonce) == (False, None, None)


async def test_without_a_network_no_turns_are_asked_for(terminal: Terminal) -> None:
    await stand_before_it(terminal)
    terminal.front._station.online.clear()
    assert (await terminal.client.post("/visit/turns")).json() == {"asked": False}
    assert terminal.front.visits.current().turning is None


@pytest.mark.parametrize("late", ["a minute is over", "the network is gone", "a person is asked instead"])
async def test_a_clip_that_would_be_refused_or_is_not_wanted_is_not_sent(
    terminal: Terminal, tmp_path: Path, late: str
) -> None:
    await stand_before_it(terminal)
    await ask(terminal, TURNS)
    assert await terminal.post("/visit/turns/film") == 204
    if late == "a minute is over":
        terminal.seconds[0] += 56
    elif late == "the network is gone":
        terminal.front._station.online.clear()
    agreed = AGREED if late.startswith("a person") else WITH_FACE
    assert await terminal.post("/visit/registration", **agreed) == 202
    form = handed_in(terminal, tmp_path)
    assert (form.clip, form.nonce) == (None, None)
    assert (form.face is None) is (agreed is AGREED)


@pytest.mark.parametrize(("face", "filmed"), [(FACE, 204), (bytes(MAX_IMAGE - 4096), 409)])
async def test_a_clip_is_made_to_fit_one_message_or_left_out(
    terminal: Terminal, tmp_path: Path, face: bytes, filmed: int
) -> None:
    await stand_before_it(terminal, document=bytes(MAX_IMAGE))
    terminal.front.visits.current().face = face
    await ask(terminal, TURNS)
    assert await terminal.post("/visit/turns/film") == filmed
    assert await terminal.post("/visit/registration", **WITH_FACE) == 202
    assert len(handed_in(terminal, tmp_path).clip or ()) == (49 if filmed == 204 else 0)


async def test_the_clip_goes_with_the_tenant_who_leaves(terminal: Terminal) -> None:
    await stand_before_it(terminal)
    await ask(terminal, TURNS)
    assert await terminal.post("/visit/turns/film") == 204
    visit = terminal.front.visits.current()
    await terminal.client.delete("/visit")
    assert (visit.clip, visit.face) == (None, None)
    assert terminal.mind.screen == {"screen": "welcome"}
    await terminal.begin()
    assert (await terminal.status())["turns"] is None


async def test_a_picture_without_anybody_in_it_is_filmed_too(terminal: Terminal) -> None:
    await stand_before_it(terminal)
    wall = BytesIO()
    Image.new("RGB", (320, 400), "grey").save(wall, "JPEG")
    terminal.front.counter.put(face=wall.getvalue())
    await ask(terminal, TURNS)
    assert await terminal.post("/visit/turns/film") == 204
