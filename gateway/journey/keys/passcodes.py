"""Passcodes for tenants without a phone: derived from a secret shared by lock and gateway, checked offline.

A passcode belongs to one stay and one lock. Only its window is stored; the digits are derived when shown. Withdrawing
one before its end raises the lock's code epoch and so ends every code of the lock; the other stays get new ones.
"""

from collections.abc import Iterator, Sequence

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from certs.agreement import passcode_secret
from certs.keys import public_from_point
from devices.wire.passcode import HOUR, LONGEST, PER_WINDOW, QUARTER, Window, spoken, window_code
from gateway.journey.keys.issue import enqueue_revocation_list
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.lock_abilities import takes_codes
from gateway.journey.keys.one_time_codes import end_once, invalidate_once, is_running
from gateway.journey.keys.pin_slots import CodeShown, end_slots, give_slots, move_slots, renew_slots, shown_slots
from gateway.store import Device, Passcode, Stay


def give_passcodes(session: Session, stay: Stay, key: EllipticCurvePrivateKey, now: int) -> None:
    """Create passcodes on each lock of the unit that takes them; hours already covered keep their code.

    `key`: the gateway's passcode key.
    """
    for lock in stay.unit.devices:
        if takes_codes(lock):
            _cover(session, stay, lock, now)
    give_slots(session, stay, key, now)


def move_passcodes(session: Session, stay: Stay, key: EllipticCurvePrivateKey, now: int) -> None:
    """After a change of dates: keep codes inside the new window; withdraw those that extend beyond it."""
    move_slots(session, stay, now)
    if not is_running(stay, now):
        end_once(session, stay, now)
    first, last = _longest_span(stay, now)
    beyond = [code for code in valid_codes(session, stay) if code.begins < first or code.ends > last]
    if beyond:
        _withdraw(session, beyond, now)
    if beyond or _has_any(session, stay):
        give_passcodes(session, stay, key, now)


def end_passcodes(session: Session, stay: Stay, now: int) -> None:
    """At the end of a stay: withdraw codes that would still open; expired ones need nothing."""
    end_slots(session, stay, now)
    end_once(session, stay, now)
    _withdraw(session, [code for code in valid_codes(session, stay) if code.ends > now], now)


def replace_passcodes(session: Session, stay: Stay, key: EllipticCurvePrivateKey, now: int) -> None:
    """After one tenant lost the key: withdraw the stay's codes and issue new ones for the remaining tenants."""
    renew_slots(session, stay, key, now)
    end_once(session, stay, now)
    living = [code for code in valid_codes(session, stay) if code.ends > now]
    if living:
        _withdraw(session, living, now)
        give_passcodes(session, stay, key, now)


def adopt_epochs(session: Session, lock: Device, codes: int, once: int) -> None:
    """Follow a lock whose code epoch or one-time base is higher: the gateway was restored from a backup of before.

    The codes of the lock move to its epoch, so stays get other digits; one-time codes below its base are over.
    """
    if codes > lock.code_epoch:
        lock.code_epoch = codes
        mine = update(Passcode).where(Passcode.device_id == lock.id, Passcode.withdrawn_at.is_(None))
        session.execute(mine.values(epoch=codes))
    if once > lock.once_from:
        lock.once_from, lock.once_next = once, max(lock.once_next, once)


def shown_codes(session: Session, stay: Stay, keyring: Keyring, now: int) -> list[CodeShown]:
    """The stay's codes that open now or later, next first."""
    codes = [code for code in valid_codes(session, stay) if code.ends > now]
    own = [_shown(session.get_one(Device, code.device_id), code, keyring) for code in codes]
    return own + shown_slots(session, stay, keyring.passcode_key, now)


def valid_codes(session: Session, stay: Stay) -> Sequence[Passcode]:
    """The stay's codes that were not withdrawn, ordered by start."""
    query = select(Passcode).where(Passcode.stay_id == stay.id, Passcode.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Passcode.begins, Passcode.device_id)).all()


def stay_of_code(session: Session, device_id: str, window: object, at: int) -> Stay | None:
    """The stay whose code was typed, by the window (first hour, hours, slot) the lock reported, else by time alone.

    A withdrawn code matches if no valid one has this window: a lock without the new epoch still accepts it.
    """
    match window:
        case [int(first), int(hours), int(slot)]:
            typed = (Passcode.first_hour == first, Passcode.hours == hours, Passcode.slot == slot)
            query = select(Passcode).where(Passcode.device_id == device_id, *typed)
            found = session.scalars(query.order_by(Passcode.withdrawn_at.desc().nulls_first())).first()
            return session.get(Stay, found.stay_id) if found else None
    open_now = (Passcode.begins <= at, Passcode.ends > at)
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
    """Create codes for every part of the stay that has none on this lock."""
    held = [code for code in valid_codes(session, stay) if code.device_id == lock.id]
    for begins, hours in _gaps(held, stay, now):
        first = begins // HOUR
        slot = _free_slot(session, lock, begins, hours)
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
        enqueue_revocation_list(session, lock, now)


def _gaps(held: Sequence[Passcode], stay: Stay, now: int) -> Iterator[tuple[int, int]]:
    """(begin in UTC seconds, hours) of the codes that the stay lacks, each a window that a code can have."""
    at, latest_end = _longest_span(stay, now)
    for begins, ends in [(code.begins, code.ends) for code in held] + [(stay.until_at, stay.until_at)]:
        while at < begins:
            hours = min(LONGEST, -((at - begins) // HOUR))
            # A code that would end after the span begins earlier instead.
            start = min(at, latest_end - hours * HOUR)
            yield start, hours
            at = start + hours * HOUR
        at = max(at, ends)


def _free_slot(session: Session, lock: Device, begins: int, hours: int) -> int | None:
    """A slot no other valid code of this window uses, so that two stays never share a code; None if all are taken."""
    query = select(Passcode.slot).where(
        Passcode.device_id == lock.id,
        Passcode.first_hour == begins // HOUR,
        Passcode.hours == hours,
        Passcode.withdrawn_at.is_(None),
    )
    taken = set(session.scalars(query))
    first = begins % HOUR // QUARTER * PER_WINDOW
    return next((slot for slot in range(first, first + PER_WINDOW) if slot not in taken), None)


def _withdraw(session: Session, codes: Sequence[Passcode], now: int) -> None:
    """Withdraw codes: the epoch of their locks rises, and every other valid code there moves to the new epoch."""
    for code in codes:
        code.withdrawn_at = now
    session.flush()
    for device_id in {code.device_id for code in codes}:
        lock = session.get_one(Device, device_id)
        lock.code_epoch += 1
        invalidate_once(session, lock)
        others = select(Passcode).where(Passcode.device_id == lock.id, Passcode.withdrawn_at.is_(None))
        for other in session.scalars(others):
            other.epoch = lock.code_epoch
        enqueue_revocation_list(session, lock, now)


def _has_any(session: Session, stay: Stay) -> bool:
    return session.scalar(select(Passcode.id).where(Passcode.stay_id == stay.id).limit(1)) is not None


def _longest_span(stay: Stay, now: int) -> tuple[int, int]:
    """UTC seconds of the fewest whole hours around the stay that start or end on its quarter.

    Before the stay begins, what is added to whole hours is at its end, so that no code opens early; after that, at the
    begin, so that no code opens for the next tenant's time.
    """
    first, last = stay.from_at // QUARTER * QUARTER, -(-stay.until_at // QUARTER) * QUARTER
    seconds = -((first - last) // HOUR) * HOUR
    return (first, first + seconds) if stay.from_at > now else (last - seconds, last)
