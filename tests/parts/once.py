"""Requests, uses and reports of one-time codes, over the rows of a world."""

from dataclasses import replace

from sqlalchemy import select

from certs.agreement import passcode_secret
from certs.keys import public_from_point
from devices.wire.passcode import find_once
from gateway.journey.keys.lock_status import OnceStanding, once_standings
from gateway.journey.keys.one_time_codes import OnceShown, held_stay, issue_once, show_once
from gateway.journey.stays import landlord
from gateway.store import Device, OnceCode, Stay
from tests.parts.world import LOCK, World


def ask(world: World, stay_id: str = "", lock: str = LOCK) -> OnceShown:
    """A new code of the stay; of the newest stay by default."""
    with world.database.writing() as session:
        stay = held_stay(session, stay_id or world.stay().id, world.landlord_id)
        return show_once(session, issue_once(session, stay, lock, "account", world.now), world.keyring)


def rows(world: World) -> list[OnceCode]:
    """All codes, by number."""
    with world.database.reading() as session:
        return list(session.scalars(select(OnceCode).order_by(OnceCode.number)))


def standings(world: World, stay_id: str = "") -> list[OnceStanding]:
    """Standing of each of the stay's codes, the newest first."""
    with world.database.reading() as session:
        of = stay_id or world.stay().id
        return once_standings(session, [of], world.now)[of]


def states(world: World) -> list[str]:
    """The states of the newest stay's codes, the oldest first."""
    return [once.standing.state for once in standings(world)][::-1]


def use(world: World, number: object, *, at: int = 0) -> None:
    """The lock reports that the code of this number opened it."""
    report = world.happened("unlocked", means="passcode", once=number)
    world.say(replace(report, at=at or world.now))


def hear(world: World) -> None:
    """The lock reports the gateway's current code epoch and one-time number."""
    with world.database.writing() as session:
        lock = session.get_one(Device, LOCK)
        lock.reported_code_epoch, lock.reported_once_from, lock.online = lock.code_epoch, lock.once_from, True


def end_stay(world: World, stay_id: str) -> None:
    """The landlord ends the stay."""
    with world.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, stay_id), world.keyring, world.now)


def found_by_lock(world: World, code: OnceShown, *, epoch: int = 0, base: int = -1) -> int | None:
    """The number that the lock finds for the digits, from the shared secret and its own state."""
    lock = world.device()
    secret = passcode_secret(world.keyring.passcode_key, public_from_point(lock.public_key), LOCK)
    from_ = lock.once_from if base < 0 else base
    return find_once(secret, epoch or lock.code_epoch, code.digits.replace(" ", ""), from_)
