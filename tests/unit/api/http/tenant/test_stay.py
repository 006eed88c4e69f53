"""The tenant's own stay: ended, or its extension requested, only with the phone that holds the key."""

import os
from base64 import urlsafe_b64encode

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from certs.holder import sign_statement
from certs.keys import new_private_key
from gateway.journey.stays.date_requests import open_date_request
from gateway.store import Event, Key, Stay
from tests.parts.house import House, Json, good, refused


def signed(house: House, act: str, key_id: str, *more: str, by: EllipticCurvePrivateKey | None = None) -> Json:
    """A request signed by the holder."""
    at, nonce = house.now[0], os.urandom(8).hex()
    statement = "\n".join([f"lodgekey-{act}", key_id, str(at), nonce, *more]).encode()
    raw = sign_statement(statement, by or house.phone)
    return {"at": at, "nonce": nonce, "signature": urlsafe_b64encode(raw).rstrip(b"=").decode()}


async def ask(house: House, key_id: str, until: str) -> httpx.Response:
    body = {"until": until, **signed(house, "dates", key_id, until)}
    return await house.client().post(f"/api/v1/keys/{key_id}/dates", json=body)


async def stay_of(house: House, who: str = "a") -> Json:
    return dict(good(await house.client(f"landlord-{who}").get("/api/v1/stays"))[0])


async def test_the_holder_ends_the_stay_and_the_key_is_revoked(house: House) -> None:
    key_id = await house.key()
    good(await house.client().post(f"/api/v1/keys/{key_id}/end", json=signed(house, "end", key_id)))
    stay = await stay_of(house)
    assert stay["state"] == "ended"
    assert {key["state"] for key in stay["keys"]} == {"revoking"}
    assert [filing["kind"] for filing in stay["registrations"]] == ["check_in", "check_out"]


@pytest.mark.parametrize("act", ["read", "unlock", "dates"])
async def test_a_signature_for_something_else_ends_nothing(house: House, act: str) -> None:
    key_id = await house.key()
    refused(
        await house.client().post(f"/api/v1/keys/{key_id}/end", json=signed(house, act, key_id)), 403, "proof_refused"
    )
    assert (await stay_of(house))["state"] == "offered"


async def test_another_phone_ends_nothing_and_asks_for_nothing(house: House) -> None:
    key_id, thief = await house.key(), new_private_key()
    refused(
        await house.client().post(f"/api/v1/keys/{key_id}/end", json=signed(house, "end", key_id, by=thief)),
        403,
        "proof_refused",
    )
    body = {"until": "2027-01-01T10:00", **signed(house, "dates", key_id, "2027-01-01T10:00", by=thief)}
    refused(await house.client().post(f"/api/v1/keys/{key_id}/dates", json=body), 403, "proof_refused")


async def test_a_key_nobody_issued_is_answered_as_one_of_somebody_else(house: House) -> None:
    for act in ("end", "dates"):
        body = signed(house, act, "0" * 32) | ({"until": "2027-01-01T10:00"} if act == "dates" else {})
        refused(await house.client().post(f"/api/v1/keys/{'0' * 32}/{act}", json=body), 403, "proof_refused")


async def test_a_stay_is_ended_once(house: House) -> None:
    key_id = await house.key()
    good(await house.client().post(f"/api/v1/keys/{key_id}/end", json=signed(house, "end", key_id)))
    refused(await house.client().post(f"/api/v1/keys/{key_id}/end", json=signed(house, "end", key_id)), 409, "conflict")


async def test_one_of_two_tenants_does_not_end_the_stay_of_both(house: House) -> None:
    key_id = await house.key()
    landlord, stay = house.client("landlord-a"), await stay_of(house)
    second = good(await landlord.post(f"/api/v1/stays/{stay['id']}/offers", json={}))
    tenant = house.client(offer=second["url"].rpartition("/")[2])
    consents = {"registration": True, "face": True, "text_version": "2026-11", "language": "en"}
    good(await tenant.post("/api/v1/onboarding/consents", json=consents))
    good(await house.register(tenant))
    refused(await house.client().post(f"/api/v1/keys/{key_id}/end", json=signed(house, "end", key_id)), 409, "conflict")


async def test_asking_changes_nothing_until_the_landlord_agrees(house: House) -> None:
    key_id = await house.key()
    before = await stay_of(house)
    wanted = "2026-09-30T11:00"
    good(await ask(house, key_id, wanted))
    asked = await stay_of(house)
    assert asked["date_request"]["until"].startswith(wanted)
    assert (asked["until"], asked["keys"]) == (before["until"], before["keys"])
    landlord = house.client("landlord-a")
    good(await landlord.post(f"/api/v1/stays/{asked['id']}/date-request", json={"answer": "agree"}))
    after = await stay_of(house)
    assert after["until"].startswith(wanted)
    assert after["date_request"] is None
    assert sorted(key["state"] for key in after["keys"]) == ["issued", "revoking"]
    refused(
        await landlord.post(f"/api/v1/stays/{asked['id']}/date-request", json={"answer": "agree"}), 404, "not_found"
    )


async def test_declining_changes_nothing(house: House) -> None:
    key_id = await house.key()
    before = await stay_of(house)
    good(await ask(house, key_id, "2026-09-30T11:00"))
    good(
        await house.client("landlord-a").post(f"/api/v1/stays/{before['id']}/date-request", json={"answer": "decline"})
    )
    assert await stay_of(house) == before


async def test_another_landlord_can_not_answer(house: House) -> None:
    key_id = await house.key()
    good(await ask(house, key_id, "2026-09-30T11:00"))
    path = f"/api/v1/stays/{(await stay_of(house))['id']}/date-request"
    refused(await house.client("landlord-b").post(path, json={"answer": "agree"}), 404, "not_found")


async def test_a_later_request_takes_the_place_of_an_earlier_one(house: House) -> None:
    key_id = await house.key()
    for until in ("2026-09-30T11:00", "2026-10-02T11:00"):
        good(await ask(house, key_id, until))
    with house.gateway.database.reading() as session:
        request = open_date_request(session, session.get_one(Stay, session.get_one(Key, key_id).stay_id))
        events = [event.type for event in session.query(Event) if event.type.startswith("Dates")]
    assert request is not None
    assert events == ["DatesRequested", "DatesRequested"]
    assert (await stay_of(house))["date_request"]["until"].startswith("2026-10-02T11:00")


@pytest.mark.parametrize("until", ["2020-01-01T11:00", "soon", ""])
async def test_a_moment_that_can_not_be_is_refused(house: House, until: str) -> None:
    refused(await ask(house, await house.key(), until), 422, "input_refused")


async def test_who_asks_again_and_again_is_slowed_down(house: House) -> None:
    key_id = await house.key(days=2)
    answers = [(await ask(house, key_id, f"2026-10-{day:02}T11:00")).status_code for day in range(1, 9)]
    assert answers == [202] * 6 + [429] * 2
