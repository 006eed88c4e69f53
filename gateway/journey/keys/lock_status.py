"""What is on each lock, for people: what is wanted, what the lock said, why not yet, and how long that can hurt."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.keys.key import HoldUp, LockStanding, code_state, hold_up, once_state, state_of
from gateway.journey.keys.one_time_codes import is_confirmed, lives
from gateway.outbox import lanes
from gateway.store import Delivery, Device, Key, OnceCode, Passcode, SlotCode, Stay

WAITING = ("issued", "delivering", "revoking", "unknown")
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Standing:
    """One key or passcode on one lock. `ends` is when it opens nothing any more even if the lock hears nothing.

    `exposed_until`: only while the lock may still accept what is being revoked; `hold_up` and `since`: why it waits.
    `endless`: what is being revoked has no end of its own (a PIN in a slot, a one-time code): the lock must hear of it.
    """

    state: str
    ends: int
    exposed_until: int | None
    hold_up: HoldUp | None
    since: int | None
    endless: bool = False

    def exposure_minutes(self, now: int) -> int | None:
        """Minutes in which the lock may still accept it, rounded up."""
        return None if self.exposed_until is None else (self.exposed_until - now + 59) // 60

    @property
    def not_revocable_before(self) -> int | None:
        """When it ends by itself, where the lock cannot be told now."""
        return self.exposed_until if self.hold_up else None


@dataclass(frozen=True, slots=True)
class CodeStanding:
    """A passcode without its digits: whose lock, good in [begins, ends), and how it stands."""

    lock: str
    begins: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class OnceStanding:
    """A one-time code without its digits: when it was handed out and used, and how it stands."""

    code: OnceCode
    standing: Standing


def key_standing(session: Session, key: Key, now: int) -> Standing:
    """How a key stands."""
    state = state_of(key.desired, key.observed, key.expires_at, now)
    known = _known_of(session, key.device, lanes.keys(key.device_id))
    return _standing(known, state, min(key.expires_at, key.holder_until), now)


def code_standings(session: Session, stay: Stay, now: int) -> list[CodeStanding]:
    """How each passcode of a stay stands, the first to begin first."""
    query = select(Passcode, Device).join(Device, Passcode.device_id == Device.id).where(Passcode.stay_id == stay.id)
    rows = session.execute(query.order_by(Passcode.first_hour, Passcode.device_id, Passcode.created_at)).all()
    pins = select(SlotCode, Device).join(Device, SlotCode.device_id == Device.id).where(SlotCode.stay_id == stay.id)
    kept = session.execute(pins.order_by(SlotCode.begins_at, SlotCode.device_id, SlotCode.created_at)).all()
    codes = [_code(session, code, lock, now) for code, lock in rows]
    return codes + [_pin(session, pin, lock, now) for pin, lock in kept]


def once_standings(session: Session, stay: Stay, now: int) -> list[OnceStanding]:
    """How each one-time code of a stay stands, the latest first."""
    query = select(OnceCode, Device).join(Device, OnceCode.device_id == Device.id).where(OnceCode.stay_id == stay.id)
    rows = session.execute(query.order_by(OnceCode.issued_at.desc(), OnceCode.number.desc())).all()
    return [OnceStanding(code, _once(session, code, lock, now)) for code, lock in rows]


def _code(session: Session, code: Passcode, lock: Device, now: int) -> CodeStanding:
    ends = (code.first_hour + code.hours) * HOUR
    state = code_state(code.epoch, lock.reported_code_epoch, code.withdrawn_at is not None, ends, now)
    known = _known_of(session, lock, lanes.keys(lock.id))
    return CodeStanding(lock.id, code.first_hour * HOUR, _standing(known, state, ends, now))


def _pin(session: Session, pin: SlotCode, lock: Device, now: int) -> CodeStanding:
    """One that waits for its stay is held up by nothing; one in a lock out of service is still taken off."""
    state = state_of(pin.desired, pin.observed, pin.ends_at, now)
    known = replace(_known_of(session, lock, lanes.slot(lock.id, pin.slot)), revoked_at=None)
    early = pin.desired == "present" and now < pin.begins_at
    standing = Standing(state, pin.ends_at, None, None, None) if early else _endless(known, state, pin.ends_at, now)
    return CodeStanding(lock.id, pin.begins_at, standing)


def _once(session: Session, code: OnceCode, lock: Device, now: int) -> Standing:
    living, used = lives(code, lock), code.used_at is not None
    confirmed = (
        is_confirmed(lock) if living else lock.reported_code_epoch > code.epoch or lock.reported_once_from > code.number
    )
    state = once_state(used=used, living=living, confirmed=confirmed, online=lock.online is not False)
    return _endless(_known_of(session, lock, lanes.keys(lock.id)), state, now, now)


def _standing(known: LockStanding, state: str, ends: int, now: int) -> Standing:
    reason, since = (hold_up(known, now) if state in WAITING else None) or (None, None)
    return Standing(state, ends, ends if state == "revoking" and now < ends else None, reason, since)


def _endless(known: LockStanding, state: str, ends: int, now: int) -> Standing:
    """The same of what no clock in the lock ends."""
    standing = _standing(known, state, ends, now)
    return replace(standing, exposed_until=None, endless=state == "revoking")


def _known_of(session: Session, lock: Device, lane: str) -> LockStanding:
    """The lock's own word, and what came of what is owed to it in this lane."""
    query = select(Delivery).where(Delivery.lane == lane, Delivery.state == "owed")
    owed = session.scalars(query.order_by(Delivery.id)).all()
    requested_at = min((row.created_at for row in owed), default=None)
    outcome = next((row.outcome for row in owed if row.outcome), None)
    return LockStanding(lock.revoked_at, lock.online, lock.last_seen_at, requested_at, outcome)
