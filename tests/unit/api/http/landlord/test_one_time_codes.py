"""One-time codes over HTTP: access rights, digits shown once, and never in logs, lists or addresses."""

import logging
from typing import Any

import pytest
from sqlalchemy import select

from devices.reports import Happened
from gateway.registering.attempts import RATES
from gateway.store import Account
from tests.parts.house import House, good, refused
from tests.parts.world import DAY

CODES = "/api/v1/stays/{}/locks/{}/one-time-codes"


async def ask(house: House, stay: str, *, who: str = "landlord-a", lock: str = "lock-a", **headers: str) -> Any:
    """Answer to a request for a code."""
    return await house.client(who).post(CODES.format(stay, lock), headers=headers)


async def running(house: House) -> str:
    """Id of a current stay."""
    return str((await house.offer("a", begins=-60))["stay_id"])


async def once_codes(house: House, stay: str) -> list[dict[str, Any]]:
    return list(good(await house.client("landlord-a").get(f"/api/v1/stays/{stay}"))["once_codes"])


def become(house: House, login: str, staff: str) -> None:
    """Give the account another role among its landlord's staff."""
    with house.gateway.database.writing() as session:
        session.scalars(select(Account).where(Account.login == login)).one().staff = staff


async def test_a_code_is_shown_in_the_one_answer_that_nobody_may_keep(house: House) -> None:
    stay = await running(house)
    answer = await ask(house, stay)
    made = good(answer)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert made["digits"].startswith("000 ")
    (listed,) = await once_codes(house, stay)
    assert (listed["id"], listed["state"], listed["used_at"]) == (made["id"], "on_lock", None)
    assert made["digits"] not in (await house.client("landlord-a").get("/api/v1/stays")).text


async def test_the_same_request_again_gets_the_same_code_until_it_was_used(house: House) -> None:
    stay = await running(house)
    first, again = [good(await ask(house, stay, **{"Idempotency-Key": "k1"})) for _ in range(2)]
    assert first == again
    house.hear(Happened("lock-a", 7, house.now[0], "unlocked", {"means": "passcode", "once": 0}))
    refused(await ask(house, stay, **{"Idempotency-Key": "k1"}), 409, "conflict")
    (listed,) = await once_codes(house, stay)
    assert (listed["state"], listed["used_at"]) == ("used", house.now[0])


async def test_another_landlord_a_viewer_and_a_stay_that_is_over_get_none(house: House) -> None:
    stay = await running(house)
    foreign = refused(await ask(house, stay, who="landlord-b"), 404, "not_found")
    assert foreign == refused(await ask(house, "x" * 32, who="landlord-b"), 404, "not_found")
    refused(await ask(house, stay, lock="lock-b"), 404, "not_found")
    become(house, "landlord-b", "viewer")
    refused(await ask(house, stay, who="landlord-b"), 403, "not_allowed")
    become(house, "landlord-a", "viewer")
    refused(await ask(house, stay), 403, "not_allowed")
    become(house, "landlord-a", "desk")
    good(await ask(house, stay))
    good(await house.client("landlord-a").post(f"/api/v1/stays/{stay}/end"))
    refused(await ask(house, stay), 409, "conflict")


async def test_only_a_running_stay_offers_to_make_one(house: House) -> None:
    stay, client = await running(house), house.client("landlord-a")
    assert good(await client.get(f"/api/v1/stays/{stay}"))["once_locks"] == ["lock-a"]
    house.now[0] += 4 * DAY
    assert good(await house.client("landlord-a").get(f"/api/v1/stays/{stay}"))["once_locks"] == []


async def test_unused_codes_are_ended_on_request(house: House) -> None:
    stay = await running(house)
    good(await ask(house, stay))
    (ended,) = good(await house.client("landlord-a").post(f"/api/v1/stays/{stay}/one-time-codes/end"))
    assert (ended["state"], ended["has_no_end"]) == ("revoking", True)
    refused(await house.client("landlord-b").post(f"/api/v1/stays/{stay}/one-time-codes/end"), 404, "not_found")


async def test_asking_too_often_is_slowed_down(house: House) -> None:
    stay = await running(house)
    for _ in range(RATES["once_code"].amount):
        good(await ask(house, stay))
    refused(await ask(house, stay), 429, "too_many_attempts")


async def test_the_tenant_sees_that_a_code_was_handed_out_but_not_which(house: House) -> None:
    tenant, offer = await house.tenant("a", begins=-60)
    await house.register(tenant)
    officer = house.client("officer-a")
    for case in good(await officer.get("/api/v1/cases")):
        good(await officer.post(f"/api/v1/cases/{case['id']}/decision", json={"decision": "pass"}))
    (key,) = good(await tenant.get("/api/v1/onboarding"))["keys"]
    house.put_on_lock(key)
    made = good(await ask(house, offer["stay_id"]))
    page = await tenant.get("/key", headers={"Accept-Language": "en"})
    assert "One-time codes issued by your landlord" in page.text
    assert made["digits"] not in page.text


async def test_the_page_shows_the_new_code_once_and_neither_address_nor_log_has_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stay, landlord = await running(house), house.client("landlord-a")
    landlord.headers["Accept-Language"] = "en"
    path = f"/landlord/stays/{stay}/locks/lock-a/code"
    shown = await landlord.post(path, data={"idempotency_key": "k1"})
    digits = good(await ask(house, stay, **{"Idempotency-Key": "k1"}))["digits"]
    assert f'<p class="code">{digits}</p>' in shown.text
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    stay_page = await landlord.get(f"/landlord/stays/{stay}")
    assert "not used" in stay_page.text
    assert digits not in stay_page.text
    for plain in (digits, digits.replace(" ", "")):
        assert plain not in caplog.text
    ended = await landlord.post(f"/landlord/stays/{stay}/codes/end")
    assert ended.headers["location"].endswith("?done=staypage.once_ended")
    assert "being cancelled" in (await landlord.get(f"/landlord/stays/{stay}")).text
    spent = await landlord.post(path, data={"idempotency_key": "k1"})
    assert spent.status_code == 409
    assert digits not in spent.text
