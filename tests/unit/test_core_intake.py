"""What the gateway believes of a message before its signature is even looked at."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from devices.driver import Ability, LockAddress, Unreadable
from devices.intents import Intent
from devices.link import Received
from devices.reports import Reachable, Report
from gateway.answers import Answers
from gateway.intake import Intake
from gateway.store import SetAside
from tests.parts.world import LOCK, World


class TrustingDriver:
    """Believes every byte, so that only the intake can refuse."""

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
async def test_a_device_is_heard_under_its_own_site_only(
    world: World, site: str, device: str, code: str | None
) -> None:
    acked = asyncio.Event()
    intake = Intake(world.database, {"native": TrustingDriver()}, Answers(), lambda _r, _m: None, world.clock)
    await intake.take([Received(site, device, "online", b"1", retained=False, ack=acked.set)])
    with world.database.reading() as session:
        set_aside = list(session.scalars(select(SetAside.code)))
    assert set_aside == ([code] if code else [])
    assert world.device().online is (None if code else True)
    assert acked.is_set()  # what is set aside does not come again
