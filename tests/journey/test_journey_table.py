"""The nine steps of the journey in DESIGN.md, with real processes, models, broker and registry; nothing is mocked."""

import asyncio
import json

import pytest

from api.cli.demo.journey_run import Pictures, until
from certs.keys import jwk_of
from tests.journey.street import Room, Street, Tenant, good, require_ok

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_the_journey(street: Street, room: Room, pictures: Pictures) -> None:
    # 1 landlord: offer_key. The link belongs to one stay and expires.
    tenant = await street.offer(room)
    assert tenant.offer["state"] == "open"

    # 2 tenant: open_offer, record_consent.
    assert good(await tenant.client.post("/onboarding/open"))["stage"] == "consented"

    # 3 tenant: record_verification. Without a liveness clip, a person decides the case.
    files = {"document": pictures.document.read_bytes(), "face": pictures.face.read_bytes()}
    form = {"holder_key": json.dumps(jwk_of(tenant.phone.public_key()))}
    shown = good(await tenant.client.post("/onboarding/verification", data=form, files=files))
    assert shown["stage"] == "review"
    assert "face_without_liveness" in shown["reasons"]

    # 4 same transaction: issue_key, check_in.
    await street.decide()
    stay = await street.stay(tenant)
    assert [record["kind"] for record in stay["registrations"]] == ["check_in"]
    assert (stay["state"], stay["arrived_at"], len(stay["keys"])) == ("offered", None, 1)

    # 5 lock confirms: record_key_on_lock. The page shows: ready.
    key = await street.on_lock(tenant)
    assert (await street.control("GET", f"/devices/{room.lock}"))["keys"] == [key]

    # 6 tenant taps: request_unlock. A signed command that expires after ten seconds.
    assert (await street.unlock(tenant, key))["outcome"] == "unlocked"
    assert street.openings(room) == 1

    # 7 lock reports: record_unlock; the first is the arrival.
    stay = await until(lambda: street.stay(tenant), lambda stay: stay["arrived_at"] is not None, "the arrival")
    assert stay["state"] == "active"

    # 8 registry answers: record_registry_answer; the feed shows the record, masked.
    filing = await street.filing(tenant, "accepted")
    assert [row["receipt"] for row in await street.books(filing["id"])] == [filing["receipt"]]
    entry = await first_entry(street, filing["id"])
    assert "VOORBEELD" not in entry.upper()
    assert room.code in entry

    # 9 end_stay. The key is revoked until the lock's read-back confirms it; the check-out is filed.
    await the_end(street, room, tenant)


async def the_end(street: Street, room: Room, tenant: Tenant) -> None:
    """Step 9, until lock and registry have both answered."""
    await street.ask("landlord", "POST", f"/stays/{tenant.offer['stay_id']}/end")
    ended = await until(lambda: street.stay(tenant), lambda stay: stay["keys"][0]["state"] == "revoked", "revoked")
    assert (ended["state"], (await street.control("GET", f"/devices/{room.lock}"))["keys"]) == ("ended", [])
    assert (await street.filing(tenant, "accepted", "check_out"))["receipt"]
    assert (await require_ok(tenant.client, "/onboarding"))["stage"] == "ended"


async def first_entry(street: Street, registration_id: str) -> str:
    """The record as the officer's live feed shows it."""
    async with asyncio.timeout(30), street.people["officer"].stream("GET", "/feed") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: ") and registration_id in line:
                return line
    raise AssertionError("the feed ended without the record")
