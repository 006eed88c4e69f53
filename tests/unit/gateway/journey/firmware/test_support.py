"""Ends of support, which are stated by model and version and looked at in every round of the roll-outs."""

import pytest

from api.services.devices.firmware import overview
from gateway.journey.firmware.support import set_support, tell_support, unsupported
from gateway.store import Device
from tests.parts.world import World, counted, device

MODEL = "00112233445566778899aabbccddeeff"


def add_locks(world: World, first: int, after: int) -> None:
    """Locks of the model, which say the end of support that was stated."""
    with world.database.writing() as session:
        set_support(session, MODEL, "2.", world.now - 1)
        for number in range(first, after):
            lock: Device = device(f"lock-{100 + number}", None)
            lock.model, lock.firmware, lock.support_ends_at = MODEL, "lodgekey-sim-lock 2.0", world.now - 1
            session.add(lock)


@pytest.mark.parametrize("asked", ["tell", "doctor", "page"])
def test_the_support_of_a_fleet_takes_as_many_statements_for_many_locks_as_for_one(world: World, asked: str) -> None:
    taken = []
    for first, after in ((0, 1), (1, 9)):
        add_locks(world, first, after)
        with counted(world.database) as statements, world.database.writing() as session:
            match asked:
                case "tell":
                    tell_support(session, world.now)
                case "doctor":
                    assert len(unsupported(session, world.now)) == after
                case _:
                    (group,) = overview(session, None, world.now)["versions"]
                    assert (len(group["devices"]), group["past_support"], group["told"]) == (after, True, after)
        taken.append(len(statements))
    assert taken[0] == taken[1]
