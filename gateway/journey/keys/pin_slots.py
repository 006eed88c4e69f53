"""PINs for other makers' locks: in a numbered slot from the start of the stay until the lock reports it empty.

Such a lock has no time windows: the gateway puts the PIN when the stay begins and removes it when it ends. If the lock
cannot be reached the old PIN stays; the delivery remains pending and visible until the lock itself has answered.
"""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from devices.driver import Ability
from gateway.journey.keys.lock_abilities import can
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue, is_pending, retry_now
from gateway.store import Delivery, Device, SlotCode, Stay
from gateway.store.model import new_id

USUAL_SLOTS: Final = 30  # of a lock whose number was not stated; many have 30, numbered from 0
FIRST_SLOT: Final = 11  # lower ones are the owner's; of a lock with few slots, the lower half
DIGITS: Final = 6
SLOT_WORK: Final = {"put_slot": True, "drop_slot": False}  # work → whether the PIN is on the lock afterwards


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A passcode as typed. `on_lock`: only after the lock itself has confirmed it."""

    digits: str
    lock: str
    begins: int
    ends: int
    on_lock: bool


def give_slots(session: Session, stay: Stay, key: EllipticCurvePrivateKey, now: int) -> None:
    """Assign a PIN on each lock of the unit that keeps PINs in slots; none if all slots for tenants are taken.

    `key`: the gateway's passcode key.
    """
    held = {code.device_id for code in valid_slots(session, stay)}
    for lock in stay.unit.devices:
        if lock.kind == "lock" and lock.revoked_at is None and can(lock, Ability.PASSCODES) and lock.id not in held:
            _give(session, stay, lock, key, now)


def _give(session: Session, stay: Stay, lock: Device, key: EllipticCurvePrivateKey, now: int) -> None:
    held = session.scalars(select(SlotCode).where(SlotCode.device_id == lock.id, _on_record())).all()
    taken = {code.slot for code in held}
    slot = next((slot for slot in slots_of(lock) if slot not in taken), None)
    if slot is None:
        return
    code = SlotCode(
        id=_id_of_new_pin(slot, {pin_of(code, key) for code in held}, key),
        stay_id=stay.id,
        device_id=lock.id,
        slot=slot,
        begins_at=stay.from_at,
        ends_at=stay.until_at,
        created_at=now,
    )
    session.add(code)
    session.flush()
    _want(session, code, "put_slot", now, due_at=max(now, stay.from_at))


def slots_of(lock: Device) -> range:
    """The slots of a lock that its tenants' PINs may use."""
    count = lock.pin_slots or USUAL_SLOTS
    return range(min(FIRST_SLOT, count // 2), count)


def _id_of_new_pin(slot: int, known: Collection[str], key: EllipticCurvePrivateKey) -> str:
    """An id whose PIN in this slot differs from those the lock knows: many locks refuse the same PIN twice."""
    while True:
        id_ = new_id()
        if _pin(id_, slot, key) not in known:
            return id_


def move_slots(session: Session, stay: Stay, now: int) -> None:
    """After a change of dates: keep the PIN for the new dates; remove one that is on the lock too early until then."""
    for code in valid_slots(session, stay):
        code.begins_at, code.ends_at = stay.from_at, stay.until_at
        early = now < code.begins_at and code.observed == "present"
        if early:
            _want(session, code, "drop_slot", now)
        if early or code.observed != "present":
            _want(session, code, "put_slot", now, due_at=max(now, code.begins_at))
        retry_now(session, [_lane(code)], now)


def end_slots(session: Session, stay: Stay, now: int) -> None:
    """At the end of a stay: remove its PINs from their locks."""
    for code in valid_slots(session, stay):
        code.desired = "absent"
        _want(session, code, "drop_slot", now)
        retry_now(session, [_lane(code)], now)


def empty_slots(session: Session, lock: Device, now: int) -> None:
    """When the lock goes out of service: remove every PIN from it."""
    for code in session.scalars(select(SlotCode).where(SlotCode.device_id == lock.id, _on_record())).all():
        code.desired = "absent"
        _want(session, code, "drop_slot", now)
        retry_now(session, [_lane(code)], now)


def renew_slots(session: Session, stay: Stay, key: EllipticCurvePrivateKey, now: int) -> None:
    """After the stay's PINs became known to others: remove them and put new ones into other slots."""
    if valid_slots(session, stay):
        end_slots(session, stay, now)
        give_slots(session, stay, key, now)


def shown_slots(session: Session, stay: Stay, key: EllipticCurvePrivateKey, now: int) -> list[CodeShown]:
    """The stay's PINs for its tenants."""
    codes = [code for code in valid_slots(session, stay) if code.ends_at > now]
    return [
        CodeShown(pin_of(code, key), code.device_id, code.begins_at, code.ends_at, code.observed == "present")
        for code in codes
    ]


def valid_slots(session: Session, stay: Stay) -> Sequence[SlotCode]:
    """The stay's PINs that are wanted on their locks."""
    query = select(SlotCode).where(SlotCode.stay_id == stay.id, SlotCode.desired == "present")
    return session.scalars(query.order_by(SlotCode.begins_at, SlotCode.device_id)).all()


def pin_of(code: SlotCode, key: EllipticCurvePrivateKey) -> str:
    """The PIN: six digits, never 000000, derived by HMAC-SHA-256 from the gateway's passcode key and the row."""
    return _pin(code.id, code.slot, key)


def _pin(id_: str, slot: int, key: EllipticCurvePrivateKey) -> str:
    secret = hashlib.sha256(b"lodgekey-slot\n" + key.private_numbers().private_value.to_bytes(32, "big")).digest()
    tag = hmac.digest(secret, f"{id_}\n{slot}".encode(), "sha256")
    return f"{int.from_bytes(tag, 'big') % (10**DIGITS - 1) + 1:0{DIGITS}d}"


def record_slot_state(session: Session, command_id: str, now: int) -> None:
    """Record the lock's answer that a PIN is on it, or removed."""
    query = select(Delivery).where(Delivery.command_id == command_id, Delivery.work.in_(SLOT_WORK))
    for delivery in session.scalars(query):
        code = session.get_one(SlotCode, delivery.about)
        present = SLOT_WORK[delivery.work]
        code.observed = "present" if present else "absent"
        code.on_lock_at = now if present else code.on_lock_at
        code.removed_at = None if present else now


def stay_of_slot(session: Session, device_id: str, slot: int) -> Stay | None:
    """The stay whose PIN is in this slot, or None."""
    query = select(SlotCode.stay_id).where(SlotCode.device_id == device_id, SlotCode.slot == slot, _on_record())
    stays = session.scalars(query).all()
    return session.get(Stay, stays[0]) if len(stays) == 1 else None


def _on_record() -> ColumnElement[bool]:
    return (SlotCode.desired == "present") | SlotCode.removed_at.is_(None)


def _lane(code: SlotCode) -> str:
    return lanes.slot(code.device_id, code.slot)


def _want(session: Session, code: SlotCode, work: str, now: int, *, due_at: int | None = None) -> None:
    if not is_pending(session, work, code.id):
        party = f"lock:{code.device_id}"
        enqueue(session, party=party, lane=_lane(code), work=work, about=code.id, now=now, due_at=due_at)
