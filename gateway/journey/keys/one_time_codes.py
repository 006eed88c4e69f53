"""One-time codes for visitors, tradespeople, or a tenant with a flat phone; issued during a stay.

A number is used up on its lock for good; the digits are derived from it. The lock checks them without a network. They
do not expire: codes unused at the end of the stay are invalid once the lock has received that.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from certs.agreement import passcode_secret
from certs.keys import public_from_point
from devices.wire.passcode import ONCE_AHEAD, ONCE_SPAN, once_code, spoken
from gateway.domain.errors import Conflict, NotFound, TooManyCodes
from gateway.domain.stays.stay import OCCUPYING, Window
from gateway.journey.keys.issue import enqueue_revocation_list
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.lock_abilities import takes_codes
from gateway.outbox.events import record
from gateway.store import Device, OnceCode, Stay, Unit
from gateway.texts.marks import N_

MAX_UNUSED_CODES: Final = ONCE_SPAN - 1  # unused at a time: using the newest must not make the lock forget the oldest


@dataclass(frozen=True, slots=True)
class OnceShown:
    """A one-time code as typed. `on_lock`: the lock has confirmed the current epochs."""

    id: str
    digits: str
    lock: str
    issued_at: int
    on_lock: bool


def held_stay(session: Session, stay_id: str, landlord_id: str) -> Stay:
    """The landlord's own stay, locked for update. Raises NotFound."""
    mine = select(Stay).join(Unit).where(Stay.id == stay_id, Unit.landlord_id == landlord_id)
    stay = session.scalars(mine.with_for_update(of=Stay)).one_or_none()
    if stay is None:
        raise NotFound(N_("There is no such stay. Choose one from your list."))
    return stay


def is_running(stay: Stay, now: int) -> bool:
    """Whether the stay is in progress."""
    return stay.state in OCCUPYING and Window(stay.from_at, stay.until_at).holds(now)


def issue_once(session: Session, stay: Stay, lock_id: str, requested_by: str | None, now: int) -> OnceCode:
    """Issue the lock's next number for a locked stay. NotFound for another unit's lock, else TooManyCodes or Conflict.

    `requested_by`: the account recorded with the event.
    """
    lock = _held_lock(session, stay, lock_id)
    if not is_running(stay, now):
        raise Conflict(N_("One-time codes can be created only during a stay."))
    if not takes_codes(lock):
        raise Conflict(N_("This lock does not support one-time codes."))
    oldest = session.scalars(_unused(lock).order_by(OnceCode.number).limit(1)).first()
    if oldest is not None and lock.once_next - oldest.number >= MAX_UNUSED_CODES:
        raise TooManyCodes(N_("This lock has too many unused one-time codes. Cancel those first."))
    code = OnceCode(stay_id=stay.id, device_id=lock.id, number=lock.once_next, epoch=lock.code_epoch, issued_at=now)
    lock.once_next += 1
    session.add(code)
    session.flush()
    record(
        session, "OneTimeCodeIssued", now, stay=stay, device_id=lock.id, data={"code": code.id, "account": requested_by}
    )
    if not is_confirmed(lock):
        enqueue_revocation_list(session, lock, now)
    return code


def show_once(session: Session, code: OnceCode, keyring: Keyring) -> OnceShown:
    """The code's digits while it is valid. Raises Conflict afterwards."""
    lock = session.get_one(Device, code.device_id)
    if code.used_at is not None or not is_current(code, lock):
        raise Conflict(N_("This code was used or cancelled. Create another one."))
    secret = passcode_secret(keyring.passcode_key, public_from_point(lock.public_key), lock.id)
    digits = spoken(once_code(secret, code.epoch, code.number))
    return OnceShown(code.id, digits, lock.id, code.issued_at, is_confirmed(lock))


def is_current(code: OnceCode, lock: Device) -> bool:
    """Whether the code has not been ended, neither by its epoch nor by its number."""
    return code.epoch == lock.code_epoch and code.number >= lock.once_from


def record_once_used(session: Session, device: Device, number: object, at: int, now: int) -> Stay | None:
    """Mark a one-time code as used, the first time; returns its stay.

    A number that was never issued was guessed: it is skipped, so that it is never issued.
    """
    if type(number) is not int:
        return None
    mine = select(OnceCode).where(OnceCode.device_id == device.id, OnceCode.number == number)
    code = session.scalars(mine).one_or_none()
    if code is None:
        if device.once_next <= number < device.once_next + ONCE_AHEAD:
            device.once_next = number + 1
        return None
    if code.used_at is None:
        code.used_at = at if code.issued_at <= at <= now else now  # the lock's clock may be wrong
    return session.get(Stay, code.stay_id)


def end_once(session: Session, stay: Stay, now: int) -> None:
    """End the stay's unused codes; they stop opening once their locks have confirmed it."""
    own = select(OnceCode).where(OnceCode.stay_id == stay.id, OnceCode.used_at.is_(None))
    for code in session.scalars(own).all():
        lock = session.get_one(Device, code.device_id)
        if is_current(code, lock):
            invalidate_once(session, lock)
            enqueue_revocation_list(session, lock, now)


def invalidate_once(session: Session, lock: Device) -> None:
    """Invalidate every number issued so far on this lock. Done in SQL, so that no concurrent issue is missed."""
    mine = update(Device).where(Device.id == lock.id).execution_options(synchronize_session=False)
    session.execute(mine.values(once_from=Device.once_next))
    session.refresh(lock, ["once_from", "once_next"])


def _held_lock(session: Session, stay: Stay, lock_id: str) -> Device:
    mine = select(Device).where(Device.id == lock_id, Device.unit_id == stay.unit_id, Device.kind == "lock")
    fresh = mine.with_for_update(of=Device).execution_options(populate_existing=True)
    lock = session.scalars(fresh).one_or_none()
    if lock is None:
        raise NotFound(N_("There is no such lock. Choose one from your list."))
    return lock


def _unused(lock: Device) -> Select[OnceCode]:
    living = (OnceCode.epoch == lock.code_epoch, OnceCode.number >= lock.once_from, OnceCode.used_at.is_(None))
    return select(OnceCode).where(OnceCode.device_id == lock.id, *living)


def is_confirmed(lock: Device) -> bool:
    """Whether the lock has reported the current code epoch and one-time bound."""
    return lock.reported_code_epoch >= lock.code_epoch and lock.reported_once_from >= lock.once_from
