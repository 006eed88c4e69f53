"""The key page opens a nearby lock over Bluetooth: online, offline, and never with another phone's key."""

import time
from base64 import b64decode, b64encode
from pathlib import Path
from shutil import copy

import pytest
from playwright.async_api import Browser, expect

from api.cli.demo.demo import Running
from certs.enrolment.device_folder import read_device_folder
from devices.wire.ble.fragments import Gathering, split
from devices.wire.ble.gatt import BleMessage, Kind, read_ble_message
from firmware_sim.lock.lock import SimLock
from firmware_sim.lock.offline import Backoff, OfflineSession
from firmware_sim.station.assembly import assemble
from tests.browser.people import PHONE, Visitor, offer_key, visit
from tests.browser.tenancy import SLOW, let_landlord_pass, move_in, register_typed
from tests.browser.tenant.test_edhoc import SHIM

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
ROOM = "302"


def lock_of(demo: Running, folder: Path) -> SimLock:
    """The room's lock with its own key and a set clock, as it works without a network."""
    for name in ("device.json", "key.pem", "cert.pem", "ca.pem"):
        copy(demo.folder / "devices" / f"lock-{ROOM}" / name, folder / name)
    lock = assemble(read_device_folder(folder))
    assert isinstance(lock, SimLock)
    lock.clock.set(int(time.time()))
    return lock


def bolt_of(lock: SimLock) -> str:
    """Current position of the bolt."""
    return lock.door.bolt


async def stand_before(visitor: Visitor, lock: SimLock) -> None:
    """Connect the phone's Bluetooth to this lock; each connection is one session."""
    talk = {"session": OfflineSession(lock, Backoff(time.monotonic))}
    gathering = Gathering()

    def write(_: object, fragment: str) -> list[str]:
        whole = gathering.add(b64decode(fragment))
        if whole is None:
            return []
        if talk["session"].step == "over":
            talk["session"] = OfflineSession(lock, Backoff(time.monotonic))
        reply = talk["session"].hear(read_ble_message(whole).body)
        pieces = split(BleMessage(Kind.PHONE, 1, reply).to_bytes(), 60) if reply else []
        return [b64encode(piece).decode() for piece in pieces]

    await visitor.page.expose_binding("radioWrite", write)


async def test_a_holder_opens_over_bluetooth_with_and_without_a_network(
    browser: Browser, demo: Running, landlord: Visitor, tmp_path: Path, artefacts: Path
) -> None:
    lock, tenant = lock_of(demo, tmp_path), await visit(browser, demo.url, PHONE)
    await tenant.page.context.add_init_script(SHIM)
    await stand_before(tenant, lock)
    await tenant.follow(await offer_key(landlord, ROOM))
    await register_typed(tenant)
    await let_landlord_pass(landlord)
    await expect(tenant.page.locator(".nearby button")).to_be_visible(timeout=SLOW)
    await tenant.page.click(".nearby button")
    await expect(tenant.page.locator(".key .outcome strong")).to_have_text("Unlocked", timeout=SLOW)
    assert bolt_of(lock) == "unlocked"
    await tenant.page.screenshot(path=artefacts / "near-1-key.png", full_page=True)

    list(lock.auto_lock())
    await tenant.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await tenant.page.context.set_offline(True)
    await tenant.open("/key")
    await expect(tenant.page.locator("h1")).to_have_text("You are offline")
    await tenant.page.click(".nearby button")
    await expect(tenant.page.locator("#outcome strong")).to_have_text("Unlocked", timeout=SLOW)
    assert bolt_of(lock) == "unlocked"
    await tenant.page.screenshot(path=artefacts / "near-2-offline.png", full_page=True)
    assert lock.flash.waiting() != []  # to be reported to the gateway once the lock has a network

    with lock.flash.write():
        lock.flash.bar(bytes.fromhex(await held_key(tenant)), "revoked", 2**33)  # remains after a revocation list
    list(lock.auto_lock())
    await tenant.page.click(".nearby button")
    await expect(tenant.page.locator("#outcome strong")).to_have_text("The lock rejected the request", timeout=SLOW)
    assert bolt_of(lock) == "locked"


async def held_key(visitor: Visitor) -> str:
    """Id of the stored key for a nearby lock."""
    found: str = await visitor.page.evaluate(
        "import('/static/tenant/key.js').then((module) => module.allNear()).then(([held]) => held.id)"
    )
    return found


async def test_a_browser_without_bluetooth_is_not_offered_it(
    browser: Browser, demo: Running, landlord: Visitor
) -> None:
    await landlord.open("/landlord")
    tenant = await visit(browser, demo.url, PHONE)
    await tenant.page.context.add_init_script("delete Navigator.prototype.bluetooth")
    await move_in(landlord, tenant, "303")
    await expect(tenant.page.locator(".nearby")).to_be_hidden()
    assert tenant.complaints == []
