"""Registrations submitted by a tenant: each refusal names the field and stores nothing."""

import json
from io import BytesIO
from uuid import UUID

import httpx
import pytest
from PIL import Image
from sqlalchemy import func, select

from certs.keys import jwk_of
from gateway.domain.stays.offer import token_of
from gateway.store import Key, Person, Registration, Verification
from tests.parts.house import CONSENTS, House, good, named, photograph, refused
from tests.parts.world import DAY


def kept(house: House) -> list[int]:
    """Number of persons, verifications, keys and records."""
    with house.gateway.database.reading() as session:
        tables = (Person, Verification, Key, Registration)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def encoded(kind: str, **options: object) -> bytes:
    """A small picture in another format."""
    buffer = BytesIO()
    Image.new("RGB", (96, 96), "grey").save(buffer, kind, **options)
    return buffer.getvalue()


def bomb() -> bytes:
    """A PNG of about 1 kB that declares 9000 × 9000 pixels."""
    buffer = BytesIO()
    Image.new("1", (9000, 9000)).save(buffer, "PNG")
    return buffer.getvalue()


BAD_PICTURES = {
    "not_an_image": b"%PDF-1.7 nothing to see",
    "truncated": photograph()[:400],
    "disguised": photograph() + b"<script>alert(1)</script>",
    "too_many_pixels": bomb(),
    "too_few_pixels": photograph(32),
    "animated": encoded("GIF"),
    "too_large": b"\xff\xd8\xff" + bytes(8 * 1024 * 1024),
}


@pytest.mark.parametrize("code", BAD_PICTURES)
async def test_a_picture_that_cannot_be_used_is_refused_by_name_and_keeps_nothing(house: House, code: str) -> None:
    tenant, _ = await house.tenant()
    problem = refused(await house.register(tenant, picture=BAD_PICTURES[code]), 422, "input_refused")
    assert named(problem) == [{"field": "document", "code": code}]
    assert kept(house) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"name": "王小明", "id_number": "110105194912310021"}, "id_number", "id_number_check_digit"),
        ({"name": "A" * 90, "id_number": "AB123456"}, "name", "field_too_long"),
        ({"name": "<script>", "id_number": "AB123456"}, "name", "field_characters"),
        ({"name": "Anna", "id_number": "AB123456", "birth_date": "2026-02-30"}, "birth_date", "birth_date_invalid"),
        ({"name": "Anna", "id_number": "AB123456", "nationality": "Dutch"}, "nationality", "nationality_invalid"),
        ({"document_kind": "passport", "surname": "Voorbeeld"}, "id_number", "field_missing"),
        ({"document_kind": "passport", "name": "Anna Voorbeeld"}, "name", "names_apart"),
        ({"document_kind": "visa"}, "document_kind", "document_kind_unknown"),
        ({"surname": "Voorbeeld", "id_number": "XR1001R58"}, "document_kind", "field_missing"),
        ({}, "document_kind", "field_missing"),
    ],
)
async def test_a_typed_field_that_cannot_be_is_refused_by_name_and_keeps_nothing(
    house: House, typed: dict[str, str], field: str, code: str
) -> None:
    tenant, _ = await house.tenant()
    problem = refused(await tenant.post("/api/v1/onboarding/verification", data=typed), 422, "input_refused")
    assert field in [item["field"] for item in problem["fields"]]
    if "check_digit" not in code:
        assert {"field": field, "code": code} in named(problem)
    assert kept(house) == [0, 0, 0, 0]


async def test_without_a_face_proven_alive_a_person_decides(house: House) -> None:
    tenant, _ = await house.tenant()
    answer = good(await house.register(tenant))
    assert (answer["stage"], answer["keys"]) == ("review", [])
    assert "face_without_liveness" in answer["reasons"]
    refused(await house.register(tenant), 409, "conflict")


async def test_typing_instead_of_a_camera_leads_to_a_person_and_the_same_key(house: House) -> None:
    tenant, _ = await house.tenant()
    typed = {"document_kind": "passport", "id_number": "XR1001R58", "issuing_state": "NLD", "surname": "Voorbeeld"}
    typed |= {"given_names": "Anna", "birth_date": "1985-03-03", "nationality": "NLD", "sex": "F"}
    form = typed | {"holder_key": json.dumps(jwk_of(house.phone.public_key()))}
    assert good(await tenant.post("/api/v1/onboarding/verification", data=form))["stage"] == "review"
    officer = house.client("officer-a")
    case = good(await officer.get("/api/v1/cases"))[0]
    assert (case["method"], case["pictures"]) == ("typed", [])
    good(await officer.post(f"/api/v1/cases/{case['id']}/decision", json={"decision": "pass"}))
    door = good(await tenant.get("/api/v1/onboarding"))
    assert (door["stage"], len(door["keys"])) == ("issued", 1)


async def test_a_face_without_consent_to_it_is_neither_compared_nor_shown(house: House) -> None:
    offer = await house.offer()
    tenant = house.client(offer=offer["url"].rpartition("/")[2])
    good(await tenant.post("/api/v1/onboarding/consents", json=CONSENTS | {"face": False}))
    good(await house.register(tenant))
    case = good(await house.client("officer-a").get("/api/v1/cases"))[0]
    assert (case["method"], case["score_band"]) == ("document", None)
    assert "face" not in case["pictures"]


async def test_pictures_of_a_case_are_shown_until_it_is_decided(house: House) -> None:
    tenant, _ = await house.tenant()
    good(await house.register(tenant))
    officer = house.client("officer-a")
    case = good(await officer.get("/api/v1/cases"))[0]
    path = f"/api/v1/cases/{case['id']}"
    picture = await officer.get(f"{path}/pictures/document")
    assert (picture.status_code, picture.headers["cache-control"]) == (200, "no-store")
    assert Image.open(BytesIO(picture.content)).size == (96, 96)
    good(await officer.post(f"{path}/decision", json={"decision": "ask_again", "reason": "It is dark."}))
    refused(await officer.get(f"{path}/pictures/document"), 404, "not_found")
    door = good(await tenant.get("/api/v1/onboarding"))
    assert (door["stage"], door["decision_reason"]) == ("asked_again", "It is dark.")


async def test_registering_without_consent_is_refused(house: House) -> None:
    offer = await house.offer()
    tenant = house.client(offer=offer["url"].rpartition("/")[2])
    refused(await house.register(tenant), 409, "consent_missing")
    assert kept(house) == [0, 0, 0, 0]


@pytest.mark.parametrize("holder", ["{}", "null", "[1]", '{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}', "x" * 50])
async def test_a_phone_key_that_is_none_is_refused(house: House, holder: str) -> None:
    tenant, _ = await house.tenant()
    assert refused(await house.register(tenant, holder_key=holder), 422, "input_refused")["field"] == "holder_key"
    assert kept(house) == [0, 0, 0, 0]


async def test_a_used_an_expired_and_an_unknown_link_are_distinguished_by_their_problems(house: House) -> None:
    tenant, _ = await house.tenant()
    house.identity.band = "pass"
    await decide(house, tenant)
    refused(await house.register(tenant), 410, "offer_used")
    late, _ = await house.tenant("b", begins=20 * DAY)
    house.now[0] += 60 * DAY
    refused(await late.get("/api/v1/onboarding"), 410, "offer_expired")
    refused(await house.client(offer="A" * 43).get("/api/v1/onboarding"), 404, "offer_unknown")
    refused(await house.client().get("/api/v1/onboarding"), 404, "offer_unknown")


async def test_links_that_lead_nowhere_all_sound_alike(house: House) -> None:
    offer = await house.offer()
    token = offer["url"].rpartition("/")[2]
    swapped = token[:30] + ("A" if token[30] != "A" else "B") + token[31:]
    forged = [
        swapped,
        token + "=",
        "A" * 43,
        "---",
        "%",
        "*",
        token_of(str(UUID(int=7)), house.gateway.keyring.offer_secret),
    ]
    answers = {(await house.client(offer=text).get("/api/v1/onboarding")).text for text in forged}
    assert len(answers) == 1
    refused(await house.client(offer="%").get("/api/v1/onboarding"), 404, "offer_unknown")


async def test_one_link_used_again_and_again_is_slowed_down_and_others_are_not(house: House) -> None:
    tenant, _ = await house.tenant()
    neighbour, _ = await house.tenant("b")
    statuses = [(await tenant.post("/api/v1/onboarding/consents", json=CONSENTS)).status_code for _ in range(62)]
    assert set(statuses[:59]) == {200}
    assert statuses[60:] == [429] * 2
    good(await neighbour.post("/api/v1/onboarding/consents", json=CONSENTS))


async def decide(house: House, tenant: httpx.AsyncClient) -> None:
    """Register and be accepted by an officer."""
    good(await house.register(tenant))
    officer = house.client("officer-a")
    case = good(await officer.get("/api/v1/cases"))[0]["id"]
    good(await officer.post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))


async def test_who_registered_elsewhere_takes_the_key_with_the_phone_once(house: House) -> None:
    tenant, _ = await house.tenant()
    jwk = {"holder_key": jwk_of(house.phone.public_key())}
    refused(await tenant.post("/api/v1/onboarding/holder", json=jwk), 409, "conflict")
    await house.register(tenant, holder_key="")
    officer = house.client("officer-a")
    case = good(await officer.get("/api/v1/cases"))[0]["id"]
    good(await officer.post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))
    assert good(await tenant.get("/api/v1/onboarding"))["stage"] == "verified"
    assert good(await tenant.post("/api/v1/onboarding/holder", json=jwk))["stage"] == "issued"
    refused(await tenant.post("/api/v1/onboarding/holder", json=jwk), 410, "offer_used")


async def test_asking_the_door_often_is_no_offence_and_guessing_links_is(house: House) -> None:
    tenant, _ = await house.tenant()
    for _ in range(80):
        good(await tenant.get("/api/v1/onboarding"))
    stranger = house.client(client="192.0.2.1")
    statuses = [
        (await stranger.get("/api/v1/onboarding", headers={"Authorization": f"Offer {n:043}"})).status_code
        for n in range(70)
    ]
    assert statuses == [404] * 60 + [429] * 10
    good(await tenant.get("/api/v1/onboarding"))
