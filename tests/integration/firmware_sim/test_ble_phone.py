"""A phone opens a lock over Bluetooth, without gateway or network."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from certs.credential import KeyCredential, issue_credential
from certs.keys import new_private_key
from devices.reports import Happened
from devices.wire.errors import BadMessage
from devices.wire.offline import OfflineCommand
from firmware_sim.ble.adapter import SimAdapter
from firmware_sim.ble.peripheral import BlePeripheral
from firmware_sim.phone.handset import reach
from firmware_sim.phone.offline import LockRefused, ask_lock
from tests.integration.ble_parts import Street, address, hear_until, now, open_street
from tests.integration.devices.links.test_ble import read_back

KEY = bytes(range(16))
UNLOCK = OfflineCommand("unlock")


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with open_street(tmp_path) as opened:
        yield opened


@pytest.fixture
def phone() -> ec.EllipticCurvePrivateKey:
    return new_private_key()


def credential(street: Street, phone: ec.EllipticCurvePrivateKey, *, lock: str = "lock-1", lasts: int = 3600) -> bytes:
    window = KeyCredential(KEY, lock, phone.public_key(), now() - 7200, now() + lasts)
    return issue_credential(window, street.authority.credential_key)


async def ask(
    street: Street,
    lock: BlePeripheral,
    phone: ec.EllipticCurvePrivateKey,
    key: bytes,
    adapter: SimAdapter | None = None,
) -> str:
    """Outcome of an unlock, or the code of its refusal."""
    public = lock.lock.dialogue.speech.key.public_key()
    async with reach(adapter or street.adapter, lock.radio.name) as exchange:
        try:
            _, result = await ask_lock(exchange, phone, public, key, UNLOCK)
        except LockRefused as refused:
            return refused.code
    return result.outcome


async def test_a_phone_opens_a_lock_that_never_received_its_key(
    street: Street, phone: ec.EllipticCurvePrivateKey
) -> None:
    lock = await street.lock("lock-1")
    assert await ask(street, lock, phone, credential(street, phone)) == "done"
    assert (lock.lock.door.bolt, lock.lock.flash.held_keys()) == ("unlocked", ())


async def test_expired_foreign_and_borrowed_keys_are_refused(street: Street, phone: ec.EllipticCurvePrivateKey) -> None:
    lock = await street.lock("lock-1")
    assert await ask(street, lock, phone, credential(street, phone, lasts=-60)) == "key_expired"
    assert await ask(street, lock, phone, credential(street, phone, lock="lock-2")) == "wrong_lock"
    assert await ask(street, lock, new_private_key(), credential(street, phone)) == "bad_handshake"
    assert lock.lock.door.movements == []


async def test_guessing_is_met_with_silence_and_a_true_key_works_after_it(
    street: Street, phone: ec.EllipticCurvePrivateKey
) -> None:
    lock = await street.lock("lock-1")
    lock.backoff.ticks = lambda: 0.0
    for _ in range(4):
        assert await ask(street, lock, new_private_key(), credential(street, phone)) == "bad_handshake"
    with pytest.raises(BadMessage, match="the lock did not reply"):
        await ask(street, lock, phone, credential(street, phone))
    assert lock.lock.door.movements == []
    lock.backoff.ticks = lambda: 1.0
    assert await ask(street, lock, phone, credential(street, phone)) == "done"


async def test_an_opening_by_phone_is_reported_to_the_gateway_later(
    street: Street, phone: ec.EllipticCurvePrivateKey
) -> None:
    lock, link = await street.lock("lock-1"), await street.link()
    await ask(street, lock, phone, credential(street, phone))
    driver = street.driver(link)
    await driver.send(address("lock-1"), read_back())
    (reported,) = [r for r in await hear_until(link, driver, Happened) if isinstance(r, Happened)]
    assert (reported.type, reported.body["means"], reported.body["key"]) == ("unlocked", "ble", KEY)


async def test_phone_and_gateway_use_adapters_of_their_own(street: Street, phone: ec.EllipticCurvePrivateKey) -> None:
    lock = await street.lock("lock-1")
    handset = await SimAdapter.on_air(street.air, "F0:00:00:00:00:07")
    try:
        assert await ask(street, lock, phone, credential(street, phone), handset) == "done"
    finally:
        await handset.close()
