"""A lock that the broker could not tell of is neither online nor offline until it is heard again."""

import pytest
from sqlalchemy import select

from devices.reports import Reachable
from gateway.journey import alerts
from gateway.journey.devices.reachability import ask_unseen, forget_reachability
from gateway.store import Device
from tests.parts.world import LOCK, World, device


@pytest.fixture
def seen(world: World) -> World:
    """The lock has reported its state, and is online."""
    world.say(world.state())
    assert world.device().online is True
    return world


def forget(world: World) -> None:
    with world.database.writing() as session:
        forget_reachability(session)


def ask(world: World) -> int:
    with world.database.writing() as session:
        return ask_unseen(session, world.now)


def test_only_our_own_locks_that_were_online_become_unknown(seen: World) -> None:
    others = {
        "kiosk-1": ("kiosk", "native", True),
        "nuki-1": ("lock", "nuki", True),
        "lock-off": ("lock", "native", False),
    }
    with seen.database.writing() as session:
        for name, (kind, driver, online) in others.items():
            row = device(name, None, kind)
            row.driver, row.online = driver, online
            session.add(row)
    forget(seen)
    with seen.database.reading() as session:
        found = {row.id: row.online for row in session.scalars(select(Device))}
    assert found == {LOCK: None, "kiosk-1": True, "nuki-1": True, "lock-off": False}


def test_a_lock_that_connects_again_is_online_and_is_not_asked(seen: World) -> None:
    forget(seen)
    seen.say(Reachable(LOCK, online=True))
    assert (seen.device().online, ask(seen), seen.pending().count("read_back")) == (True, 0, 0)


def test_a_lock_not_answered_since_is_asked_once_and_is_online_when_it_answers(seen: World) -> None:
    forget(seen)
    assert (ask(seen), ask(seen), seen.pending().count("read_back")) == (1, 1, 1)
    command = "ab" * 16
    seen.sent("read_back", command)
    seen.say(seen.answered(command, keys=[], epoch=1))
    assert (seen.device().online, seen.pending().count("read_back")) == (True, 0)


def test_a_lock_that_was_never_answered_is_not_asked(world: World) -> None:
    forget(world)
    assert (ask(world), world.pending()) == (0, [])


def test_an_unknown_lock_is_silent_after_a_quarter_of_an_hour(seen: World) -> None:
    forget(seen)
    for seconds, codes in ((900, []), (901, ["silent"])):
        found = alerts.of_lock(seen.device(), "Room 101", seen.now + seconds)
        assert [alert.code for alert in found] == codes
