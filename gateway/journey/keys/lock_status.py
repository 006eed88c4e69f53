"""Lock status: desired and reported state of each key and code, why they differ, and for how long that matters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.keys.key import DelayReason, LockStanding, code_state, delay_reason, once_state, state_of
from gateway.journey.keys.one_time_codes import is_confirmed, is_current
from gateway.outbox import lanes
from gateway.store import Delivery, Device, Key, OnceCode, Passcode, SlotCode

WAITING = ("issued", "delivering", "revoking", "unknown")


@dataclass(frozen=True, slots=True)
class Standing:
    """The status of one key or code on one lock. `ends`: when it stops opening even if the lock is offline.

    `exposed_until`: set while the lock may still accept what is being revoked. `delay_reason`: the delay since `since`.
    `endless`: what is being revoked does not expire (a PIN in a slot, a one-time code), so the lock must be reached.
    """

    state: str
    ends: int
    exposed_until: int | None
    delay_reason: DelayReason | None
    since: int | None
    endless: bool = False

    def exposure_minutes(self, now: int) -> int | None:
        """Minutes for which the lock may still accept it, rounded up."""
        return None if self.exposed_until is None else (self.exposed_until - now + 59) // 60

    @property
    def not_revocable_before(self) -> int | None:
        """When it expires by itself, if the lock cannot be reached now."""
        return self.exposed_until if self.delay_reason else None


@dataclass(frozen=True, slots=True)
class CodeStanding:
    """A passcode without its digits: its lock, its start (UTC seconds) and its status."""

    lock: str
    begins: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class OnceStanding:
    """A one-time code without its digits, and its status."""

    code: OnceCode
    standing: Standing


def key_standing(session: Session, key: Key, now: int) -> Standing:
    """The status of a key."""
    return key_standings(session, [key], now)[key.id]


def key_standings(session: Session, keys: Sequence[Key], now: int) -> dict[str, Standing]:
    """The status of each key by its id, in one statement."""
    known = standings_of_lanes(session, {lanes.keys(key.device_id): key.device for key in keys})
    return {key.id: _key(known[lanes.keys(key.device_id)], key, now) for key in keys}


def code_standings(session: Session, stays: Collection[str], now: int) -> dict[str, list[CodeStanding]]:
    """The status of each passcode and PIN of these stays (ids), each kind ordered by its start; in three statements."""
    query = select(Passcode, Device).join(Device, Passcode.device_id == Device.id).where(Passcode.stay_id.in_(stays))
    codes = session.execute(query.order_by(Passcode.begins, Passcode.device_id, Passcode.created_at)).all()
    kept = select(SlotCode, Device).join(Device, SlotCode.device_id == Device.id).where(SlotCode.stay_id.in_(stays))
    pins = session.execute(kept.order_by(SlotCode.begins_at, SlotCode.device_id, SlotCode.created_at)).all()
    of_locks = {lanes.keys(lock.id): lock for _, lock in codes}
    known = standings_of_lanes(session, of_locks | {lanes.slot(lock.id, pin.slot): lock for pin, lock in pins})
    found: dict[str, list[CodeStanding]] = {stay_id: [] for stay_id in stays}
    for code, lock in codes:
        found[code.stay_id].append(_code(known[lanes.keys(lock.id)], code, lock, now))
    for pin, lock in pins:
        found[pin.stay_id].append(_pin(known[lanes.slot(lock.id, pin.slot)], pin, now))
    return found


def once_standings(session: Session, stays: Collection[str], now: int) -> dict[str, list[OnceStanding]]:
    """The status of each one-time code of these stays (ids), latest first; in two statements."""
    query = select(OnceCode, Device).join(Device, OnceCode.device_id == Device.id).where(OnceCode.stay_id.in_(stays))
    codes = session.execute(query.order_by(OnceCode.issued_at.desc(), OnceCode.number.desc())).all()
    known = standings_of_lanes(session, {lanes.keys(lock.id): lock for _, lock in codes})
    found: dict[str, list[OnceStanding]] = {stay_id: [] for stay_id in stays}
    for code, lock in codes:
        found[code.stay_id].append(OnceStanding(code, _once(known[lanes.keys(lock.id)], code, lock, now)))
    return found


def _key(known: LockStanding, key: Key, now: int) -> Standing:
    state = state_of(key.desired, key.observed, key.expires_at, now)
    return _standing(known, state, min(key.expires_at, key.holder_until), now)


def _code(known: LockStanding, code: Passcode, lock: Device, now: int) -> CodeStanding:
    state = code_state(code.epoch, lock.reported_code_epoch, code.withdrawn_at is not None, code.ends, now)
    return CodeStanding(lock.id, code.begins, _standing(known, state, code.ends, now))


def _pin(known: LockStanding, pin: SlotCode, now: int) -> CodeStanding:
    """A PIN's status. Before its stay nothing is overdue; in a lock out of service it is still removed."""
    state = state_of(pin.desired, pin.observed, pin.ends_at, now)
    known = replace(known, revoked_at=None)
    early = pin.desired == "present" and now < pin.begins_at
    standing = Standing(state, pin.ends_at, None, None, None) if early else _endless(known, state, pin.ends_at, now)
    return CodeStanding(pin.device_id, pin.begins_at, standing)


def _once(known: LockStanding, code: OnceCode, lock: Device, now: int) -> Standing:
    living, used = is_current(code, lock), code.used_at is not None
    confirmed = (
        is_confirmed(lock) if living else lock.reported_code_epoch > code.epoch or lock.reported_once_from > code.number
    )
    state = once_state(used=used, living=living, confirmed=confirmed, online=lock.online is not False)
    return _endless(known, state, now, now)


def _standing(known: LockStanding, state: str, ends: int, now: int) -> Standing:
    reason, since = (delay_reason(known, now) if state in WAITING else None) or (None, None)
    return Standing(state, ends, ends if state == "revoking" and now < ends else None, reason, since)


def _endless(known: LockStanding, state: str, ends: int, now: int) -> Standing:
    """The status of a code that the lock's clock does not end."""
    standing = _standing(known, state, ends, now)
    return replace(standing, exposed_until=None, endless=state == "revoking")


def standings_of_lanes(session: Session, locks: Mapping[str, Device]) -> dict[str, LockStanding]:
    """Of each lane (name -> its lock): the lock's last reports and the lane's pending deliveries, in one statement."""
    query = select(Delivery.lane, Delivery.created_at, Delivery.outcome).order_by(Delivery.id)
    pending: dict[str, list[tuple[int, str | None]]] = {lane: [] for lane in locks}
    for lane, created_at, outcome in session.execute(query.where(Delivery.lane.in_(locks), Delivery.state == "owed")):
        pending[lane].append((created_at, outcome))
    return {
        lane: LockStanding(
            lock.revoked_at,
            lock.online,
            lock.last_seen_at,
            min((created_at for created_at, _ in pending[lane]), default=None),
            next((outcome for _, outcome in pending[lane] if outcome), None),
        )
        for lane, lock in locks.items()
    }
