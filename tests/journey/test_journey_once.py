"""A one-time code, from the landlord's request to the keypad of a lock process, over the real broker."""

import pytest

from api.cli.demo.journey_run import until
from tests.journey.street import Json, Room, Street, Tenant

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def ask(street: Street, room: Room, tenant: Tenant) -> str:
    """Digits of a new code."""
    made = await street.ask("landlord", "POST", f"/stays/{tenant.offer['stay_id']}/locks/{room.lock}/one-time-codes")
    return str(made["digits"].replace(" ", ""))


async def type_in(street: Street, room: Room, digits: str) -> str | None:
    """Type the digits at the lock; returns the reason of a refusal, or None if it opened."""
    refusal = (await street.control("POST", f"/devices/{room.lock}/passcode", json={"code": digits}))["refused"]
    return None if refusal is None else str(refusal)


async def newest(street: Street, tenant: Tenant, *states: str) -> Json:
    """Wait until the stay's newest code is in this state."""

    async def look() -> Json:
        return dict((await street.stay(tenant))["once_codes"][0])

    return await until(look, lambda code: code["state"] in states, f"the code is {' or '.join(states)}")


async def test_a_one_time_code_opens_the_door_once_and_the_lock_says_when(street: Street, room: Room) -> None:
    tenant = await street.offer(room)
    digits = await ask(street, room, tenant)
    await newest(street, tenant, "on_lock")
    assert await type_in(street, room, digits) is None
    used = await newest(street, tenant, "used")
    assert used["issued_at"] <= used["used_at"]
    assert await type_in(street, room, digits) == "bad_passcode"
    assert street.openings(room) == 1
    assert (await street.stay(tenant))["arrived_at"] is None
    await street.ask("landlord", "POST", f"/stays/{tenant.offer['stay_id']}/end")


async def test_a_code_used_while_the_lock_is_away_is_unknown_until_the_lock_is_back(street: Street, room: Room) -> None:
    tenant = await street.offer(room)
    digits = await ask(street, room, tenant)
    await newest(street, tenant, "on_lock")
    await street.control("POST", f"/devices/{room.lock}/faults", json={"offline": True})
    away = await newest(street, tenant, "unknown")
    assert away["delay_reason"] == "lock_offline"
    assert await type_in(street, room, digits) is None
    assert (await street.stay(tenant))["once_codes"][0]["state"] == "unknown"
    await street.control("POST", f"/devices/{room.lock}/faults", json={"offline": False})
    assert (await newest(street, tenant, "used"))["used_at"] is not None
    await street.ask("landlord", "POST", f"/stays/{tenant.offer['stay_id']}/end")


async def test_an_unused_code_dies_with_its_stay_as_soon_as_the_lock_has_confirmed_it(
    street: Street, room: Room
) -> None:
    tenant = await street.offer(room)
    digits = await ask(street, room, tenant)
    await street.ask("landlord", "POST", f"/stays/{tenant.offer['stay_id']}/end")
    await newest(street, tenant, "revoked")
    assert await type_in(street, room, digits) == "bad_passcode"
    assert street.openings(room) == 0
    following = await street.offer(room)
    assert await type_in(street, room, await ask(street, room, following)) is None
    await newest(street, following, "used")
    await street.ask("landlord", "POST", f"/stays/{following.offer['stay_id']}/end")
