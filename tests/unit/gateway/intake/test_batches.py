"""Checks of a message that the gateway makes independently of the driver's signature check."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from certs.keys import new_private_key
from devices.driver import Ability, LockAddress, Unreadable
from devices.intents import Intent
from devices.link import Received
from devices.reports import Happened, Reachable, Report
from gateway.intake.awaited_answers import AwaitedAnswers
from gateway.intake.batches import Intake
from gateway.journey.devices.certificates import set_device_key
from gateway.store import Device, ReceivedMessage, SetAside
from tests.parts.world import LOCK, World


class TrustingDriver:
    """A driver that accepts every byte, so that only the intake can refuse."""

    name = "trusting"
    abilities = frozenset[Ability]()

    async def send(self, lock: LockAddress, intent: Intent) -> None:
        raise Unreadable("unknown_type")

    def read(self, message: Received) -> Sequence[Report]:
        return [Reachable(message.device, online=True)]


@pytest.mark.parametrize(
    ("site", "device", "code"),
    [("house-1", LOCK, None), ("house-2", LOCK, "wrong_site"), ("house-1", "lock-of-nobody", "unknown_device")],
)
async def test_a_device_is_accepted_under_its_own_site_only(
    world: World, site: str, device: str, code: str | None
) -> None:
    acked = asyncio.Event()
    intake = Intake(world.database, {"native": TrustingDriver()}, AwaitedAnswers(), lambda _r, _m: None, world.clock)
    await intake.take([Received(site, device, "online", b"1", retained=False, ack=acked.set)])
    with world.database.reading() as session:
        set_aside = list(session.scalars(select(SetAside.code)))
    assert set_aside == ([code] if code else [])
    assert world.device().online is (None if code else True)
    assert acked.is_set()  # a set-aside message is not redelivered


class OvertakenDriver(TrustingDriver):
    """A driver during whose reading the device is enrolled again with another key."""

    def __init__(self, world: World) -> None:
        self._world, self.overtaken = world, True

    def read(self, message: Received) -> Sequence[Report]:
        if self.overtaken:
            with self._world.database.writing() as session:
                set_device_key(session, session.get_one(Device, LOCK), new_private_key().public_key(), self._world.now)
        return [Happened(LOCK, 7, self._world.now, "locked", {})]


async def test_what_was_verified_with_a_key_that_is_no_longer_the_devices_is_set_aside(world: World) -> None:
    """Its sequence numbers would count for the new key, and block the device until it had passed them."""
    driver, acked = OvertakenDriver(world), asyncio.Event()
    intake = Intake(world.database, {"native": driver}, AwaitedAnswers(), lambda _r, _m: None, world.clock)
    message = Received("house-1", LOCK, "event", b"signed with the old key", retained=False, ack=acked.set)
    await intake.take([message])
    with world.database.reading() as session:
        assert list(session.scalars(select(SetAside.code))) == ["old_key"]
        assert session.scalars(select(ReceivedMessage)).all() == []
    assert (acked.is_set(), world.device().reported_seq, world.device().bolt) == (True, -1, "unknown")
    driver.overtaken = False
    await intake.take([message])  # the same number is the first one under the new key
    assert (world.device().reported_seq, world.device().bolt) == (7, "locked")
