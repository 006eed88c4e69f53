"""The liveness level that a landlord sets for a unit: its text, and its enforcement at onboarding."""

import html
from datetime import date

import httpx
import pytest

from api.web.shell.done import DONE
from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification.liveness import LEVELS, Level
from gateway.domain.verification.port import DocumentReading, FaceComparison, FieldReading, LivenessResult
from gateway.domain.verification.rules import Camera, Evidence, VerificationSettings, decide
from gateway.identity.examination import Submission, examine
from gateway.texts.families import code_text
from gateway.texts.identity import REASON
from gateway.texts.translator import translator
from tests.parts.house import House, good, photograph, refused
from tests.parts.identity import ANNA, MemoryIdentity

TODAY = date(2026, 11, 22)
READ = DocumentReading("passport", {name: FieldReading(text, certain=True) for name, text in ANNA.items()}, (), b"p")


def verdict(level: Level, camera: Camera, *, clip: bool = True, lenient: bool = False) -> tuple[str, tuple[str, ...]]:
    """Verdict on a perfect document and face with a clip from this camera."""
    alive = LivenessResult(passed=True, model="m") if clip else None
    shown = Evidence(TODAY, READ, face=FaceComparison("pass", "m"), liveness=alive, camera=camera)
    settings = VerificationSettings(accept_face_without_liveness=lenient, level=level)
    found = decide(shown, load_profiles()["sandbox"], settings)
    return found.outcome, found.reasons


def test_each_level_lets_through_what_it_trusts_and_no_more() -> None:
    assert verdict("phone", "phone") == verdict("phone", "kiosk") == verdict("kiosk", "kiosk") == ("passed", ())
    assert verdict("kiosk", "phone") == ("review", ("level_kiosk",))
    assert verdict("person", "phone") == verdict("person", "kiosk") == ("review", ("level_person",))


def test_an_operators_leniency_does_not_weaken_what_the_landlord_chose() -> None:
    assert verdict("phone", "phone", clip=False, lenient=True) == ("passed", ())
    assert verdict("kiosk", "kiosk", clip=False, lenient=True) == ("review", ("level_kiosk",))
    assert verdict("person", "kiosk", clip=False, lenient=True)[0] == "review"


async def level_of(house: House, level: str, login: str = "landlord-a") -> httpx.Response:
    """A landlord sets the level of unit a."""
    return await house.client(login).patch(f"/api/v1/units/{house.units['a']}", json={"liveness_level": level})


async def film(tenant: httpx.AsyncClient) -> httpx.Response:
    """Submit document, face and a clip from the phone."""
    asked = good(await tenant.post("/api/v1/onboarding/challenge"))
    pictures = [(name, (f"{name}.jpg", photograph())) for name in ("document", "face", *["clip"] * 8)]
    form = {"clip_nonce": asked["nonce"]}
    return await tenant.post("/api/v1/onboarding/verification", data=form, files=pictures)


@pytest.mark.parametrize(
    ("level", "stage", "reasons"),
    [("phone", "verified", []), ("kiosk", "review", ["level_kiosk"]), ("person", "review", ["level_person"])],
)
async def test_the_door_honours_the_level_of_its_unit(house: House, level: str, stage: str, reasons: list[str]) -> None:
    assert good(await level_of(house, level))["liveness_level"] == level
    tenant, _ = await house.tenant()
    assert good(await tenant.get("/api/v1/onboarding"))["liveness_level"] == level
    answer = good(await film(tenant))
    assert (answer["stage"], answer["reasons"]) == (stage, reasons)


async def test_the_kiosks_own_camera_is_enough_where_it_is_asked_for() -> None:
    from_kiosk = Submission({}, photograph(), photograph(), face_consented=True, camera="kiosk")
    settings = VerificationSettings(accept_face_without_liveness=True, level="kiosk")
    found = await examine(MemoryIdentity(), from_kiosk, load_profiles()["sandbox"], settings, TODAY, lambda _: READ)
    assert found.verdict.reasons == ("level_kiosk",), "a still from the kiosk is no clip"


async def test_a_level_nobody_knows_or_another_landlords_unit_is_refused(house: House) -> None:
    refused(await level_of(house, "none"), 422, "input_refused")
    refused(await level_of(house, "person", "landlord-b"), 404, "not_found")
    units = good(await house.client("landlord-a").get("/api/v1/units"))
    assert [unit["liveness_level"] for unit in units] == ["phone"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_page_says_of_every_level_what_it_does_not_stop(house: House, language: str) -> None:
    landlord = house.client("landlord-a")
    page = await landlord.get(f"/landlord/units/{house.units['a']}?lang={language}")
    said = html.unescape(page.text)
    assert all(code_text(language, "level_limits", level) in said for level in LEVELS)
    answer = await landlord.post(f"/landlord/units/{house.units['a']}/level", data={"level": "kiosk"})
    assert answer.status_code == 303
    saved = await landlord.get(answer.headers["location"])
    assert 'value="kiosk" checked' in saved.text
    assert translator(language).translate(DONE["unit.saved"]) in saved.text


async def test_the_tenant_is_informed_beforehand_that_a_person_looks(house: House) -> None:
    good(await level_of(house, "person"))
    tenant, _ = await house.tenant()
    offer = tenant.headers["Authorization"].removeprefix("Offer ")
    tenant.cookies.set("lodgekey_offer", offer)
    assert REASON["level_person"] in (await tenant.get("/onboarding?lang=en")).text
