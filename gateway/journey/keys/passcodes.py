"""Codes for tenants without a phone: derived from what lock and gateway share, known to a lock without a network.

A code belongs to a stay and one lock. Nothing of it is stored but its window: the digits are derived when shown. A code
that must die before its end takes every code of its lock with it (the lock's code epoch rises), and those who stay get
new ones.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from certs.agreement import passcode_secret
from certs.keys import public_from_point
from devices.wire.passcode import HOUR, LONGEST, SLOTS, Window, spoken, window_code
from gateway.journey.keys.issue import owe_list
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.lock_abilities import takes_codes
from gateway.journey.keys.one_time_codes import end_once, kill_once, runs
from gateway.journey.keys.pin_slots import CodeShown, end_slots, give_slots, move_slots, renew_slots, shown_slots
from gateway.store import Device, Passcode, Stay


def give_passcodes(session: Session, stay: Stay, now: int) -> None:
    """A code for each lock of the unit that checks codes by itself; what is covered already stays as it is."""
    for lock in stay.unit.devices:
        if takes_codes(lock):
            _cover(session, stay, lock, now)
    give_slots(session, stay, now)


def move_passcodes(session: Session, stay: Stay, now: int) -> None:
    """After other dates: codes inside the new window are kept, one that reaches beyond it dies with its epoch."""
    move_slots(session, stay, now)
    if not runs(stay, now):
        end_once(session, stay, now)
    first, last = _hours(stay)
    beyond = [
        code for code in living_codes(session, stay) if code.first_hour < first or code.first_hour + code.hours > last
    ]
    if beyond:
        _kill(session, beyond, now)
    if beyond or _has_any(session, stay):
        give_passcodes(session, stay, now)


def end_passcodes(session: Session, stay: Stay, now: int) -> None:
    """At the end of a stay: a code that would still open something dies; one whose time is over needs nothing."""
    end_slots(session, stay, now)
    end_once(session, stay, now)
    _kill(session, [code for code in living_codes(session, stay) if _ends(code) > now], now)


def replace_passcodes(session: Session, stay: Stay, now: int) -> None:
    """After one tenant of a stay lost the key: the codes that tenant knows die, and those who stay get others."""
    renew_slots(session, stay, now)
    end_once(session, stay, now)
    living = [code for code in living_codes(session, stay) if _ends(code) > now]
    if living:
        _kill(session, living, now)
        give_passcodes(session, stay, now)


def shown_codes(session: Session, stay: Stay, keyring: Keyring, now: int) -> list[CodeShown]:
    """The codes of a stay that open something now or later, the next first."""
    codes = [code for code in living_codes(session, stay) if _ends(code) > now]
    own = [_shown(session.get_one(Device, code.device_id), code, keyring) for code in codes]
    return own + shown_slots(session, stay, keyring.passcode_key, now)


def living_codes(session: Session, stay: Stay) -> Sequence[Passcode]:
    """Codes of a stay that were not withdrawn, by their beginning."""
    query = select(Passcode).where(Passcode.stay_id == stay.id, Passcode.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Passcode.first_hour, Passcode.device_id)).all()


def stay_behind_code(session: Session, device_id: str, window: object, at: int) -> Stay | None:
    """The stay whose code was typed: by the window (first hour, hours, slot) the lock named, else by the moment alone.

    A withdrawn code counts where no living one has this window: a lock that has not heard of it still takes it.
    """
    match window:
        case [int(first), int(hours), int(slot)]:
            typed = (Passcode.first_hour == first, Passcode.hours == hours, Passcode.slot == slot)
            query = select(Passcode).where(Passcode.device_id == device_id, *typed)
            found = session.scalars(query.order_by(Passcode.withdrawn_at.desc().nulls_first())).first()
            return session.get(Stay, found.stay_id) if found else None
    open_now = (Passcode.first_hour * HOUR <= at, (Passcode.first_hour + Passcode.hours) * HOUR > at)
    living = select(Passcode.stay_id).where(Passcode.device_id == device_id, Passcode.withdrawn_at.is_(None), *open_now)
    stays = set(session.scalars(living))
    return session.get(Stay, stays.pop()) if len(stays) == 1 else None


def _shown(device: Device, code: Passcode, keyring: Keyring) -> CodeShown:
    secret = passcode_secret(keyring.passcode_key, public_from_point(device.public_key), device.id)
    window = Window(code.first_hour, code.hours, code.slot)
    return CodeShown(
        digits=spoken(window_code(secret, code.epoch, window)),
        lock=device.id,
        begins=window.begins,
        ends=window.ends,
        on_lock=device.reported_code_epoch == code.epoch,
    )


def _cover(session: Session, stay: Stay, lock: Device, now: int) -> None:
    """Codes for every hour of the stay that has none on this lock."""
    held = [code for code in living_codes(session, stay) if code.device_id == lock.id]
    for first, hours in _gaps(held, *_hours(stay)):
        slot = _free_slot(session, lock, first, hours)
        if slot is None:
            continue
        code = Passcode(
            stay_id=stay.id,
            device_id=lock.id,
            epoch=lock.code_epoch,
            first_hour=first,
            hours=hours,
            slot=slot,
            created_at=now,
        )
        session.add(code)
    session.flush()
    if lock.reported_code_epoch != lock.code_epoch:
        owe_list(session, lock, now)


def _gaps(held: Sequence[Passcode], first: int, last: int) -> Iterator[tuple[int, int]]:
    """(first hour, hours) of what no held code covers of [first, last), in pieces a code can have."""
    at = first
    for begins, ends in [(code.first_hour, code.first_hour + code.hours) for code in held] + [(last, last)]:
        while at < begins:
            hours = min(LONGEST, begins - at)
            yield at, hours
            at += hours
        at = max(at, ends)


def _free_slot(session: Session, lock: Device, first: int, hours: int) -> int | None:
    """A slot that no other living code of the same window uses, so that two stays never share a code."""
    query = select(Passcode.slot).where(
        Passcode.device_id == lock.id,
        Passcode.first_hour == first,
        Passcode.hours == hours,
        Passcode.withdrawn_at.is_(None),
    )
    taken = set(session.scalars(query))
    return next((slot for slot in range(SLOTS) if slot not in taken), None)


def _kill(session: Session, codes: Sequence[Passcode], now: int) -> None:
    """Withdraw codes: the epoch of their locks rises, and every other living code there moves to the new epoch."""
    for code in codes:
        code.withdrawn_at = now
    session.flush()
    for device_id in {code.device_id for code in codes}:
        lock = session.get_one(Device, device_id)
        lock.code_epoch += 1
        kill_once(session, lock)
        others = select(Passcode).where(Passcode.device_id == lock.id, Passcode.withdrawn_at.is_(None))
        for other in session.scalars(others):
            other.epoch = lock.code_epoch
        owe_list(session, lock, now)


def _has_any(session: Session, stay: Stay) -> bool:
    return session.scalar(select(Passcode.id).where(Passcode.stay_id == stay.id).limit(1)) is not None


def _hours(stay: Stay) -> tuple[int, int]:
    return stay.from_at // HOUR, -(-stay.until_at // HOUR)


def _ends(code: Passcode) -> int:
    return (code.first_hour + code.hours) * HOUR
