"""Faults during the journey, with real processes: nothing is lost, executed twice, or shown although it is not true."""

import asyncio
from typing import Any

import pytest

from api.cli.demo.journey_run import until
from tests.journey.street import Room, Street, Tenant, eventually, require_ok

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def key_state(street: Street, tenant: Tenant) -> str:
    """State of the stay's first key, as the landlord sees it."""
    return str((await street.stay(tenant))["keys"][0]["state"])


async def fault(street: Street, room: Room, **settings: Any) -> None:
    """Switch a fault of the lock on or off."""
    await street.control("POST", f"/devices/{room.lock}/faults", json=settings)


async def test_a_registry_that_is_down_keeps_nobody_out_and_gets_its_record_later(street: Street, room: Room) -> None:
    await street.set_behaviour("down")
    tenant, key = await street.move_in(room)
    assert (await street.unlock(tenant, key))["outcome"] == "unlocked"
    filing = await street.filing(tenant, "queued")
    waiting = [row for row in await street.pending("submit") if row["state"] == "owed"]
    assert [row["party"] for row in waiting] == ["registry:sandbox"]
    assert await street.books(filing["id"]) == []
    await street.set_behaviour("normal")
    accepted = await street.filing(tenant, "accepted")
    assert [row["receipt"] for row in await street.books(filing["id"])] == [accepted["receipt"]]


async def test_a_registry_that_refuses_keeps_nobody_out_and_its_reason_is_shown(street: Street, room: Room) -> None:
    await street.set_behaviour("refuse")
    tenant, key = await street.move_in(room)
    filing = await street.filing(tenant, "refused")
    await street.set_behaviour("normal")
    assert (filing["code"], bool(filing["sentence"])) == ("SBX-900", True)
    assert "refused" in [row["state"] for row in await street.pending("submit")]
    assert (await street.unlock(tenant, key))["outcome"] == "unlocked"


@pytest.mark.parametrize(
    ("behaviour", "how"),
    [("late", {"delay_s": 2, "times": 1}), ("silent", {"times": 1}), ("twice", {"times": 1})],
)
async def test_however_a_registry_answers_there_is_one_record_there_and_one_receipt_here(
    street: Street, room: Room, behaviour: str, how: dict[str, Any]
) -> None:
    await street.set_behaviour(behaviour, **how)
    tenant, _ = await street.move_in(room)
    accepted = await street.filing(tenant, "accepted")
    await street.set_behaviour("normal")
    assert [row["receipt"] for row in await street.books(accepted["id"])] == [accepted["receipt"]]
    answers = street.rows(
        "SELECT count(*) FROM events WHERE type = 'RegistryAccepted' AND registration_id = ?", accepted["id"]
    )
    assert answers == [(1,)]


async def test_a_lock_that_is_away_while_its_key_is_made_is_shown_as_such_and_gets_it_later(
    street: Street, room: Room
) -> None:
    await fault(street, room, offline=True)
    tenant = await street.offer(room)
    await street.register(tenant)
    await street.filing(tenant, "accepted")
    assert ((await require_ok(tenant.client, "/onboarding"))["stage"], await key_state(street, tenant)) == (
        "issued",
        "issued",
    )
    assert "owed" in [row["state"] for row in await street.pending("put_key")]
    await fault(street, room, offline=False)
    key = await street.on_lock(tenant)
    assert (await street.unlock(tenant, key))["outcome"] == "unlocked"


async def test_a_lock_whose_answer_is_lost_has_moved_once_and_nobody_claims_to_know(street: Street, room: Room) -> None:
    tenant, key = await street.move_in(room)
    await fault(street, room, lost_answers=1000)
    assert (await street.unlock(tenant, key))["outcome"] == "no_answer"
    await until(lambda: street.stay(tenant), lambda stay: stay["arrived_at"] is not None, "the lock's own event")
    assert street.openings(room) == 1
    await fault(street, room, lost_answers=0)
    assert (await street.unlock(tenant, key))["outcome"] == "unlocked"
    assert street.openings(room) == 2


async def test_a_killed_broker_is_started_again_and_nothing_is_lost_or_done_twice(
    street: Street, room: Room, next_door: Room
) -> None:
    tenant, key = await street.move_in(room)
    await fault(street, room, offline=True)
    waiting = await street.offer(next_door)
    await fault(street, next_door, offline=True)
    await street.register(waiting)
    killed = street.kill_broker()
    await eventually(lambda: street.broker() != killed, "another broker")
    await street.until_ready()
    for away in (room, next_door):
        await fault(street, away, offline=False)
    await street.on_lock(waiting)
    await until(lambda: street.unlock(tenant, key), lambda said: said["outcome"] == "unlocked", "the lock is back")
    await eventually(lambda: done_unlocks(street, key) == street.openings(room), "one movement for each command done")


def done_unlocks(street: Street, key: str) -> int:
    """Number of unlocks with this key that the lock has confirmed as done."""
    query = "SELECT count(*) FROM commands WHERE type = 'unlock' AND key_id = ? AND outcome = 'done'"
    return int(street.rows(query, key)[0][0])


async def test_a_killed_gateway_leaves_nothing_half_done_and_delivers_what_it_had_queued(
    street: Street, room: Room, next_door: Room
) -> None:
    await street.set_behaviour("down")
    tenant, key = await street.move_in(room)
    neighbour = await street.offer(next_door)
    tap = asyncio.create_task(street.unlock(tenant, key))
    await eventually(
        lambda: bool(street.rows("SELECT 1 FROM commands WHERE type = 'unlock' AND key_id = ?", key)), "a tap"
    )
    await street.kill_gateway()
    await asyncio.gather(tap, return_exceptions=True)
    await street.start_gateway()
    assert street.rows("PRAGMA integrity_check") == [("ok",)]
    assert street.rows(ORPHANS) == []
    await street.set_behaviour("normal")
    filing = await street.filing(tenant, "accepted")
    assert len(await street.books(filing["id"])) == 1
    assert street.openings(room) <= 1, "a tap that was cut short is not made good later"
    await street.register(neighbour)
    await street.unlock(neighbour, await street.on_lock(neighbour))
    assert street.openings(next_door) == 1


def taps(street: Street, key: str) -> int:
    """Number of unlocks requested with this key."""
    return int(street.rows("SELECT count(*) FROM commands WHERE type = 'unlock' AND key_id = ?", key)[0][0])


# A key without its event, a check-in neither pending nor filed, or an event or key without a stay.
ORPHANS = """
SELECT 'key', id FROM keys WHERE id NOT IN (SELECT json_extract(data, '$.key') FROM events WHERE type = 'KeyIssued')
UNION SELECT 'key without delivery', id FROM keys WHERE id NOT IN (SELECT about FROM deliveries WHERE work = 'put_key')
UNION SELECT 'record', id FROM registrations WHERE state != 'not_due'
      AND id NOT IN (SELECT about FROM deliveries WHERE work = 'submit')
UNION SELECT 'used offer', id FROM offers WHERE state = 'used' AND stay_id NOT IN (SELECT stay_id FROM keys)
"""
