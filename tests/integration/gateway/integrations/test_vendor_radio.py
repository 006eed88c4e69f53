"""Locks within Bluetooth range of a running gateway: another maker's, and our own while the network is down."""

import stat
from pathlib import Path

import pytest

from certs.enrolment.device_folder import read_device_folder
from firmware_sim.ble.peripheral import BlePeripheral
from firmware_sim.lock.lock import SimLock
from firmware_sim.station.assembly import assemble
from gateway.fleet.enrolment import enrol_device
from gateway.store import Device, Unit
from tests.contract.radio_benches import ADDRESS, ON_AIR, virtual_radio
from tests.integration.home_parts import SITE, Home, open_home
from tests.parts.house import good

DEVICE, OURS = "front-door", "lock-ours"


@pytest.mark.parametrize("driver", ["switchbot", "sesame"])
async def test_a_tenant_opens_a_lock_in_range_until_the_key_is_revoked(tmp_path: Path, driver: str) -> None:
    case = ON_AIR[driver]
    async with virtual_radio() as (air, radio):
        lock = case.lock(air, ADDRESS)
        await lock.power_on()
        async with open_home(tmp_path, broker=False, radio=radio) as home:
            home.add_lock(driver, DEVICE, {"address": ADDRESS, **case.secrets})
            tenant, stay, key = await home.move_in()
            landlord = home.house.client("landlord-a")
            (shown,) = good(await landlord.get(f"/api/v1/stays/{stay}"))["keys"]
            assert shown["state"] == "gateway_only"
            assert (await home.tap(tenant, key))["outcome"] == "unlocked"
            await home.until(lambda: home.device(DEVICE).bolt == "unlocked", "the lock says that it is open")
            await home.until(lambda: home.arrived(stay), "the first opening is the arrival")
            good(await landlord.post(f"/api/v1/keys/{key}/revoke"))
            assert (await home.tap(tenant, key))["code"] == "key_not_usable"
            assert (lock.movements, home.refused()) == (["unlocked"], [])
        await lock.power_off()


async def test_a_locks_secrets_are_kept_in_a_file_of_ours_alone(tmp_path: Path) -> None:
    case = ON_AIR["switchbot"]
    async with open_home(tmp_path, broker=False) as home:
        home.add_lock("switchbot", DEVICE, {"address": ADDRESS, **case.secrets})
        kept = home.gateway.settings.folder / "vendor-locks" / f"{DEVICE}.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        database = (home.gateway.settings.folder / "lodgekey.sqlite").read_bytes()
        assert case.secrets["encryption_key"].encode() not in database


async def test_without_a_radio_a_lock_in_range_is_refused_not_forgotten(tmp_path: Path) -> None:
    case = ON_AIR["switchbot"]
    async with open_home(tmp_path, broker=False) as home:
        home.add_lock("switchbot", DEVICE, {"address": ADDRESS, **case.secrets})
        tenant, _, key = await home.move_in()
        assert (await home.tap(tenant, key))["outcome"] == "no_answer"
        assert home.refused() == [("unlock", "driver_not_set_up")]


async def test_our_own_lock_is_reached_over_bluetooth_where_it_is_not_on_the_network(tmp_path: Path) -> None:
    async with virtual_radio() as (air, radio), open_home(tmp_path, broker=False, radio=radio) as home:
        mind = enrolled(home, tmp_path / "lock")
        lock = BlePeripheral(air, mind, OURS, ADDRESS)
        await lock.power_on()
        tenant, stay, key = await home.move_in()
        landlord = home.house.client("landlord-a")
        await home.until(lambda: home.observed(key) == "present", "the lock says that the key is on it")
        (shown,) = good(await landlord.get(f"/api/v1/stays/{stay}"))["keys"]
        assert (shown["lock"], shown["state"]) == (OURS, "on_lock")
        assert (await home.tap(tenant, key))["outcome"] == "unlocked"
        good(await landlord.post(f"/api/v1/keys/{key}/revoke"))
        await home.until(lambda: home.observed(key) == "absent", "the lock says that the key is gone")
        assert mind.flash.held_keys() == ()
        await lock.power_off()


def enrolled(home: Home, folder: Path) -> SimLock:
    """A lock of our own protocol on the door of unit a, with its clock set."""
    with home.gateway.database.writing() as session:
        session.get_one(Device, "lock-a").revoked_at = 1
        unit = session.get_one(Unit, home.house.units["a"])
        enrol_device(
            session, home.gateway.authority, folder, site=SITE, device=OURS, kind="lock", unit=unit,
            host="127.0.0.1", port=1,
        )  # fmt: skip
    mind = assemble(read_device_folder(folder))
    assert isinstance(mind, SimLock)
    mind.clock.set(home.gateway.now())
    return mind


async def test_nobody_on_the_operators_broker_speaks_for_a_lock_on_the_radio_or_of_ours(tmp_path: Path) -> None:
    case = ON_AIR["switchbot"]
    async with virtual_radio() as (_, radio), open_home(tmp_path, radio=radio) as home:
        home.add_lock("switchbot", DEVICE, {"address": ADDRESS, **case.secrets})
        forged = b'{"bolt":"unlocked","door":"open","battery":1,"lock_state":"unlocked"}'
        async with home.client("stranger") as stranger:
            for device in (DEVICE, "lock-b"):
                await stranger.publish(f"zigbee2mqtt/{device}", forged, qos=1)
            await home.until(lambda: len(home.set_aside()) == 2, "both are set aside")
        assert set(home.set_aside()) == {(DEVICE, "wrong_link"), ("lock-b", "wrong_link")}
        assert (home.device(DEVICE).bolt, home.device("lock-b").bolt) == ("unknown", "unknown")
