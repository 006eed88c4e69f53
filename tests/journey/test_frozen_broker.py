"""A broker that hangs, in a whole gateway: it is restarted, and no lock that nobody can hear is shown as connected."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from api.cli.demo.journey_run import until
from api.cli.demo.seed import ROOMS
from tests.journey.chaos.faults import process_of
from tests.journey.street import Json, Room, Street, eventually

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
CONNECTED = "SELECT count(*) FROM devices WHERE kind = 'lock' AND online"


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """A process that does nothing while this is open, as under a debugger."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # the gateway has ended its broker
            os.kill(process, signal.SIGCONT)


def connected(street: Street) -> int:
    """How many locks are shown as connected."""
    return int(street.rows(CONNECTED)[0][0])


async def readiness(street: Street) -> Json:
    """What the gateway says of its parts."""
    return dict((await street.people["tester"].get(street.url.replace("/api/v1", "/readyz"))).json())


async def test_a_frozen_broker_is_restarted_and_no_unheard_lock_is_shown_as_connected(
    street: Street, room: Room
) -> None:
    tenant, key = await street.move_in(room)
    await eventually(lambda: connected(street) == len(ROOMS), "all locks are connected")
    frozen = street.broker()
    with stopped(process_of(street, "building")):
        with stopped(frozen):
            await until(lambda: readiness(street), lambda said: not said["broker"], "the gateway says so")
            await eventually(lambda: street.broker() != frozen, "another broker")
        await until(lambda: readiness(street), lambda said: said["broker"] and said["link"], "the gateway is ready")
        assert connected(street) == 0
        assert (await street.unlock(tenant, key))["outcome"] != "unlocked"
        assert connected(street) == 0, "whatever the new broker had kept of the old one"
    await eventually(lambda: connected(street) == len(ROOMS), "the locks are heard again")
    await until(lambda: street.unlock(tenant, key), lambda said: said["outcome"] == "unlocked", "the door opens")
