"""A landlord's requests over HTTP; every refusal is a problem document with a stable type and a sentence."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import func, select

from devices.reports import Reachable
from gateway.store import Device, RepeatedRequest, Stay
from tests.parts.house import House, good, refused, utc
from tests.parts.world import DAY

OFFERS = "/api/v1/units/{}/offers"


def stays(house: House) -> int:
    """Number of stays."""
    with house.gateway.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Stay)) or 0


async def ask(house: House, dates: dict[str, Any], **headers: str) -> Any:
    """Answer to landlord a's offer with these dates."""
    landlord = house.client("landlord-a")
    return await landlord.post(OFFERS.format(house.units["a"]), json=dates, headers=headers)


def days(house: House, begins: float = 0, ends: float = 3) -> dict[str, Any]:
    """Dates in days from now."""
    now = house.now[0]
    return {"from": utc(now + int(begins * DAY)), "until": utc(now + int(ends * DAY))}


async def test_an_offer_is_a_link_to_the_door(house: House) -> None:
    answer = await ask(house, days(house))
    offer = good(answer)
    assert answer.status_code == 201
    assert offer["url"].startswith("http://127.0.0.1:8080/o/")
    assert offer["state"] == "open"
    stay = good(await house.client("landlord-a").get(f"/api/v1/stays/{offer['stay_id']}"))
    assert (stay["state"], stay["tenants"], stay["offers"][0]["url"]) == ("offered", 0, offer["url"])


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"from": "2026-10-25T02:30", "until": "2026-10-27T10:00"}, "time_is_ambiguous"),
        ({"from": "2027-03-28T02:30", "until": "2027-03-29T10:00"}, "time_does_not_exist"),
        ({"from": "2026-12-03T10:00", "until": "2026-12-01T10:00"}, "stay_backwards"),
        ({"from": "2026-12-03T10:00", "until": "2026-12-03T10:00"}, "stay_backwards"),
        ({"from": "soon", "until": "2026-12-01T10:00"}, "input_refused"),
        ({"from": "2026-12-01T10:00", "until": "9999-12-31T23:59-12:00"}, "input_refused"),
        ({"from": "2026-12-01T10:00"}, "input_refused"),
        ({"from": "2026-12-01T10:00", "until": "2026-12-02T10:00", "price": 3}, "input_refused"),
        ({"from": 5, "until": None}, "input_refused"),
    ],
)
async def test_dates_that_cannot_be_are_refused_and_nothing_stays_behind(
    house: House, dates: dict[str, Any], code: str
) -> None:
    refused(await ask(house, dates), 422, code)
    assert stays(house) == 0


async def test_an_ambiguous_time_comes_with_both_choices_and_each_can_be_sent_back(house: House) -> None:
    dates = {"from": "2026-10-25T02:30", "until": "2026-10-27T10:00"}
    choices = refused(await ask(house, dates), 422, "time_is_ambiguous")["choices"]
    assert len(choices) == 2
    good(await ask(house, dates | {"from": choices[1]}))


async def test_an_overlapping_stay_is_refused_with_when_the_unit_is_taken(house: House) -> None:
    first = good(await ask(house, days(house)))
    problem = refused(await ask(house, days(house, 2, 5)), 409, "stays_overlap")
    assert problem["stay_id"] == first["stay_id"]
    assert stays(house) == 1


async def test_of_many_clicks_at_once_one_takes_the_unit(house: House) -> None:
    answers = await asyncio.gather(*(ask(house, days(house)) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert stays(house) == 1


async def test_the_same_request_twice_makes_one_stay_and_gives_the_same_answer(house: House) -> None:
    answers = await asyncio.gather(*(ask(house, days(house), **{"Idempotency-Key": "k1"}) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert stays(house) == 1


async def test_an_idempotency_key_used_for_another_request_is_refused(house: House) -> None:
    good(await ask(house, days(house), **{"Idempotency-Key": "k1"}))
    refused(await ask(house, days(house, 10, 12), **{"Idempotency-Key": "k1"}), 422, "idempotency_mismatch")
    assert stays(house) == 1


async def test_an_idempotency_key_belongs_to_the_one_who_sent_it(house: House) -> None:
    for who in ("a", "b"):
        landlord = house.client(f"landlord-{who}")
        path = OFFERS.format(house.units[who])
        good(await landlord.post(path, json=days(house), headers={"Idempotency-Key": "k1"}))
    assert stays(house) == 2


async def test_a_refused_request_does_not_use_up_its_idempotency_key(house: House) -> None:
    refused(await ask(house, days(house, -5, -3), **{"Idempotency-Key": "k1"}), 409, "conflict")
    with house.gateway.database.reading() as session:
        assert session.scalars(select(RepeatedRequest)).all() == []


async def test_a_link_is_withdrawn_once(house: House) -> None:
    offer = good(await ask(house, days(house)))
    landlord = house.client("landlord-a")
    path = f"/api/v1/offers/{offer['offer_id']}/withdraw"
    assert good(await landlord.post(path))["state"] == "withdrawn"
    refused(await landlord.post(path), 409, "conflict")
    tenant = house.client(offer=offer["url"].rpartition("/")[2])
    refused(await tenant.get("/api/v1/onboarding"), 410, "offer_gone")


async def test_changed_dates_are_shown_and_nonsense_is_not_taken(house: House) -> None:
    offer = good(await ask(house, days(house)))
    landlord, path = house.client("landlord-a"), f"/api/v1/stays/{offer['stay_id']}"
    refused(await landlord.patch(path, json={}), 422, "input_refused")
    refused(await landlord.patch(path, json={"until": utc(house.now[0] - DAY)}), 422, "stay_backwards")
    refused(await landlord.patch(path, json={"until": "2026-10-25T02:30"}), 422, "time_is_ambiguous")
    assert good(await landlord.patch(path, json={"until": "2026-12-24T10:00"}))["until"] == "2026-12-24T10:00:00+01:00"


async def test_an_ended_stay_takes_no_further_changes(house: House) -> None:
    offer = good(await ask(house, days(house)))
    landlord, path = house.client("landlord-a"), f"/api/v1/stays/{offer['stay_id']}"
    assert good(await landlord.post(f"{path}/end"))["state"] == "cancelled"
    for request in (
        landlord.post(f"{path}/end"),
        landlord.patch(path, json=days(house)),
        landlord.post(f"{path}/offers"),
    ):
        refused(await request, 409, "conflict")


async def test_a_revoked_key_says_revoking_until_the_lock_says_otherwise(house: House) -> None:
    key_id = await house.key()
    house.put_on_lock(key_id)
    key = good(await house.client("landlord-a").post(f"/api/v1/keys/{key_id}/revoke"))
    assert (key["state"], key["revoked_at"]) == ("revoking", None)
    assert key["exposure_minutes"] > 0


async def test_a_key_on_a_lock_that_is_away_cannot_be_revoked_before_a_moment_and_says_why(house: House) -> None:
    key_id = await house.key(days=10)
    house.put_on_lock(key_id)
    house.hear(Reachable("lock-a", online=False))
    landlord = house.client("landlord-a")
    key = good(await landlord.post(f"/api/v1/keys/{key_id}/revoke"))
    assert (key["state"], key["delay_reason"], key["delayed_since"]) == ("revoking", "lock_offline", house.now[0])
    assert key["cannot_be_revoked_before"] == key["cannot_outlive"]
    assert key["exposure_minutes"] == 72 * 60
    (stay,) = good(await landlord.get("/api/v1/stays"))
    (code,) = stay["codes"]
    assert (code["state"], code["delay_reason"]) == ("revoking", "lock_offline")
    assert "digits" not in code


async def test_a_landlord_has_a_lock_asked_for_its_state_until_it_has_reported_it(house: House) -> None:
    for _ in range(2):
        answer = await house.client("landlord-a").post("/api/v1/locks/lock-a/read-back")
        assert (answer.status_code, good(answer)["id"]) == (202, "lock-a")
    pending = [row["work"] for row in good(await house.client("tester").get("/api/v1/deliveries"))]
    assert pending.count("read_back") == 1
    for name in ("lock-b", "nobodys"):
        refused(await house.client("landlord-a").post(f"/api/v1/locks/{name}/read-back"), 404, "not_found")


async def test_a_lock_out_of_service_is_not_asked(house: House) -> None:
    with house.gateway.database.writing() as session:
        session.get_one(Device, "lock-a").revoked_at = house.now[0]
    refused(await house.client("landlord-a").post("/api/v1/locks/lock-a/read-back"), 409, "conflict")


async def test_landlords_see_counts_of_tenants_and_never_who_they_are(house: House) -> None:
    await house.key()
    landlord = house.client("landlord-a")
    reported = json.dumps([good(await landlord.get(f"/api/v1/{path}")) for path in ("units", "stays")])
    assert '"tenants": 1' in reported
    assert "VOORBEELD" not in reported.upper()
    assert "XR1001R58" not in reported
