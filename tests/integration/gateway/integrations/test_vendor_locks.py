"""Other makers' locks in a running gateway, on the operator's own mosquitto: offer, key, unlock, revocation."""

from pathlib import Path

from httpx import AsyncClient
from sqlalchemy import select

from firmware_sim.vendors.nuki import SimNuki
from firmware_sim.vendors.zigbee2mqtt import SimZigbeeLock
from gateway.fleet.enrolment import revoke_device
from gateway.store import SlotCode
from tests.integration.home_parts import Home, Said, open_home
from tests.parts.house import CONSENTS, good
from tests.parts.identity import MemoryIdentity

NUKI, ZIGBEE = "3a4b5c6d", "front-door"


async def nuki_in(home: Home) -> SimNuki:
    """A Nuki lock on the operator's broker, enrolled."""
    sim = SimNuki()

    def hear(topic: str, payload: bytes) -> list[Said]:
        return [(f"nuki/3A4B5C6D/{reported}", said) for reported, said in sim.hear(topic.rpartition("/")[2], payload)]

    home.add_lock("nuki", NUKI)
    first = [("nuki/3A4B5C6D/connected", b"true"), ("nuki/3A4B5C6D/state", b"1"), *BATTERY]
    await home.play("nuki/3A4B5C6D/lockAction", hear, first)
    return sim


BATTERY = [("nuki/3A4B5C6D/batteryChargeState", b"64")]


async def zigbee_in(home: Home) -> SimZigbeeLock:
    """A Zigbee lock behind the operator's Zigbee2MQTT, enrolled."""
    sim = SimZigbeeLock()

    def hear(topic: str, payload: bytes) -> list[Said]:
        channel = topic.rpartition("/")[2]
        answers = sim.hear(channel, payload) if channel in ("set", "get") else []
        return [(f"zigbee2mqtt/{ZIGBEE}", said) for _, said in answers]

    home.add_lock("zigbee2mqtt", ZIGBEE)
    first = [(f"zigbee2mqtt/{ZIGBEE}/availability", b'{"state":"online"}')]
    await home.play(f"zigbee2mqtt/{ZIGBEE}/+", hear, first)
    return sim


async def test_a_nuki_lock_opens_for_the_tenant_through_the_gateway_until_the_key_is_revoked(tmp_path: Path) -> None:
    async with open_home(tmp_path) as home:
        sim = await nuki_in(home)
        await home.until(lambda: home.device(NUKI).battery == 64, "the lock is heard")
        assert home.device(NUKI).bolt == "locked"
        tenant, stay, key = await home.move_in()
        landlord = home.house.client("landlord-a")
        assert good(await tenant.get("/api/v1/onboarding"))["stage"] == "on_lock"
        (shown,) = good(await landlord.get(f"/api/v1/stays/{stay}"))["keys"]
        assert (shown["state"], shown["on_lock_at"]) == ("gateway_only", None)
        assert (await home.tap(tenant, key))["outcome"] == "unlocked"
        assert sim.movements == [3]
        await home.until(lambda: home.device(NUKI).bolt == "unlocked", "the lock says that it is open")
        await home.until(lambda: home.arrived(stay), "the first opening is the arrival")
        assert good(await landlord.post(f"/api/v1/keys/{key}/revoke"))["state"] == "taken_back"
        assert (await home.tap(tenant, key))["code"] == "key_not_usable"
        assert sim.movements == [3]
        assert home.refused() == []


async def test_a_zigbee_lock_keeps_the_stays_pin_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    async with open_home(tmp_path) as home:
        sim = await zigbee_in(home)
        tenant, stay, key = await home.move_in()
        await home.until(lambda: bool(sim.pins) and on_lock(home), "the lock says that the PIN is in its slot")
        (code,) = (await home.key(tenant, key))["passcodes"]
        assert (sim.pins, code["on_lock"], code["lock"]) == ({11: code["digits"]}, True, ZIGBEE)
        assert (await home.tap(tenant, key))["outcome"] == "unlocked"
        landlord = home.house.client("landlord-a")
        good(await landlord.post(f"/api/v1/stays/{stay}/end"))
        await home.until(lambda: gone(home), "the lock says that its slot is empty")
        assert (sim.pins, sim.enter_pin(code["digits"])) == ({}, [])
        assert (await home.tap(tenant, key))["code"] == "key_not_usable"
        assert (sim.movements, home.refused()) == (["unlocked"], [])


async def test_a_pin_typed_on_the_lock_is_the_stays_arrival(tmp_path: Path) -> None:
    async with open_home(tmp_path) as home:
        sim = await zigbee_in(home)
        _, stay, _ = await home.move_in()
        await home.until(lambda: on_lock(home), "the PIN is on the lock")
        async with home.client("zigbee") as somebody:
            for _, said in sim.enter_pin(sim.pins[11]):
                await somebody.publish(f"zigbee2mqtt/{ZIGBEE}", said, qos=1)
            await home.until(lambda: home.device(ZIGBEE).bolt == "unlocked", "the door is open")
            await home.until(lambda: home.arrived(stay), "the first opening is the arrival")


async def test_no_pin_is_on_the_lock_before_the_stay_begins(tmp_path: Path) -> None:
    async with open_home(tmp_path) as home:
        sim = await zigbee_in(home)
        tenant, stay, key = await home.move_in(begins=3600)
        (code,) = (await home.key(tenant, key))["passcodes"]
        assert (code["on_lock"], sim.pins) == (False, {})
        good(await home.house.client("landlord-a").post(f"/api/v1/stays/{stay}/end"))
        await home.until(lambda: gone(home), "an empty slot is emptied too")
        assert sim.pins == {}


async def test_a_pin_that_cannot_be_taken_off_stays_pending_and_visible(tmp_path: Path) -> None:
    async with open_home(tmp_path) as home:
        sim = await zigbee_in(home)
        _, stay, _ = await home.move_in()
        await home.until(lambda: on_lock(home), "the PIN is on the lock")
        for task in home.tasks:
            task.cancel()
        good(await home.house.client("landlord-a").post(f"/api/v1/stays/{stay}/end"))
        tester = home.house.client("tester")

        def pending() -> bool:
            with home.gateway.database.reading() as session:
                code = session.scalars(select(SlotCode)).one()
            return (code.desired, code.observed) == ("absent", "present")

        assert pending()
        rows = good(await tester.get("/api/v1/deliveries"))
        assert [row["work"] for row in rows if row["party"] == f"lock:{ZIGBEE}"] == ["drop_slot"]
        assert list(sim.pins) == [11]


async def test_a_pin_goes_with_the_one_key_of_its_stay_that_is_revoked(tmp_path: Path) -> None:
    async with open_home(tmp_path) as home:
        sim = await zigbee_in(home)
        _, stay, key = await home.move_in()
        await home.until(lambda: on_lock(home), "the PIN is on the lock")
        digits, landlord = sim.pins[11], home.house.client("landlord-a")
        good(await landlord.post(f"/api/v1/keys/{key}/revoke"))
        await home.until(lambda: gone(home), "the lock says that its slot is empty")
        assert (sim.pins, sim.enter_pin(digits)) == ({}, [])
        (code,) = good(await landlord.get(f"/api/v1/stays/{stay}"))["codes"]
        assert (code["lock"], code["state"], code["has_no_end"]) == (ZIGBEE, "revoked", False)


async def test_whoever_else_lives_there_gets_another_pin_and_the_old_one_comes_off(tmp_path: Path) -> None:
    async with open_home(tmp_path) as home:
        sim = await zigbee_in(home)
        _, stay, key = await home.move_in()
        await home.until(lambda: on_lock(home), "the PIN is on the lock")
        digits = sim.pins[11]
        other, other_key = await share(home, stay)
        good(await home.house.client("landlord-a").post(f"/api/v1/keys/{key}/revoke"))
        await home.until(lambda: observed(home) == {11: "absent", 12: "present"}, "one slot is emptied, another filled")
        (code,) = (await home.key(other, other_key))["passcodes"]
        assert sim.pins == {12: code["digits"]}
        assert code["digits"] != digits
        assert sim.enter_pin(digits) == []


async def test_a_lock_that_goes_out_of_service_has_its_slots_emptied(tmp_path: Path) -> None:
    async with open_home(tmp_path) as home:
        sim = await zigbee_in(home)
        tenant, _, key = await home.move_in()
        await home.until(lambda: on_lock(home), "the PIN is on the lock")
        with home.gateway.database.writing() as session:
            revoke_device(session, ZIGBEE, home.gateway.now())
        await home.until(lambda: gone(home), "the lock says that its slot is empty")
        assert sim.pins == {}
        assert (await home.tap(tenant, key))["code"] == "key_not_usable"
        assert sim.movements == []


async def test_a_lock_out_of_service_that_is_away_is_shown_with_the_pin_it_keeps_and_why(tmp_path: Path) -> None:
    async with open_home(tmp_path) as home:
        sim = await zigbee_in(home)
        _, stay, _ = await home.move_in()
        await home.until(lambda: on_lock(home), "the PIN is on the lock")
        for task in home.tasks:
            task.cancel()
        async with home.client("zigbee") as somebody:
            away = b'{"state":"offline"}'
            await somebody.publish(f"zigbee2mqtt/{ZIGBEE}/availability", away, qos=1, retain=True)
            await home.until(lambda: home.device(ZIGBEE).online is False, "the lock is known to be away")
        with home.gateway.database.writing() as session:
            revoke_device(session, ZIGBEE, home.gateway.now())
        (code,) = good(await home.house.client("landlord-a").get(f"/api/v1/stays/{stay}"))["codes"]
        assert (code["state"], code["has_no_end"], code["delay_reason"]) == ("revoking", True, "lock_offline")
        assert (code["cannot_be_revoked_before"], list(sim.pins)) == (None, [11])


async def share(home: Home, stay: str) -> tuple[AsyncClient, str]:
    """Add another tenant to the stay; returns their client and key."""
    offer = good(await home.house.client("landlord-a").post(f"/api/v1/stays/{stay}/offers"))
    tenant = home.house.client(offer=offer["url"].rpartition("/")[2])
    good(await tenant.post("/api/v1/onboarding/consents", json=CONSENTS))
    identity = home.gateway.identity
    assert isinstance(identity, MemoryIdentity)
    identity.fields |= {"given_names": "BEA", "id_number": "XR1001R66"}
    good(await home.house.register(tenant))
    officer = home.house.client("officer-a")
    for case in good(await officer.get("/api/v1/cases")):
        good(await officer.post(f"/api/v1/cases/{case['id']}/decision", json={"decision": "pass"}))
    return tenant, str(good(await tenant.get("/api/v1/onboarding"))["keys"][0])


def observed(home: Home) -> dict[int, str]:
    """Observed content of each PIN slot."""
    with home.gateway.database.reading() as session:
        return {code.slot: code.observed for code in session.scalars(select(SlotCode))}


def on_lock(home: Home) -> bool:
    """Whether the lock has confirmed the PIN."""
    with home.gateway.database.reading() as session:
        return [code.observed for code in session.scalars(select(SlotCode))] == ["present"]


def gone(home: Home) -> bool:
    """Whether the lock has confirmed that the slot is empty."""
    with home.gateway.database.reading() as session:
        return [code.observed for code in session.scalars(select(SlotCode))] == ["absent"]
