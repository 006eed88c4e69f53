"""Ends of support, looked at in every round of the roll-outs, and pages of published images."""

import secrets
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy.orm import Session

from api.services.devices.firmware import LISTED, overview
from certs.keys import new_private_key
from devices.wire.firmware.manifest import Firmware, sign_firmware
from gateway.domain.errors import NotFound
from gateway.journey.firmware.publishing import publish
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


def test_images_are_listed_in_pages_newest_first(world: World) -> None:
    key = new_private_key()
    with world.database.writing() as session:
        for sequence in range(1, 2 * LISTED + 2):
            at = world.now + sequence // 3  # some are published in the same second
            image = secrets.token_bytes(9)
            release = Firmware("lodgekey.example", "sim-lock", f"{sequence}.0", sequence, sha256(image).digest(), 9)
            publish(session, key.public_key(), sign_firmware(release, key), image, at)
    with world.database.reading() as session:
        found = pages(session, world.now)
        with pytest.raises(NotFound):
            overview(session, None, world.now, "unknown")
    assert [len(page) for page in found] == [LISTED, LISTED, 1]
    listed = [(image["published_at"], image["id"]) for page in found for image in page]
    assert listed == sorted(set(listed), reverse=True)


def pages(session: Session, now: int) -> list[list[dict[str, Any]]]:
    """Every page of the images, each asked for by the last image of the one before."""
    found: list[list[dict[str, Any]]] = []
    while images := overview(session, None, now, found[-1][-1]["id"] if found else None)["images"]:
        found.append(images)
    return found
