"""The face step with the browser's camera: a head that turns as requested passes, a still picture does not."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, Route, expect

from api.cli.demo.demo import Running
from api.cli.demo.journey_run import Pictures
from firmware_sim.specimens.documents import astronaut
from firmware_sim.specimens.heads import build_head, turn_head
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.people import DESK, PHONE, Visitor, offer_key, visit, windows_closed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
RATE, CAMERA_RATE = 10, 30
"""Pictures a second: those rendered, and those Chromium takes from a file whatever the file says."""
SLOW = 90_000


def head_angles(turns: Sequence[str]) -> list[float]:
    """Angle per frame in degrees: one second still, each turn out and back followed by a rest, then still for long."""
    swing = [40 * float(np.sin(np.pi * step / 15)) for step in range(1, 15)]
    turned = [angle if turn == "left" else -angle for turn in turns for angle in (*swing, *[0.0] * 5)]
    return [0.0] * RATE + turned + [0.0] * (12 * RATE)


def write_film(path: Path, turns: Sequence[str]) -> None:
    """Write the camera's film as motion JPEG, the format of Chromium's fake camera."""
    head = build_head(np.asarray(astronaut(), np.uint8))
    seen = {angle: turn_head(head, angle) for angle in set(head_angles(turns))}
    height, width = head.pixels.shape[:2]
    ffmpeg = shutil.which("ffmpeg")
    assert ffmpeg, "ffmpeg is missing: apt-get install ffmpeg"
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(RATE), "-i", "-"]
    raw = b"".join(seen[angle].tobytes() for angle in head_angles(turns))
    camera = ["-vf", f"fps={CAMERA_RATE}", "-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg"]
    command = [ffmpeg, "-y", "-loglevel", "error", *source, *camera, str(path)]
    subprocess.run(command, input=raw, check=True, timeout=60)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that Chromium's fake camera plays."""
    path = tmp_path_factory.mktemp("camera") / "head.mjpeg"
    await asyncio.to_thread(write_film, path, ())
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def filmed(film: Path, playwright: Playwright) -> AsyncIterator[Browser]:
    """Chromium with the fake camera."""
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    flags = [*FLAGS, *camera, f"--use-file-for-fake-video-capture={film}"]
    chromium = await playwright.chromium.launch(executable_path=find_chromium(), args=flags)
    yield chromium
    await chromium.close()


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def filmed_windows(filmed: Browser) -> AsyncIterator[None]:
    """Closes windows after each test, so that no camera keeps running."""
    async with windows_closed(filmed):
        yield


async def tenant_of(browser: Browser, demo: Running, room: str) -> Visitor:
    """A tenant with an offer link for this landlord's room."""
    landlord = await visit(browser, demo.url, DESK)
    await landlord.sign_in("landlord", demo.logins.password)
    tenant = await visit(browser, demo.url, PHONE)
    tenant.page.set_default_timeout(SLOW)
    await tenant.follow(await offer_key(landlord, room))
    return tenant


async def show_face_and_turn(tenant: Visitor, pictures: Pictures) -> None:
    """Document, face, turns and both consents; everything except submitting."""
    await tenant.show("[name=document]", str(pictures.document))
    await tenant.tap("[name=check][value=face]")
    await tenant.tap("[name=consent_face]")
    await tenant.show("[name=face]", str(pictures.face))
    await tenant.tap("#turning button")
    await expect(tenant.page.locator("#turning [role=status]")).to_have_text("✓ Recorded", timeout=SLOW)
    await tenant.tap("[name=consent_registration]")


async def test_a_head_that_turns_as_the_server_asks_passes_without_a_person(
    filmed: Browser, film: Path, demo: Running, pictures: Pictures
) -> None:
    tenant = await tenant_of(filmed, demo, "202")

    async def film_the_turns(route: Route) -> None:
        answer = await route.fetch()
        await asyncio.to_thread(write_film, film, json.loads(await answer.text())["turns"])
        await route.fulfill(response=answer)

    await tenant.page.route("**/onboarding/challenge", film_the_turns)
    await show_face_and_turn(tenant, pictures)
    await tenant.tap("#register button.wide")
    await expect(tenant.page).to_have_url(f"{demo.url}/key", timeout=SLOW)


async def test_a_still_before_the_camera_goes_to_a_person(
    filmed: Browser, film: Path, demo: Running, pictures: Pictures
) -> None:
    await asyncio.to_thread(write_film, film, ())
    tenant = await tenant_of(filmed, demo, "203")
    await show_face_and_turn(tenant, pictures)
    await tenant.tap("#register button.wide")
    await expect(tenant.page.locator("h1")).to_have_text("Manual check in progress", timeout=SLOW)


async def test_without_a_camera_the_page_says_that_a_person_looks(browser: Browser, demo: Running) -> None:
    tenant = await tenant_of(browser, demo, "204")
    await tenant.tap("[name=check][value=face]")
    await tenant.tap("#turning button")
    await expect(tenant.page.locator("#turning [role=status]")).to_contain_text("staff will check")
    await expect(tenant.page.locator("#turning button")).to_be_visible()
