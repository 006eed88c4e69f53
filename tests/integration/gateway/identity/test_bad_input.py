"""Bad pictures, faces and documents at a real server with real models: the exact error text, and nothing stored."""

import asyncio
import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from api.framework.session_cookie import SESSION_COOKIE
from firmware_sim.specimens.camera import take_photograph, take_selfie
from firmware_sim.specimens.documents import SWEDE, astronaut, print_passport
from gateway.domain.verification.consent import LATEST
from gateway.identity.images.decode import MAX_BYTES
from gateway.identity.settings import IdentitySettings
from gateway.identity.workers.pool import IdentityPool
from gateway.registering.attempts import AttemptLimiter
from gateway.store import Model, Person
from gateway.texts.families import reason_text
from gateway.texts.identity import REASON
from tests.parts.house import House, good, named, refused
from tests.parts.served import serve
from tests.parts.world import DAY, NOW
from tests.specimens.bad_pictures import BAD, CANARY, position, saved
from tests.specimens.canary import find_canaries

pytestmark = pytest.mark.slow
LONG_TIMEOUT = httpx.Timeout(600)
LANGUAGES = ("zh-CN", "en")
DATABASE = "lodgekey.sqlite"
PAGE = print_passport(SWEDE, astronaut())
PASSPORT, SELFIE = take_photograph(PAGE), take_selfie(astronaut())
CONSENTS = {"registration": True, "text_version": LATEST, "language": "en"}
UNUSABLE = {name: bad for name, bad in BAD.items() if name != "empty"} | {
    "more than eight megabytes": (b"\xff\xd8\xff" + bytes(MAX_BYTES), "too_large")
}


@dataclass
class OnboardingClient:
    """A house on a port, whose workers have real models, with its files on disk."""

    house: House
    address: str
    places: tuple[Path, ...]
    days: Iterator[int] = field(default_factory=lambda: itertools.count(1, 4))

    @contextmanager
    def tenant(self, *, face: bool = False) -> Iterator[httpx.Client]:
        """A tenant with an offer link for separate dates, who consented to the registration and perhaps to more."""
        begins = NOW + next(self.days) * DAY
        dates = {"from": at(begins), "until": at(begins + 2 * DAY)}
        session = {SESSION_COOKIE: self.house.session_of("landlord-a")}
        path = f"/api/v1/units/{self.house.units['a']}/offers"
        with self._client(session) as landlord:
            token = good(landlord.post(path, json=dates))["url"].rpartition("/")[2]
        with self._client({"lodgekey_offer": token}) as tenant:
            good(tenant.post("/api/v1/onboarding/consents", json=CONSENTS | {"face": face}))
            yield tenant

    def _client(self, cookies: Mapping[str, str]) -> httpx.Client:
        headers = {"Origin": self.address}
        return httpx.Client(base_url=self.address, cookies=dict(cookies), headers=headers, timeout=LONG_TIMEOUT)

    def kept(self) -> tuple[dict[str, list[Any]], dict[Path, str]]:
        """Every row, and every file with its digest. The database's files are compared by their rows,
        because SQLite may rewrite them at any time.
        """
        with self.house.gateway.database.reading() as session:
            rows = {table.name: list(session.execute(table.select())) for table in Model.metadata.sorted_tables}
        files = (path for place in self.places for path in place.rglob("*") if path.is_file())
        others = [path for path in files if not path.name.startswith(DATABASE)]
        return rows, {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in others}


def at(seconds: int) -> str:
    """Timestamp as RFC 3339."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def on_page(tenant: httpx.Client, language: str, **files: bytes) -> httpx.Response:
    """The tenant submits the page's form in one language."""
    shown = {name: (f"{name}.jpg", content) for name, content in files.items()}
    check = "face" if "face" in files else "person"
    form = {"text_version": LATEST, "check": check, "consent_registration": "on", "consent_face": "on"}
    return tenant.post(f"/onboarding?lang={language}", data=form, files=shown)


def by_api(tenant: httpx.Client, **files: bytes) -> httpx.Response:
    """The same over the API."""
    shown = {name: (f"{name}.jpg", content) for name, content in files.items()}
    return tenant.post("/api/v1/onboarding/verification", files=shown)


@pytest.fixture(scope="module")
def first_door(first_house: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnboardingClient]:
    """One house and one worker for the whole file, because loading the models takes long."""
    folder, temporary = tmp_path_factory.mktemp("bad"), tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr("tempfile.tempdir", str(temporary))
        pool = IdentityPool(IdentitySettings(timeout=300, warm_up_timeout=300, niceness=0), lambda: NOW)
        asyncio.run(pool.start())
        try:
            with serve(first_house, folder / "house", looking=pool) as (house, address):
                yield OnboardingClient(house, address, (folder, temporary))
        finally:
            asyncio.run(pool.stop())


@pytest.fixture
def door(first_door: OnboardingClient, monkeypatch: pytest.MonkeyPatch) -> OnboardingClient:
    """The same, with new rate limits for the test."""
    monkeypatch.setattr(first_door.house.gateway, "attempts", AttemptLimiter(20))
    return first_door


def assert_refused(door: OnboardingClient, tenant: httpx.Client, part: str, code: str, **files: bytes) -> None:
    """On both pages and over the API: the exact error text, no new row or file, and no byte of the picture on disk."""
    tenant.get("/onboarding")
    before = door.kept()
    for language in LANGUAGES:
        answer = on_page(tenant, language, **files)
        assert answer.status_code == 422
        summary = unescape(answer.text).partition('role="alert"')[2].partition("</ul>")[0]
        assert f'<a href="#in-{part}">' in summary
        assert f"{reason_text(language, code)}</a>" in summary
    problem = refused(by_api(tenant, **files), 422, "input_refused")
    assert named(problem) == [{"field": part, "code": code}]
    assert problem["detail"] == REASON[code]
    assert door.kept() == before
    beginnings = [
        content[:64] for content in files.values() if len(content) >= 16
    ]  # shorter ones could match by chance
    assert not beginnings or find_canaries(door.places, beginnings) == []


@pytest.mark.parametrize("name", sorted(UNUSABLE))
def test_a_file_that_is_no_usable_picture_is_refused_in_both_languages_and_nothing_is_written(
    door: OnboardingClient, name: str
) -> None:
    data, code = UNUSABLE[name]
    with door.tenant() as tenant:
        assert_refused(door, tenant, "document", code, document=data)


def test_an_empty_file_counts_as_none_sent(door: OnboardingClient) -> None:
    with door.tenant() as tenant:
        tenant.get("/onboarding")
        before = door.kept()
        assert on_page(tenant, "en", document=b"").status_code == 422
        problem = refused(by_api(tenant, document=b""), 422, "input_refused")
        assert [item["code"] for item in problem["fields"]] == ["field_missing"]
        assert door.kept() == before


def two_people() -> bytes:
    """The same face twice, side by side and of equal size."""
    face = astronaut()
    both = Image.new("RGB", (face.width * 2, face.height))
    both.paste(face, (0, 0))
    both.paste(face, (face.width, 0))
    return saved(both.resize((both.width * 2, both.height * 2)), "JPEG")


def far_away() -> bytes:
    """A face of less than 80 pixels."""
    room = Image.new("RGB", (480, 480), (120, 130, 125))
    room.paste(astronaut().resize((150, 174)), (150, 150))
    return saved(room, "JPEG")


FACES: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "nobody": (lambda: saved(Image.new("RGB", (400, 400), (120, 130, 125)), "JPEG"), "no_face"),
    "two people": (two_people, "two_faces"),
    "far away": (far_away, "face_too_small"),
    "not an image": (lambda: b"GIF89a" + bytes(60), "animated"),
}


@pytest.mark.parametrize("name", FACES)
def test_a_face_that_cannot_be_compared_says_how_to_take_it_and_nothing_is_written(
    door: OnboardingClient, name: str
) -> None:
    take, code = FACES[name]
    with door.tenant(face=True) as tenant:
        assert_refused(door, tenant, "face", code, document=PASSPORT, face=take())


def deep(page: Image.Image) -> bytes:
    """A PNG with 16 bits per channel."""
    wide = np.asarray(page, np.uint16)[..., ::-1] * 257
    return bytes(cv2.imencode(".png", np.ascontiguousarray(wide))[1])


def on_its_head(page: Image.Image) -> bytes:
    """Stored upside down, with EXIF orientation and GPS position as a phone writes them."""
    exif = position()
    exif[0x0112] = 3
    return saved(page.rotate(180), "JPEG", quality=92, exif=exif)


FINE: Mapping[str, Callable[[Image.Image], bytes]] = {
    "CMYK": lambda page: saved(page.convert("CMYK"), "JPEG", quality=92),
    "sixteen bits": deep,
    "grey": lambda page: saved(page.convert("L"), "PNG"),
    "upside down": lambda page: saved(page.rotate(180), "JPEG", quality=92),
    "upside down by EXIF, with a position": on_its_head,
}


@pytest.mark.parametrize("name", FINE)
def test_a_picture_that_is_only_unusual_is_read_and_what_came_with_it_is_left_behind(
    door: OnboardingClient, name: str
) -> None:
    data = FINE[name](PAGE)
    with door.tenant() as tenant:
        answer = good(by_api(tenant, document=data))
    assert (answer["stage"], answer["reasons"]) == ("review", ["document_without_face"]), "every field is certain"
    with door.house.gateway.database.reading() as session:
        person = session.scalars(select(Person).order_by(Person.created_at)).all()[-1]
        case = session.execute(select(Model.metadata.tables["verifications"].c.id)).all()
        assert person.sealed is not None
    shown = [door.house.gateway.pictures.get(row.id) for row in case]
    seen = [found.document for found in shown if found and found.document]
    assert seen
    assert not any(CANARY in picture for picture in seen)
    assert find_canaries(door.places, [CANARY]) == []


def glaring(page: Image.Image) -> bytes:
    """A glare spot in the middle of the picture."""
    return take_photograph(page, "glare on everything")


DOCUMENTS: Mapping[str, tuple[Callable[[], bytes], str, str]] = {
    "expired": (
        lambda: take_photograph(print_passport(replace(SWEDE, expiry=date(2024, 2, 29)), astronaut())),
        "refused",
        "document_expired",
    ),
    "not yet valid": (
        lambda: take_photograph(print_passport(replace(SWEDE, issued=date(2027, 5, 2)), astronaut())),
        "review",
        "document_not_yet_valid",
    ),
    "cropped": (lambda: take_photograph(PAGE.crop((0, 0, 1250, 700))), "review", "document_cropped"),
    "half in the picture": (lambda: take_photograph(PAGE.crop((0, 0, 620, 880))), "review", "document_cropped"),
    "in glare": (lambda: glaring(PAGE), "review", "document_unclear"),
    "no document": (lambda: saved(Image.new("RGB", (900, 600), (180, 170, 160)), "JPEG"), "review", "no_document"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_will_not_do_is_explained_in_both_languages(door: OnboardingClient, name: str) -> None:
    take, stage, code = DOCUMENTS[name]
    picture = take()
    with door.tenant() as tenant:
        before = door.kept()[0]["people"]
        assert on_page(tenant, "en", document=picture).status_code == 303
        reported = good(tenant.get("/api/v1/onboarding"))
        assert (reported["stage"], code in reported["reasons"]) == (stage, True), reported["reasons"]
        for language in LANGUAGES:
            assert reason_text(language, code) in unescape(tenant.get(f"/onboarding?lang={language}").text)
        assert (door.kept()[0]["people"] == before) is (stage == "refused"), "a refused attempt keeps no person"
    assert find_canaries(door.places, [picture[300:360]]) == [], "no byte of the picture is on the disk"


def test_a_document_valid_from_the_past_passes_as_before(door: OnboardingClient) -> None:
    picture = take_photograph(print_passport(replace(SWEDE, issued=date(2022, 4, 16)), astronaut()))
    with door.tenant(face=True) as tenant:
        answer = good(by_api(tenant, document=picture, face=SELFIE))
    assert answer["reasons"] == ["face_without_liveness"]
