"""A document's chip in a registration: accepted with a trusted country's signature; otherwise nothing is stored."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from certs.keys import jwk_of
from devices.wire.errors import BadMessage
from devices.wire.kiosk.chip import MAX_FILE, ChipFiles, decode_chip, encode_chip
from firmware_sim.specimens.camera import encode_jpeg
from firmware_sim.specimens.chip import SimCountry, found_country, sign_groups, write_face_group, write_zone_group
from firmware_sim.specimens.documents import LIN, SWEDE
from gateway.identity.chips.country_certificates import BadCountry, load_countries
from gateway.store import Model, Verification
from gateway.texts.families import reason_text
from gateway.texts.identity import REASON
from tests.parts.house import House, good, named, photograph, refused
from tests.parts.world import NOW

FACE = photograph()
OTHER_FACE = encode_jpeg(np.full((120, 90, 3), 200, np.uint8))


@cache
def country() -> SimCountry:
    """The trusted country."""
    return found_country("SE", NOW)


def chip(signer: SimCountry | None = None, face: bytes = FACE) -> ChipFiles:
    """Anna's chip data, as a reader delivers them."""
    groups = {1: write_zone_group(SWEDE), 2: write_face_group(face)}
    return sign_groups(signer or country(), groups), groups[1], groups[2]


def with_swapped_portrait() -> ChipFiles:
    """A genuine chip with another person's portrait."""
    return *chip()[:2], write_face_group(OTHER_FACE)


def with_altered_signature() -> ChipFiles:
    """A genuine chip whose signature's last byte is altered."""
    security_object, zone, face = chip()
    return security_object[:-1] + bytes([security_object[-1] ^ 1]), zone, face


def of_a_foreign_issuer() -> ChipFiles:
    """A self-consistent chip of a country with the same name and different keys."""
    return chip(found_country("SE", NOW))


@pytest.fixture
def trusting(house: House) -> House:
    """A house that trusts one country."""
    house.gateway.countries.certificates = (country().certificate,)
    return house


async def hand_in(house: House, tenant: httpx.AsyncClient, files: ChipFiles, **more: bytes) -> httpx.Response:
    """Submit the tenant's chip, face and clip."""
    asked = good(await tenant.post("/api/v1/onboarding/challenge"))
    clip = [("clip", (f"{place}.jpg", photograph())) for place in range(8)]
    parts = {"chip": encode_chip(files), "face": FACE} | more
    form = {"holder_key": json.dumps(jwk_of(house.phone.public_key())), "clip_nonce": asked["nonce"]}
    shown = [*((name, (name, content)) for name, content in parts.items()), *clip]
    return await tenant.post("/api/v1/onboarding/verification", data=form, files=shown)


def written(house: House) -> Mapping[str, list[Any]]:
    """Every row, except the challenge's and the events of opening the link."""
    with house.gateway.database.reading() as session:
        tables = [table for table in Model.metadata.sorted_tables if table.name != "liveness_challenges"]
        return {table.name: list(session.execute(table.select())) for table in tables}


async def test_a_chip_that_a_trusted_country_signed_lets_the_tenant_in_without_a_person(trusting: House) -> None:
    tenant, _ = await trusting.tenant()
    assert good(await hand_in(trusting, tenant, chip()))["stage"] == "issued"
    with trusting.gateway.database.reading() as session:
        found = session.scalars(select(Verification)).one()
    assert (found.state, found.method, found.score_band) == ("passed", "chip_face", "pass")


async def test_the_portrait_on_the_chip_is_what_the_face_is_compared_with(trusting: House) -> None:
    compared: list[bytes] = []
    looked = trusting.identity.compare_faces

    async def compare(portrait: bytes, probe: bytes) -> Any:
        compared.append(portrait)
        return await looked(portrait, probe)

    trusting.identity.compare_faces = compare  # type: ignore[method-assign] # listens, and passes on
    tenant, _ = await trusting.tenant()
    good(await hand_in(trusting, tenant, chip(), document=photograph(128)))
    assert compared == [FACE]


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (with_swapped_portrait, "chip_altered"),
        (of_a_foreign_issuer, "chip_issuer_unknown"),
        (with_altered_signature, "chip_signature_wrong"),
    ],
)
async def test_a_forged_chip_is_refused_with_a_sentence_and_nothing_is_written(
    trusting: House, forge: Callable[[], ChipFiles], code: str
) -> None:
    tenant, _ = await trusting.tenant()
    before = written(trusting)
    problem = refused(await hand_in(trusting, tenant, forge()), 422, "input_refused")
    assert named(problem) == [{"field": "chip", "code": code}]
    assert problem["detail"] == REASON[code]
    assert "。" in reason_text("zh-CN", code)
    assert written(trusting) == before


async def test_a_gateway_that_trusts_no_country_believes_no_chip(house: House) -> None:
    tenant, _ = await house.tenant()
    problem = refused(await hand_in(house, tenant, chip()), 422, "input_refused")
    assert named(problem) == [{"field": "chip", "code": "chip_issuer_unknown"}]


@pytest.mark.parametrize("raw", [b"\x00", b"\x83\x41a\x41b", b"\x83\x41a\x41b\x40", encode_chip(chip()) + b"\x00"])
async def test_what_no_reader_sends_is_refused(trusting: House, raw: bytes) -> None:
    with pytest.raises(BadMessage):
        decode_chip(raw)
    tenant, _ = await trusting.tenant()
    answer = await tenant.post("/api/v1/onboarding/verification", files={"chip": ("c", raw)})
    assert named(refused(answer, 422, "input_refused")) == [{"field": "chip", "code": "chip_unreadable"}]


def test_a_file_too_large_for_a_chip_is_refused() -> None:
    with pytest.raises(BadMessage):
        decode_chip(encode_chip((b"a", b"b", bytes(MAX_FILE + 1))))


async def test_an_expired_passport_is_refused_by_what_its_chip_says(trusting: House) -> None:
    old = replace(SWEDE, expiry=LIN.birth.replace(year=2020))
    groups = {1: write_zone_group(old), 2: write_face_group(FACE)}
    tenant, _ = await trusting.tenant()
    answer = good(await hand_in(trusting, tenant, (sign_groups(country(), groups), groups[1], groups[2])))
    assert (answer["stage"], answer["reasons"][0]) == ("refused", "document_expired")


def test_country_certificates_come_from_a_folder_as_pem_or_der(tmp_path: Path) -> None:
    first, second = country().certificate, found_country("AB", NOW).certificate
    (tmp_path / "both.pem").write_bytes(first.public_bytes(Encoding.PEM) + second.public_bytes(Encoding.PEM))
    (tmp_path / "one.der").write_bytes(first.public_bytes(Encoding.DER))
    (tmp_path / "README").write_text("not looked at")
    assert load_countries(tmp_path) == [first, second, first]
    assert load_countries(None) == []
    (tmp_path / "broken.cer").write_bytes(b"no certificate")
    with pytest.raises(BadCountry, match=r"broken\.cer"):
        load_countries(tmp_path)
